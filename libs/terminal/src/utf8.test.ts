import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pieces, Utf8Stream } from './utf8.ts'

const decoded = (chunks: Buffer[]) => {
  const stream = new Utf8Stream()
  return chunks.map((chunk) => stream.decode(chunk)).join('') + stream.end()
}

describe('Utf8Stream', () => {
  it('decodes any bytes as a whole decoder does, however they were cut (10,000 cases)', () => {
    const text = fc.string({ unit: 'binary' }).map((string) => Buffer.from(string))
    const noise = fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes))
    fc.assert(
      fc.property(fc.array(fc.oneof(text, noise)), fc.infiniteStream(fc.integer({ min: 1, max: 5 })), (parts, sizes) => {
        const whole = Buffer.concat(parts)
        const chunks: Buffer[] = []
        for (let at = 0; at < whole.length; ) {
          const size = sizes.next().value ?? 1
          chunks.push(whole.subarray(at, at + size))
          at += size
        }
        expect(decoded(chunks)).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(whole))
      }),
      { numRuns: 10_000, seed: 4 },
    )
  })

  it('says whether a character is half read', () => {
    const stream = new Utf8Stream()
    stream.decode(Buffer.from([0xf0, 0x9f]))
    expect(stream.isWhole).toBe(false)
    expect(stream.decode(Buffer.from([0x9a, 0x80]))).toBe('🚀')
    expect(stream.isWhole).toBe(true)
  })
})

describe('pieces', () => {
  it('never splits a surrogate pair', () => {
    expect([...pieces('a🚀🚀b', 2)]).toEqual(['a', '🚀', '🚀', 'b'])
    expect([...pieces('', 2)]).toEqual([''])
  })
})
