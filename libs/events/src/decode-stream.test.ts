import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_DEPTH } from './canonical-json.ts'
import { EventChain, hashOf, MAX_EVENT_BYTES } from './chain.ts'
import { sampleEvents } from './contract/samples.test-support.ts'
import { type Decoded, decodeEvent } from './decode.ts'
import type { DecodedInPlace } from './decode-in-session.ts'
import { EventDecoder } from './decode-stream.ts'

const id = '019aa0c0-0000-7000-8000-000000000001'
const HASH_MEMBER = 75

function aSession(): Buffer[] {
  const target = { name: 'orders', protocol: 'postgres', address: 'db:5432', account: 'app"\\ü' } as const
  const who = { run: null, principal: 'agent', rootPrincipal: 'añá', lineage: [id] }
  const origin = { address: '127.0.0.1', port: 5000, client: null }
  const chain = new EventChain({ tenant: 'default', sessionId: id, gatewayId: 'gw-1', bootId: id, ...who, origin, target })
  const at = { wallUs: 1_700_000_000_000_000n, elapsedUs: 5 }
  const seen = { kind: 'host', digest: 'ab'.repeat(16), keyId: 'k1', role: 'asked', at: '/text', value: 'a\nb' } as const
  const data = { utf8: 'ls "\\x" \\ü\u001f😀' }
  return [
    chain.next('session.started', { client: 'psql', database: null, tls: true }, at),
    chain.next('terminal.input', { channel: 0, data, isEchoed: true }, at, { observables: [seen] }),
    chain.next('terminal.resize', { channel: 0, cols: 80, rows: 24 }, at),
    chain.next('terminal.resize', { channel: 0, cols: 80, rows: 25 }, at, { observables: [seen], truncated: { kept: 1, total: 2 } }),
  ]
}
const session = aSession()
const [, input = Buffer.alloc(0), resize = Buffer.alloc(0)] = session

/** What a decoder says that has met the session, and what `decodeEvent` says. */
function bothOf(bytes: Buffer) {
  const decoder = new EventDecoder()
  for (const event of session) decoder.decode(event)
  const decoded = decoder.decode(bytes)
  return { met: asAlone(decoded), alone: decodeEvent(bytes), isShared: decoded.kind === 'event' && decoded.envelope !== decoded.event }
}

/** As `decodeEvent` says it. */
function asAlone(decoded: DecodedInPlace): Decoded {
  if (decoded.kind === 'rejected') return decoded
  const { envelope: _, content, ...rest } = decoded
  return { ...rest, content: content.toString() }
}

/** Under the hash of its changed text, as somebody writes it who wants it to be taken. */
function rehashed(text: string): Buffer {
  const content = `${text.slice(0, -HASH_MEMBER)}}`
  return Buffer.from(`${content.slice(0, -1)},"hash":"${hashOf(content)}"}`)
}

function expectSame(bytes: Buffer): void {
  const { met, alone } = bothOf(bytes)
  expect(met).toEqual(alone)
}

describe('a decoder that has met a session', () => {
  it('reads its events as one that has not, and shares their envelope', () => {
    for (const event of session) expectSame(event)
    expect(session.map((event) => bothOf(event).isShared)).toEqual([true, true, true, false])
  })

  it('reads every type of event so', () => {
    const decoder = new EventDecoder()
    for (const event of [...sampleEvents(), ...sampleEvents()]) {
      expect(asAlone(decoder.decode(event))).toEqual(decodeEvent(event))
    }
  })

  const edits = fc.array(
    fc.record({
      at: fc.nat({ max: 900 }),
      cut: fc.nat({ max: 3 }),
      put: fc.oneof(
        fc.constantFrom(
          '',
          ' ',
          '0',
          '-',
          '1e2',
          '.0',
          ',',
          '"',
          '\\',
          '\\u0041',
          '\\ud800',
          '\u2028',
          '[]',
          '{}',
          'null',
          '"a":1,',
          '"hash":"",',
        ),
        fc.string({ unit: 'binary', maxLength: 4 }),
        fc.tuple(fc.nat(900), fc.nat(120)).map(([from, length]) => input.toString().slice(from, from + length)),
      ),
    }),
    { minLength: 1, maxLength: 3 },
  )
  it.each([
    ['whatever was changed', (text: string) => Buffer.from(text)],
    ['whatever was changed before it was hashed', rehashed],
  ])('takes and refuses what one takes and refuses that has not, %s', (_, written) => {
    fc.assert(
      fc.property(fc.constantFrom(...session), edits, (event, changes) => {
        let text = event.toString()
        for (const { at, cut, put } of changes) text = text.slice(0, at) + put + text.slice(at + cut)
        expectSame(written(text))
      }),
      { numRuns: 3_000 },
    )
  })

  it('does so for any bytes changed, and for bytes that are no text', () => {
    const changes = fc.array(fc.tuple(fc.nat({ max: 900 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(fc.constantFrom(...session), changes, (event, bytes) => {
        const changed = Buffer.from(event)
        for (const [at, byte] of bytes) changed[at % changed.length] = byte
        expectSame(changed)
      }),
      { numRuns: 2_000 },
    )
  })

  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
  it.each([
    ['white space', '"cols":80', '"cols": 80'],
    ['members out of order', '"cols":80,"rows":24', '"rows":24,"cols":80'],
    ['a member twice', '"cols":80', '"cols":81,"cols":80'],
    ['a member of the envelope in the body', '"cols":80', `"bootId":"${id}","cols":80`],
    ['the envelope twice', ',"gatewayId"', `,"bootId":"${id}","elapsedUs":5,"gatewayId"`],
    ['a member that is not known', '"cols":80', '"cols":80,"future":{"z":1}'],
    ['members that the parser reorders', '"cols":80', '"10":1,"9":2,"cols":80'],
    ['a prototype', '"cols":80', '"__proto__":{"rows":1},"cols":80'],
    ['negative zero', '"cols":80', '"cols":-0'],
    ['a number out of range', '"cols":80', '"cols":1e400'],
    ['a number in another form', '"cols":80', '"cols":8e1'],
    ['a lone surrogate', '"cols":80', '"a":"\\ud800","cols":80'],
    ['an escape in another form', '"cols":80', '"a":"\\u001F","cols":80'],
    ['as many levels as are read', '"cols":80', `"a":${nested(MAX_DEPTH - 1)},"cols":80`],
    ['a level more', '"cols":80', `"a":${nested(MAX_DEPTH)},"cols":80`],
    ['levels without end', '"cols":80', `"a":${nested(200_000)},"cols":80`],
    ['a seq in another form', '"seq":2', '"seq":02'],
    ['a seq above 32 bits', '"seq":2', '"seq":4294967296'],
    ['the greatest seq', '"seq":2', '"seq":4294967295'],
    ['a negative seq', '"seq":2', '"seq":-2'],
    ['no seq', '"seq":2', '"seq":'],
    ['an unsafe time', '"elapsedUs":5', '"elapsedUs":9007199254740992'],
    ['a safe time', '"elapsedUs":5', '"elapsedUs":9007199254740991'],
    ['a wall time too long', '"ts":"1700', '"ts":"17001700'],
    ['observables that are none', '"observables":[]', '"observables":{}'],
    ['an observable that is none', '"observables":[]', '"observables":[{}]'],
    ['too many observables', '"observables":[]', `"observables":[${'{},'.repeat(300)}{}]`],
    ['no observables', '"observables":[],', ''],
    ['a type that is not known', 'terminal.resize', 'terminal.shrink'],
    ['a type of another body', 'terminal.resize', 'terminal.marker'],
    ['a type that is inherited', 'terminal.resize', 'constructor'],
    ['another version', '"v":1', '"v":2'],
    ['another principal', '"principal":"agent"', '"principal":"ana"'],
    ['another hash before', '"prevHash":"', '"prevHash":"A'],
    ['a byte order mark', '{"body"', '\ufeff{"body"'],
    ['something behind its end', '"v":1', '"v":1,"w":1'],
  ])('says of an event with %s what one says that has not', (_, from, to) => {
    const text = resize.toString()
    expect(text).toContain(from)
    expectSame(Buffer.from(text.replace(from, to)))
    expectSame(rehashed(text.replace(from, to)))
  })

  it('refuses an event that is too large, and one whose hash is of other bytes', () => {
    expect(bothOf(Buffer.alloc(MAX_EVENT_BYTES + 1, ' ')).met).toEqual({ kind: 'rejected', reason: 'too-large', at: '' })
    const other = Buffer.from(resize.toString().replace('"rows":24', '"rows":25'))
    expect(bothOf(other).met).toEqual({ kind: 'rejected', reason: 'hash-mismatch', at: 'hash' })
  })
})

describe('a decoder', () => {
  it('goes on reading right whatever a session began with', () => {
    const decoder = new EventDecoder()
    const forged = rehashed(resize.toString().replace('"principal":"agent"', '"principal":"ana"'))
    expect(asAlone(decoder.decode(forged))).toEqual(decodeEvent(forged))
    for (const event of session) expect(asAlone(decoder.decode(event))).toEqual(decodeEvent(event))
  })
})
