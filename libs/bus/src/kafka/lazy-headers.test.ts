import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { CompressionCodecs, CompressionTypes } from 'kafkajs'
import { expect, it } from 'vitest'
import { registerGzip } from './gzip-codec.ts'
import { hiddenHeaders, hideHeaders } from './lazy-headers.ts'

type Header = [string, string]
type Made = { key: string; value: string; headers: Header[] }

const header = fc.tuple(fc.string({ minLength: 1, maxLength: 20 }), fc.string({ maxLength: 200, unit: 'binary' }))
const made = fc.record({
  key: fc.string({ maxLength: 40 }),
  value: fc.string({ minLength: 1, maxLength: 3000 }),
  headers: fc.array(header, { maxLength: 70 }),
})

it('hides the headers of records from the library, and finds them behind their values', () => {
  fc.assert(
    fc.property(fc.array(made, { minLength: 1, maxLength: 20 }), (messages) => {
      // Padded, since the headers of small batches are not hidden.
      const all = [...messages, { key: '', value: 'x'.repeat(10_000), headers: [] }]
      const records = hideHeaders(Buffer.from(Buffer.concat(all.map(record))))
      for (const [i, { attributes, value, headerCount }] of read(records).entries()) {
        const wanted = all[i]
        if (!wanted) throw new Error('unreachable')
        expect(value.toString()).toBe(wanted.value)
        const isHidden = wanted.headers.length > 0 && wanted.headers.length <= 63
        expect(headerCount).toBe(isHidden ? 0 : wanted.headers.length)
        const found = hiddenHeaders(value, attributes)
        expect(found && { ...found }).toEqual(isHidden ? Object.fromEntries([...wanted.headers].reverse()) : null)
      }
    }),
  )
})

it('leaves bytes that are no records for the library to refuse, whatever they are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 9000, maxLength: 20_000 }), (bytes) => {
      expect(hideHeaders(Buffer.from(bytes))).toHaveLength(bytes.length)
    }),
  )
})

it('finds nothing behind a value that was not unpacked here', () => {
  expect(hiddenHeaders(Buffer.alloc(10_000), 3)).toBeNull()
})

it('unpacks nothing that would fill the memory', async () => {
  registerGzip()
  const codec = CompressionCodecs[CompressionTypes.GZIP]()
  const bomb = gzipSync(Buffer.alloc(65 * 1024 * 1024))
  await expect(codec.decompress(bomb)).rejects.toThrow(RangeError)
})

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = (value << 1) ^ (value >> 31)
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
  return Buffer.from([...bytes, rest])
}

const counted = (text: string): Buffer => Buffer.concat([varint(Buffer.byteLength(text)), Buffer.from(text)])

/** A record of https://kafka.apache.org/documentation/#record */
function record({ key, value, headers }: Made): Buffer {
  const body = [
    Buffer.from([0]),
    varint(300),
    varint(7),
    counted(key),
    counted(value),
    varint(headers.length),
    ...headers.flat().map(counted),
  ]
  const bytes = Buffer.concat(body)
  return Buffer.concat([varint(bytes.length), bytes])
}

/** What a reader of the format finds: attributes, value and how many headers there are. */
function read(records: Buffer): { attributes: number; value: Buffer; headerCount: number }[] {
  let at = 0
  const next = (): number => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = records[at++] ?? 0
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
    }
  }
  const found: { attributes: number; value: Buffer; headerCount: number }[] = []
  while (at < records.length) {
    const length = next()
    const end = at + length
    const attributes = records[at++] ?? 0
    next()
    next()
    const keyBytes = next()
    at += keyBytes
    const valueBytes = next()
    const value = records.subarray(at, at + valueBytes)
    at += valueBytes
    found.push({ attributes, value, headerCount: next() })
    at = end
  }
  return found
}
