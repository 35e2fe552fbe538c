import { describe, expect, it } from 'vitest'
import { canonicalJson, MAX_DEPTH } from './canonical-json.ts'
import { hashOf } from './chain.ts'
import { sampleEvents } from './contract/samples.test-support.ts'
import { decodeEvent } from './decode.ts'

const [first = Buffer.alloc(0)] = sampleEvents()

/** The first sample, changed and then hashed, as another's recorder would have written it. */
function recordedWith(change: object): Buffer {
  const { hash: _, ...content } = { ...JSON.parse(String(first)), ...change }
  const json = JSON.parse(JSON.stringify(content))
  return Buffer.from(JSON.stringify({ hash: hashOf(canonicalJson(json)), ...json }, null, 2))
}
const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels))

describe('an event from the future', () => {
  it('keeps members that are not known here, under its hash', () => {
    const added = { tomorrow: { z: 1, a: [2] }, body: { ...JSON.parse(String(first)).body, addedToo: true } }
    const decoded = decodeEvent(recordedWith(added))
    expect(decoded).toMatchObject({ kind: 'event', content: expect.stringContaining('"tomorrow":{"a":[2],"z":1}') })
    expect(decoded).toMatchObject({ content: expect.stringContaining('"addedToo":true'), event: { type: 'run.started' } })
  })

  it('is read as an envelope where its type is not known here', () => {
    const unknown = recordedWith({ type: 'mongodb.query', body: { filter: { host: 'db' } } })
    const event = { type: 'unknown', recordedType: 'mongodb.query', principal: 'agent', body: { filter: { host: 'db' } } }
    expect(decodeEvent(unknown)).toMatchObject({ kind: 'event', event, content: expect.stringContaining('"type":"mongodb.query"') })
  })

  it('is refused for its version, for whoever reads it then', () => {
    expect(decodeEvent(recordedWith({ v: 2 }))).toEqual({ kind: 'rejected', reason: 'unknown-version', at: 'v' })
  })
})

describe('an event that nobody digested', () => {
  it('says so, and has no observables', () => {
    expect(decodeEvent(recordedWith({ observables: undefined }))).toMatchObject({ isDigested: false, event: { observables: [] } })
    expect(decodeEvent(recordedWith({ observables: [] }))).toMatchObject({ isDigested: true, event: { observables: [] } })
  })
})

describe('decodeEvent', () => {
  it.each([
    ['a type that is no type', { type: 'Nonsense' }, 'not-an-event', 'type'],
    ['a type that hides controls', { type: 'a.\u001b[2J' }, 'not-an-event', 'type'],
    ['a seq above 32 bits', { seq: 2 ** 32 }, 'out-of-range', 'seq'],
    ['a time after 2286', { ts: '99999999999999999' }, 'out-of-range', 'ts'],
    ['a time that is none', { ts: 'noon' }, 'not-an-event', 'ts'],
  ])('refuses %s, and names the field', (_, change, reason, at) => {
    expect(decodeEvent(recordedWith(change))).toEqual({ kind: 'rejected', reason, at })
  })

  it('reads as many levels as it says, and refuses more without a fall, whatever their number', () => {
    expect(decodeEvent(recordedWith({ deep: nested(MAX_DEPTH) }))).toMatchObject({ kind: 'event' })
    for (const levels of [MAX_DEPTH + 1, 5_000, 200_000]) {
      const deep = Buffer.from(String(first).replace('{"body"', `{"aaaa":${'['.repeat(levels)}${']'.repeat(levels)},"body"`))
      expect(decodeEvent(deep)).toEqual({ kind: 'rejected', reason: 'not-canonical', at: '' })
    }
  })
})
