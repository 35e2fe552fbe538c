import { describe, expect, it } from 'vitest'
import { sampleEvents } from './contract/samples.test-support.ts'
import { decodeEvent } from './decode.ts'
import { Sealer } from './seal.ts'

type Json = Record<string, unknown>
const whole = (): Json[] => sampleEvents().map((encoded) => JSON.parse(String(encoded)))
const without = (json: Json, ...members: string[]): Json =>
  Object.fromEntries(Object.entries(json).filter(([member]) => !members.includes(member)))
const read = (json: object) => decodeEvent(Buffer.from(JSON.stringify(json)))

describe('Sealer', () => {
  it('completes a session that was written without a chain to the very events that a recorder would have made', () => {
    const sealer = new Sealer()
    expect(whole().map((json) => sealer.seal(without(json, 'hash', 'prevHash', 'elapsedUs')))).toEqual(whole())
  })

  it('chains on to events that came with their hashes', () => {
    const sealer = new Sealer()
    const sealed = whole().map((json, n) => sealer.seal(n === 1 ? without(json, 'hash', 'prevHash') : json))
    expect(sealed).toEqual(whole())
  })

  it('leaves an event with a hash as it is, be the hash wrong', () => {
    const [first = {}] = whole()
    const forged = { ...first, principal: 'somebody else' }
    expect(read(new Sealer().seal(forged))).toMatchObject({ kind: 'rejected', reason: 'hash-mismatch' })
  })

  it('invents no chain for an event whose predecessor it has not seen', () => {
    const [, , third = {}] = whole()
    expect(read(new Sealer().seal(without(third, 'hash', 'prevHash')))).toMatchObject({ kind: 'rejected', at: 'prevHash' })
  })

  it('makes nothing whole that is no event', () => {
    expect(read(new Sealer().seal({ a: 1 }))).toMatchObject({ kind: 'rejected', reason: 'not-an-event' })
    expect(read(new Sealer().seal({ sessionId: 'x', seq: 0, ts: 'noon' }))).toMatchObject({ kind: 'rejected', reason: 'not-an-event' })
  })
})
