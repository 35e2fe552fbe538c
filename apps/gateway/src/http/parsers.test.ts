import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InMemoryRecording } from '../postgres/in-memory-recording.test-support.ts'
import { credentialsIn, isCredentialName, recordedFields, schemeCredential } from './credential-fields.ts'
import { decodeSample } from './decoded-sample.ts'
import { EventStreamTap } from './event-stream-tap.ts'
import { FittingLog } from './fitting-log.ts'
import { endToEnd, HeaderFields } from './header-fields.ts'
import { elementsOf, membersOf } from './json-members.ts'
import { mcpMessagesIn } from './mcp-messages.ts'
import { presentedToken } from './presented-token.ts'
import { withoutCutCharacter } from './recorded-body.ts'
import { destinationOf } from './request-target.ts'
import { EventStreamReader, fieldsOfEvent, type StreamEvent } from './server-sent-events.ts'
import { PendingCalls, ToolCalls } from './tool-calls.ts'

const SEED = { seed: 20_261_120, numRuns: 10_000 }

function eventsOf(pieces: readonly Buffer[]): StreamEvent[] {
  const events: StreamEvent[] = []
  const reader = new EventStreamReader((event) => events.push(event))
  for (const piece of pieces) reader.feed(piece)
  return events
}

const texts = (events: StreamEvent[]) => events.map(({ bytes, total }) => `${bytes.toString('latin1')} ${total}`)

describe('a stream of events', () => {
  const stream = Buffer.from(
    '\ufeffdata: a\n\n: ping\r\n\r\nevent: x\r\ndata: 1\r\ndata: 2\r\n\r\ndata: b\r\rid: 7\n\n\n\ndata: unfinished',
  )

  it('gives the same events whatever pieces it comes in', () => {
    const whole = texts(eventsOf([stream]))
    expect(whole).toHaveLength(4)
    for (let at = 0; at <= stream.length; at++) expect(texts(eventsOf([stream.subarray(0, at), stream.subarray(at)]))).toEqual(whole)
    expect(texts(eventsOf([...stream].map((byte) => Buffer.of(byte))))).toEqual(whole)
  })

  it('never throws and never depends on how it was cut', () => {
    const piece = fc.constantFrom('data: x', '\n', '\r', '\r\n', ':', 'event: y', '\n\n', ' ', '\0', 'é')
    const property = fc.property(fc.array(piece, { maxLength: 24 }), fc.nat(), (parts, cut) => {
      const bytes = Buffer.from(parts.join(''))
      const at = cut % (bytes.length + 1)
      expect(texts(eventsOf([bytes.subarray(0, at), bytes.subarray(at)]))).toEqual(texts(eventsOf([bytes])))
    })
    fc.assert(property, SEED)
  })

  it('says what an event is and holds, its lines joined', () => {
    expect(fieldsOfEvent('event: x\r\ndata: 1\r\ndata:2\r\n')).toEqual({ event: 'x', data: '1\n2' })
  })

  it('keeps 64 KiB of an event without end, and counts the rest', () => {
    const events = eventsOf([Buffer.from('data: '), ...Array.from({ length: 100 }, () => Buffer.alloc(10_000, 'x')), Buffer.from('\n\n')])
    expect(events.map(({ bytes, total }) => [bytes.length, total])).toEqual([[65_536, 1_000_007]])
  })

  it('is recorded with a cut event’s length', () => {
    const recording = new InMemoryRecording()
    const tap = new EventStreamTap(new FittingLog(recording), 1, new ToolCalls(recording, new PendingCalls(), () => null))
    tap.feed(Buffer.from(`data: ${'\u0001'.repeat(100_000)}\n\n`), 0)
    expect(recording.of('http.message')[0]?.body.truncated).toEqual({ kept: 16_384, total: 100_007 })
  })
})

describe('the members of a JSON text', () => {
  it('are found as JSON.parse finds them', () => {
    const property = fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(4), (object, indent) => {
      const text = JSON.stringify(object, null, indent)
      const found = membersOf(text, 0)
      const values = [...(found ?? [])].map(([name, { start, end }]) => [name, JSON.parse(text.slice(start, end))])
      const expected = Object.entries(JSON.parse(text) as object).map(([name, value]) => [name.toWellFormed(), value])
      expect(new Map(values as [string, unknown][])).toEqual(new Map(expected as [string, unknown][]))
    })
    fc.assert(property, SEED)
  })

  it('never throws on what is cut or no JSON', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ',',
      ':',
      '\\',
      '"method"',
      '"tools/call"',
      '"id"',
      '1',
      ' ',
      '\\u00',
      'null',
      '"params"',
    )
    const property = fc.property(fc.array(piece, { maxLength: 40 }), (parts) => {
      const text = parts.join('')
      membersOf(text, 0)
      elementsOf(text, 0, 10)
      mcpMessagesIn(text)
    })
    fc.assert(property, SEED)
  })

  it('take time in proportion, however deep or long', () => {
    for (const text of ['['.repeat(1e6), '{"a":'.repeat(2e5), '"'.repeat(1e6), `{"a":"${'\\"'.repeat(5e5)}`]) mcpMessagesIn(text)
  })
})

describe('tool calls', () => {
  const call = (id: unknown, name = 'find') =>
    JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: { a: 1 } } })

  it('are read one by one and in batches, with their ids as JSON', () => {
    const read = mcpMessagesIn(`[${call(1)}, ${call('1')}, {"jsonrpc":"2.0","method":"ping","id":3}, ${call(undefined)}]`)
    expect(read.map((message) => [message.kind, message.id])).toEqual([
      ['call', '1'],
      ['call', '"1"'],
      ['call', null],
    ])
  })

  it('tell an error, and a result that says it is one', () => {
    const of = (members: string) => mcpMessagesIn(`{"jsonrpc":"2.0","id":1,${members}}`)[0]
    expect(of('"error":{"code":-1}')).toMatchObject({ kind: 'result', isError: true, result: '{"code":-1}' })
    expect(of('"result":{"isError":true}')).toMatchObject({ isError: true })
    expect(of('"result":{"isError":false}')).toMatchObject({ isError: false })
  })

  it('that are cut keep what came of their arguments', () => {
    const text = call(7).slice(0, -5)
    expect(mcpMessagesIn(text)).toEqual([{ kind: 'call', id: '7', name: 'find', arguments: '{"a"', isCut: true }])
  })

  it('are answered once each', () => {
    const recording = new InMemoryRecording()
    const calls = new ToolCalls(recording, new PendingCalls(), () => 'here')
    calls.asked(call(1), 0, 1000)
    for (let n = 0; n < 3; n++) calls.answered('{"jsonrpc":"2.0","id":1,"result":{}}', 3000)
    expect(recording.of('tool.result').map((event) => event.body)).toEqual([{ call: 0, durationUs: 2000, isError: false, result: '{}' }])
  })

  it('are found for any method written with escapes', () => {
    const recording = new InMemoryRecording()
    new ToolCalls(recording, new PendingCalls(), () => null).asked(call(1).replace('tools', '\\u0074ools'), 0, 0)
    expect(recording.of('tool.call')).toHaveLength(1)
  })
})

describe('header fields', () => {
  it('of one connection, and those that Connection names, go no further', () => {
    const fields = new HeaderFields([
      'Connection',
      'close, X-Hop',
      'x-hop',
      '1',
      'TE',
      'trailers',
      'Upgrade',
      'h2c',
      'Keep-Alive',
      '5',
      'X-End',
      '2',
    ])
    expect(endToEnd(fields, () => false)).toEqual(['X-End', '2'])
  })

  it.each([
    'authorization',
    'proxy-authorization',
    'cookie',
    'set-cookie',
    'x-api-key',
    'api-key',
    'apikey',
    'x-auth-token',
    'private-token',
    'x-amz-security-token',
    'x-vault-token',
    'ocp-apim-subscription-key',
    'x-goog-api-key',
    'x-csrf-token',
    'x-hub-signature',
  ])('named %s are never recorded', (name) => {
    expect(recordedFields(new HeaderFields([name, 'a-secret-value']))).toMatchObject({ headers: [], withheldHeaders: [name] })
  })

  it.each(['accept', 'content-type', 'x-request-id', 'etag', 'location', 'author', 'www-authenticate'])('named %s are', (name) => {
    expect(isCredentialName(name)).toBe(false)
  })

  it('give each credential in them', () => {
    expect(credentialsIn('cookie', 'a=first; b="second"; c=x')).toEqual(['first', 'second'])
    expect(schemeCredential(`Basic ${Buffer.from('u:p:w').toString('base64')}`)).toBe('p:w')
    expect(schemeCredential('Bearer  abc ')).toBe('abc')
  })

  it('of any bytes are read without fault', () => {
    const value = fc.oneof(fc.string({ maxLength: 60 }), fc.constantFrom('Basic', 'Basic =', 'Bearer', '=;=;', 'a="', ' ', 'Basic Og=='))
    const name = fc.constantFrom('authorization', 'cookie', 'set-cookie', 'connection', 'host', 'hoptrace-token', 'x')
    const property = fc.property(fc.array(fc.tuple(name, value), { maxLength: 8 }), (pairs) => {
      const fields = new HeaderFields(pairs.flat())
      presentedToken(fields)
      recordedFields(fields)
      endToEnd(fields, () => false)
    })
    fc.assert(property, SEED)
  })
})

describe('where a request goes', () => {
  const at = (url: string, host: string | null = 'g') => destinationOf(url, host, (name) => name === 'billing.internal')

  it.each([
    ['/targets/billing/v1?a=b', 'g', 'billing', '/v1?a=b', false],
    ['/targets/billing', 'g', 'billing', '/', false],
    ['/targets/billing?a=b', 'g', 'billing', '/?a=b', false],
    ['/v1', 'billing.internal:80', 'billing.internal', '/v1', true],
    ['/targets/x/', 'billing.internal', 'billing.internal', '/targets/x/', true],
    ['http://billing.internal:8080/v1', 'other', 'billing.internal', '/v1', true],
    ['HTTP://[::1]:80?a', 'g', '::1', '/?a', true],
  ])('%s with the host %s', (url, host, name, path, isNamedByHost) => {
    expect(at(url, host)).toMatchObject({ kind: 'target', name, path, isNamedByHost })
  })

  it.each(['*', 'http://a@b/', 'http:///x', '/a#b', 'https://x/', '/targets//x', '/targets/a%2fb/', 'x'])('%s names none', (url) => {
    expect(at(url).kind).toBe('invalid')
  })

  it('is told of anything without fault, and never by two readings', () => {
    const piece = fc.constantFrom(
      '/',
      'targets',
      'billing',
      '.internal',
      ':',
      '80',
      '@',
      '#',
      '?',
      'http://',
      '%2f',
      '\\',
      '..',
      '[',
      ']',
      ' ',
    )
    const property = fc.property(fc.array(piece, { maxLength: 10 }), fc.array(piece, { maxLength: 5 }), (url, host) => {
      const found = at(url.join(''), host.join(''))
      if (found.kind === 'target')
        expect(found.path.startsWith('/') && !found.path.includes('#') && !/[@#/\\?]/.test(found.name)).toBe(true)
    })
    fc.assert(property, SEED)
  })
})

describe('samples', () => {
  it('of a compressed body that is cut or broken give what can be read', async () => {
    const encoded = gzipSync('x'.repeat(1000))
    expect((await decodeSample(encoded.subarray(0, 20), 'gzip', 100)).total).toBeGreaterThanOrEqual(0)
    expect((await decodeSample(Buffer.from('no gzip'), 'gzip', 100)).bytes).toHaveLength(0)
    expect((await decodeSample(encoded, 'x-gzip', 100)).bytes.toString()).toBe('x'.repeat(100))
  })

  it('lose no character but the one that was cut', () => {
    const property = fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), fc.nat(), (text, cut) => {
      const bytes = Buffer.from(text.toWellFormed())
      const kept = withoutCutCharacter(bytes.subarray(0, cut % (bytes.length + 1)))
      expect(text.toWellFormed().startsWith(kept.toString('utf8'))).toBe(true)
    })
    fc.assert(property, SEED)
  })
})
