import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { closeFrame, OPCODE } from '../http/web-socket-frames.ts'
import { binaryFrame, WholeFrames } from './whole-frames.ts'

function read(isMasked: boolean, ...chunks: Buffer[]) {
  const reader = new WholeFrames(isMasked)
  const frames = chunks.flatMap((chunk) => reader.read(chunk))
  return { frames, violation: reader.violation, isBetweenMessages: reader.isBetweenMessages }
}

describe('the frames of a WebSocket', () => {
  it.each([0, 125, 126, 65_535, 65_536, 200_000])('of %i bytes are given as they came', (length) => {
    const payload = Buffer.alloc(length, 'payload ')
    const raw = binaryFrame(payload)
    const { frames, violation, isBetweenMessages } = read(false, raw)
    expect([frames.length, violation, isBetweenMessages]).toEqual([1, null, true])
    expect(frames[0]?.payload.equals(payload)).toBe(true)
    expect(frames[0]?.raw.equals(raw)).toBe(true)
  })

  it('are given whole, and the same wherever the bytes are split', () => {
    const part = binaryFrame(Buffer.alloc(130, 7))
    part[0] = OPCODE.binary
    const bytes = Buffer.concat([
      binaryFrame(Buffer.from('one')),
      part,
      Buffer.of(0x89, 0),
      Buffer.of(0x80, 3, 1, 2, 3),
      closeFrame(1000, 'bye', false),
    ])
    const whole = read(false, bytes).frames
    expect(whole.map(({ kind, isFirst, isFinal }) => [kind, isFirst, isFinal])).toEqual([
      [OPCODE.binary, true, true],
      [OPCODE.binary, true, false],
      [OPCODE.ping, true, true],
      [OPCODE.binary, false, true],
      [OPCODE.close, true, true],
    ])
    expect(Buffer.concat(whole.map(({ raw }) => raw)).equals(bytes)).toBe(true)
    for (let cut = 0; cut <= bytes.length; cut++) expect(read(false, bytes.subarray(0, cut), bytes.subarray(cut)).frames).toEqual(whole)
    expect(read(false, ...[...bytes].map((byte) => Buffer.of(byte))).frames).toEqual(whole)
  })

  it('that are too long are a violation at their head, and nothing is given after it', () => {
    const head = Buffer.of(0x82, 127, 0, 0, 0, 0, 2, 0, 0, 0)
    const { frames, violation } = read(false, Buffer.concat([head, binaryFrame(Buffer.from('x'))]))
    expect([frames, violation]).toEqual([[], 'a frame is too long'])
  })

  it('that continue nothing, or that a side must not send, are a violation', () => {
    expect(read(false, Buffer.of(0x80, 0)).violation).not.toBeNull()
    expect(read(true, binaryFrame(Buffer.from('x'))).violation).not.toBeNull()
  })

  it('never throw, whatever the bytes, and give no more of them than came', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }), fc.boolean(), (bytes, isMasked) => {
        const chunks = bytes.map((chunk) => Buffer.from(chunk))
        const given = Buffer.concat(read(isMasked, ...chunks).frames.map(({ raw }) => raw))
        expect(Buffer.concat(chunks).subarray(0, given.length).equals(given)).toBe(true)
      }),
      { numRuns: 10_000 },
    )
  })
})
