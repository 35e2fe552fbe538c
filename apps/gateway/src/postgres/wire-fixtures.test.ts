import { writeFileSync } from 'node:fs'
import type { SessionEvent } from '@hoptrace/events'
import { startPostgres } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Target } from '../access/target.ts'
import { InMemoryRecording } from './in-memory-recording.test-support.ts'
import { PostgresRecorder } from './postgres-recorder.ts'
import { connectTarget } from './target-connection.ts'
import { playScript, type Traffic } from './wire-capture.test-support.ts'
import { fixture, fixtureDirectory, fixtureNames } from './wire-fixtures.test-support.ts'
import { frontend, wireScripts } from './wire-scripts.test-support.ts'

const isCapturing = process.env.HOPTRACE_CAPTURE === '1'

// HOPTRACE_CAPTURE=1 writes the fixtures anew from a real server.
describe.runIf(isCapturing)('capture', () => {
  let server: Awaited<ReturnType<typeof startPostgres>>
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.stop())

  it.each(Object.entries(wireScripts))('%s', async (name, steps) => {
    const { host, port, user, password, database } = server
    const target = Target.parse({
      name: 'orders',
      protocol: 'postgres',
      address: `${host}:${port}`,
      account: user,
      database,
      password: { env: 'X' },
    })
    if (target.protocol !== 'postgres') throw new Error('no postgres target')
    const { socket } = await connectTarget({ target, secret: password, database, parameters: new Map(), timeoutMs: 5000 })
    await playScript(socket, [{ send: frontend.query('DROP TABLE IF EXISTS wire; CREATE TABLE wire (n int)'), until: 'Z' }])
    socket.removeAllListeners('data')
    const traffic = await playScript(socket, steps)
    socket.destroy()
    const lines = traffic.map(({ from, bytes }) => `${from} ${bytes.toString('hex')}\n`)
    writeFileSync(new URL(`${name}.txt`, fixtureDirectory), lines.join(''))
  })
})

function eventsOf(traffic: Traffic): SessionEvent[] {
  const recording = new InMemoryRecording()
  const recorder = new PostgresRecorder(recording)
  for (const { from, bytes } of traffic) {
    if (from === 'caller') recorder.fromCaller(bytes, 0)
    else recorder.fromTarget(bytes, 0)
  }
  recorder.end(0)
  return recording.events
}

function summaryOf(traffic: Traffic): string[] {
  return eventsOf(traffic).map(({ type, body }) => {
    if (type === 'sql.statement')
      return `${body.kind} ${body.transaction} ${JSON.stringify(body.params.map((param) => param.value))} ${body.text}`
    if (type === 'sql.notice') return `(${body.kind}) ${body.message}`
    if (type !== 'sql.result') return type
    const outcome = body.error?.sqlstate ?? body.tag ?? (body.incomplete ? 'incomplete' : 'none')
    const copy = body.copy ? ` ${body.copy.direction} ${body.copy.bytes}/${body.copy.chunks}` : ''
    return `  ${body.statement}.${body.index} ${outcome} rows=${body.rows} ${JSON.stringify(body.sample)}${copy} ${body.transaction}`
  })
}

describe.skipIf(isCapturing)('captured conversations', () => {
  it.each(fixtureNames)('%s give the events that they hold', (name) => {
    expect(summaryOf(fixture(name)).join('\n')).toMatchSnapshot()
  })

  it.each(fixtureNames)('%s give identical events wherever a chunk is split', (name) => {
    const traffic = fixture(name)
    const whole = JSON.stringify(eventsOf(traffic))
    for (let at = 0; at < traffic.length; at += 1) {
      const { from, bytes } = traffic[at] as Traffic[number]
      for (let cut = 1; cut < bytes.length; cut += 1) {
        const split = [
          ...traffic.slice(0, at),
          { from, bytes: bytes.subarray(0, cut) },
          { from, bytes: bytes.subarray(cut) },
          ...traffic.slice(at + 1),
        ]
        if (JSON.stringify(eventsOf(split)) !== whole) expect.fail(`${name}: chunk ${at} cut at ${cut} gives other events`)
      }
    }
  })

  it.each(fixtureNames)('%s give identical events byte by byte', (name) => {
    const traffic = fixture(name)
    const bytewise = traffic.flatMap(({ from, bytes }) => [...bytes].map((byte) => ({ from, bytes: Buffer.from([byte]) })))
    expect(eventsOf(bytewise)).toEqual(eventsOf(traffic))
  })
})
