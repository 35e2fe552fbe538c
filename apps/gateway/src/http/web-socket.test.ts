import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InMemoryRecording } from '../postgres/in-memory-recording.test-support.ts'
import { PendingCalls, ToolCalls } from './tool-calls.ts'
import { WebSocketTap } from './web-socket-tap.ts'

const MASK = Buffer.from([7, 77, 177, 250])

function aFrame(opcode: number, text: string | Buffer, { isFinal = true, isMasked = true, rsv = 0 } = {}): Buffer {
  const payload = Buffer.from(text)
  const length = payload.length
  const extended = Buffer.alloc(length < 126 ? 0 : length < 65_536 ? 2 : 8)
  if (extended.length === 2) extended.writeUInt16BE(length)
  if (extended.length === 8) extended.writeBigUInt64BE(BigInt(length))
  const short = length < 126 ? length : length < 65_536 ? 126 : 127
  const head = Buffer.from([(isFinal ? 0x80 : 0) | rsv | opcode, (isMasked ? 0x80 : 0) | short])
  if (!isMasked) return Buffer.concat([head, extended, payload])
  return Buffer.concat([head, extended, MASK, payload.map((byte, i) => byte ^ (MASK[i & 3] ?? 0))])
}

/** What a tap made of the caller's bytes in these pieces: what it let pass, and what it recorded. */
function passed(pieces: readonly Buffer[]) {
  const recording = new InMemoryRecording()
  const tap = new WebSocketTap(recording, 5, new ToolCalls(recording, new PendingCalls(), () => null))
  const out: Buffer[] = []
  for (const piece of pieces) out.push(tap.fromCaller(piece, 0))
  tap.end()
  const messages = recording.of('http.message').map(({ body }) => body)
  return { bytes: Buffer.concat(out), messages, violation: tap.violation, count: tap.messages.toTarget, outcome: tap.outcome, tap }
}

const conversation = Buffer.concat([
  aFrame(1, 'first'),
  aFrame(9, 'ping'),
  aFrame(1, 'in ', { isFinal: false }),
  aFrame(10, ''),
  aFrame(0, 'two ', { isFinal: false }),
  aFrame(0, 'parts'),
  aFrame(2, Buffer.from([0xff, 1])),
  aFrame(1, ''),
  aFrame(1, 'y'.repeat(300)),
  aFrame(8, Buffer.concat([Buffer.from([3, 232]), Buffer.from('bye')])),
])

describe('the frames of a WebSocket', () => {
  it('give the same messages, and pass whole, whatever pieces they come in', () => {
    const whole = passed([conversation])
    expect(whole.messages.map(({ data }) => data)).toEqual([
      { utf8: 'first' },
      { utf8: 'in two parts' },
      { base64: '/wE=' },
      { utf8: '' },
      { utf8: 'y'.repeat(300) },
    ])
    expect([whole.count, whole.violation]).toEqual([5, null])
    for (let at = 0; at <= conversation.length; at++) {
      const cut = passed([conversation.subarray(0, at), conversation.subarray(at)])
      expect([cut.messages, cut.count]).toEqual([whole.messages, whole.count])
      expect(cut.bytes.equals(conversation)).toBe(true)
    }
    expect(passed([...conversation].map((byte) => Buffer.of(byte))).messages).toEqual(whole.messages)
  })

  it('of a message do not pass before it is recorded', () => {
    const frame = aFrame(1, 'not yet')
    expect(passed([frame.subarray(0, -1)])).toMatchObject({ bytes: Buffer.alloc(0), messages: [] })
    const large = aFrame(1, 'z'.repeat(100_000))
    const part = passed([large.subarray(0, 20_000)])
    expect(part.messages).toMatchObject([{ truncated: { kept: 16_384, total: 100_000 } }])
    expect(part.bytes).toHaveLength(20_000)
  })

  it('without payload are not held without end', () => {
    const pieces = [aFrame(1, '', { isFinal: false }), ...Array.from({ length: 20_000 }, () => aFrame(0, '', { isFinal: false }))]
    const { bytes, messages } = passed([Buffer.concat(pieces)])
    expect(bytes.length).toBeGreaterThan(64 * 1024)
    expect(messages).toHaveLength(1)
  })

  it.each([
    ['that are not masked', aFrame(1, 'x', { isMasked: false }), 'not masked'],
    ['with an extension', aFrame(1, 'x', { rsv: 0x40 }), 'extension'],
    ['of an unknown opcode', aFrame(3, 'x'), 'opcode'],
    ['that continue nothing', aFrame(0, 'x'), 'out of order'],
    ['that begin within another message', Buffer.concat([aFrame(1, 'x', { isFinal: false }), aFrame(1, 'y')]), 'out of order'],
    ['of control in parts', aFrame(9, 'x', { isFinal: false }), 'control'],
    ['of control that are too long', aFrame(9, 'x'.repeat(126)), 'control'],
    ['with a length in a longer form', Buffer.from([0x81, 0xfe, 0, 5, 0, 0, 0, 0]), 'shortest'],
    ['of an impossible length', Buffer.from([0x82, 0xff, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0]), 'too long'],
    ['after the end', Buffer.concat([aFrame(8, ''), aFrame(1, 'x')]), 'follows the end'],
  ])('%s end it, and do not pass', (_, bytes, violation) => {
    const good = aFrame(1, 'good')
    const { tap, ...found } = passed([Buffer.concat([good, bytes])])
    expect(found.violation).toContain(violation)
    expect(found.bytes.includes(good)).toBe(true)
    expect(found.bytes.length).toBeLessThan(good.length + bytes.length)
    expect(tap.lastWords('violation', 'why').toCaller?.subarray(0, 4)).toEqual(Buffer.from([0x88, 5, 3, 234]))
  })

  it('of any bytes are read without fault, and never by how they were cut', () => {
    const frame = fc
      .tuple(fc.constantFrom(0, 1, 2, 8, 9, 10, 3), fc.uint8Array({ maxLength: 8 }), fc.boolean(), fc.integer({ min: 0, max: 9 }))
      .map(([opcode, payload, isFinal, odd]) => aFrame(opcode, Buffer.from(payload), { isFinal, isMasked: odd > 0 }))
    const noise = fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes))
    const property = fc.property(fc.array(fc.oneof({ arbitrary: frame, weight: 5 }, noise), { maxLength: 8 }), fc.nat(), (parts, cut) => {
      const bytes = Buffer.concat(parts)
      const at = cut % (bytes.length + 1)
      const [whole, halves] = [passed([bytes]), passed([bytes.subarray(0, at), bytes.subarray(at)])]
      expect([halves.messages, halves.violation, halves.count]).toEqual([whole.messages, whole.violation, whole.count])
      expect(halves.bytes.equals(whole.bytes)).toBe(true)
      expect(bytes.subarray(0, whole.bytes.length).equals(whole.bytes)).toBe(true)
    })
    fc.assert(property, { seed: 20_261_120, numRuns: 10_000 })
  })
})
