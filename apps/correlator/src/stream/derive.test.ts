import { decodeEvent, keyOfNote } from '@hoptrace/events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anId, idsFrom, RecordedGateway, RecordedSession } from '../testing.ts'
import { type Derived, derive, type ReadEvent } from './derive.ts'

const ORDERS = { protocol: 'postgres', name: 'orders' } as const
const read = (encoded: readonly Buffer[]): ReadEvent[] =>
  encoded.flatMap((bytes) => {
    const decoded = decodeEvent(bytes)
    return decoded.kind === 'event' ? [decoded] : []
  })

idsFrom(5_000_000)
const run = anId(0)
const session = new RecordedSession(1, { run }, ORDERS).sql(1, 'select 1', ['1']).sql(2, 'select host from servers', ['db.internal'])
const gateway = new RecordedGateway().runStarts(0, run).refuses(3, { ...ORDERS, host: 'orders.internal' }, 'Zq7!harbour-93')

describe('derive', () => {
  it('notes what began, ended, was decided or minted, keyed by the root principal', () => {
    const { accesses } = derive(read([...gateway.events, ...session.end(4).events]), 0)
    expect(accesses.map(({ type }) => type)).toEqual(['run.started', 'access.decided', 'access.decided', 'session.ended'])
    expect(accesses.map(keyOfNote)).toEqual([gateway.id, gateway.id, 'default/ana', 'default/ana'])
  })

  it('notes each digest of an event once in each role, keyed by the digest', () => {
    const [seen, ...others] = derive(read(session.events), 0).sightings
    expect(others).toEqual([])
    expect(seen).toMatchObject({ sessionId: session.id, seq: 4, role: 'answered', observable: 'host' })
    expect(seen && keyOfNote(seen)).toBe(seen?.digest)
  })

  it('notes what a command names and the trace id of a request by their digests too', () => {
    const ssh = new RecordedSession(1, { run }, { protocol: 'ssh', name: 'bastion' }).names(1, 'vault.internal')
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
    const http = new RecordedSession(1, { run }, { protocol: 'http', name: 'api' }).http(1, 'a.internal', '/', '{}', undefined, trace)
    const { sightings } = derive(read([...ssh.events, ...http.events]), 0)
    expect(sightings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ sessionId: ssh.id, seq: 2, role: 'named', observable: 'host' }),
        expect.objectContaining({ sessionId: http.id, seq: 1, role: 'asked', observable: 'trace' }),
      ]),
    )
  })

  it('notes the last event of a session that has nothing to note, so that its end is known', () => {
    const { accesses } = derive(read(session.events.slice(1, 3)), 0)
    expect(accesses).toMatchObject([{ type: 'sql.result', seq: 2 }])
  })

  it('notes every event that its producer did not digest: the ingest does', () => {
    const events = read(session.events.slice(1, 3)).map(({ event }) => ({ event, isDigested: false }))
    expect(derive(events, 0).accesses.map(({ seq }) => seq)).toEqual([1, 2])
  })

  it('notes the same in any batches, but for the last events', () => {
    const events = read([...gateway.events, ...session.events])
    const whole = derive(events, 0)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: events.length }), (size) => {
        const parts: Derived[] = []
        for (let at = 0; at < events.length; at += size) parts.push(derive(events.slice(at, at + size), 0))
        expect(parts.flatMap(({ sightings }) => sightings)).toEqual(whole.sightings)
        expect(parts.flatMap(({ accesses }) => accesses)).toEqual(expect.arrayContaining(whole.accesses))
      }),
    )
  })
})
