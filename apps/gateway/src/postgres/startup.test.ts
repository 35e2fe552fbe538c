import { describe, expect, it } from 'vitest'
import { noise, randomOf } from './random.test-support.ts'
import { askedTarget, asksReplication, isLoopback, MAX_STARTUP_BYTES, passedOn, readStartup, startupLength } from './startup.ts'
import { cancelRequest, int32, startupMessage } from './wire.ts'

describe('a startup packet', () => {
  it('reads back what was written', () => {
    const parameters = new Map([
      ['user', 'app'],
      ['database', 'orders/archive'],
      ['options', '-c statement_timeout=5s'],
      ['empty', ''],
    ])
    expect(readStartup(startupMessage(parameters))).toEqual({ kind: 'start', minor: 0, parameters, unknownOptions: [] })
    expect(readStartup(cancelRequest(7, Buffer.from('secret-key')))).toEqual({
      kind: 'cancel',
      processId: 7,
      key: Buffer.from('secret-key'),
    })
  })

  it('has a length between 8 and 10,000 bytes', () => {
    expect([8, MAX_STARTUP_BYTES, 7, MAX_STARTUP_BYTES + 1, -1].map((n) => startupLength(int32(n)))).toEqual([
      8,
      MAX_STARTUP_BYTES,
      null,
      null,
      null,
    ])
  })

  it('is read without a throw for 10,000 seeded packets of noise', () => {
    const kinds = new Set<string>()
    for (let seed = 1; seed <= 10_000; seed += 1) {
      const random = randomOf(seed)
      const code = [int32(196_608), int32(80_877_102), int32(80_877_103), noise(random, 4)][random(4)] ?? int32(0)
      const words = Array.from({ length: random(8) }, () =>
        Buffer.concat([random(3) === 0 ? noise(random, random(9)) : Buffer.from('user'), Buffer.from([0])]),
      )
      const body = Buffer.concat([code, ...words])
      kinds.add(readStartup(Buffer.concat([int32(body.length + 4), body])).kind)
    }
    expect([...kinds].sort()).toEqual(['cancel', 'invalid', 'ssl', 'start'])
  })
})

it.each([
  [{ database: 'orders' }, { target: 'orders', database: null }],
  [{ database: 'orders/archive' }, { target: 'orders', database: 'archive' }],
  [{ database: 'orders/' }, { target: 'orders', database: null }],
  [{ database: 'orders/a/b' }, { target: 'orders', database: 'a/b' }],
  [{ user: 'app' }, { target: 'app', database: null }],
])('of %j the caller asks for %j', (parameters, asked) => {
  expect(askedTarget(new Map(Object.entries(parameters)))).toEqual(asked)
})

it('replication is what PostgreSQL would take for it', () => {
  expect(
    ['true', 'on', 'database', '1', 'TRUE', 'x'].every((replication) => asksReplication(new Map([['replication', replication]]))),
  ).toBe(true)
  expect(['false', 'off', '0', 'No'].some((replication) => asksReplication(new Map([['replication', replication]])))).toBe(false)
  expect(asksReplication(new Map())).toBe(false)
})

it('passes the caller’s settings on, and nothing that says who and where', () => {
  const parameters = new Map([
    ['user', 'a'],
    ['database', 'b'],
    ['replication', 'off'],
    ['application_name', 'psql'],
  ])
  expect([...passedOn(parameters)]).toEqual([['application_name', 'psql']])
})

it('takes only the machine’s own addresses for loopback', () => {
  expect(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'].every(isLoopback)).toBe(true)
  expect(['10.0.0.1', '::ffff:10.0.0.1', 'fe80::1', '127.0.0.1.example', undefined].some(isLoopback)).toBe(false)
})
