import { describe, expect, it } from 'vitest'
import type { EventBody, EventType } from './bodies.ts'
import { EventChain } from './chain.ts'
import { sampleBodies, sampleEvents } from './contract/samples.test-support.ts'
import { decodeEvent } from './decode.ts'
import { digestValue } from './digest.ts'
import { observeEvent } from './observe-event.ts'

const key = { id: 'k1', secret: Buffer.alloc(32, 7) }
const id = '019aa0c0-0000-7000-8000-000000000001'
const target = { name: 'orders', protocol: 'postgres', address: 'db.internal:5432', account: 'app' } as const

function observed<T extends EventType>(type: T, body: EventBody<T>) {
  const whose = { run: null, principal: 'ana', rootPrincipal: null, lineage: [], origin: null, target }
  const chain = new EventChain({ tenant: 'default', sessionId: id, gatewayId: 'gw-1', bootId: id, ...whose })
  const decoded = decodeEvent(chain.next(type, body, { wallUs: 1, elapsedUs: 0 }))
  if (decoded.kind === 'rejected') throw new Error(decoded.reason)
  return observeEvent(key, decoded.event).observables.map(({ kind, role, at, value, digest }) => ({ kind, role, at, value, digest }))
}

describe('the observables of an event that was not digested at capture', () => {
  it('are the values of an answer, where each cell stood', () => {
    const sample = [
      ['1', 'bastion.internal'],
      ['2', null],
    ]
    expect(observed('sql.result', { ...sampleBodies['sql.result'], sample })).toMatchObject([
      { kind: 'host', role: 'answered', at: '/sample/0/1', value: 'bastion.internal' },
    ])
  })

  it('are what a statement and its bind values name', () => {
    const params = [{ oid: 25, value: '10.0.0.9', encoding: 'text' as const }]
    const body = { ...sampleBodies['sql.statement'], text: "SELECT 'bastion.internal'", params }
    expect(observed('sql.statement', body)).toMatchObject([
      { kind: 'host', role: 'asked', at: '/text' },
      { kind: 'address', role: 'asked', at: '/params/0/value' },
    ])
  })

  it('hold a secret that was typed without echo as presented, and nowhere in clear', () => {
    const data = { utf8: 'hunter2-and-more\r' }
    expect(observed('terminal.input', { channel: 0, data, isEchoed: false })).toEqual([
      { kind: 'credential', role: 'presented', at: '', value: undefined, digest: digestValue(key, 'credential', 'hunter2-and-more') },
    ])
  })

  it('say where a session went', () => {
    expect(observed('session.started', sampleBodies['session.started'])).toMatchObject([
      { kind: 'host', role: 'target', at: '', value: 'db.internal' },
    ])
  })

  it('are looked for in every type without a fall', () => {
    for (const encoded of sampleEvents()) {
      const decoded = decodeEvent(encoded)
      if (decoded.kind === 'event') expect(observeEvent(key, decoded.event).observables.length).toBeLessThanOrEqual(256)
    }
  })
})
