import fc from 'fast-check'
import { expect, it } from 'vitest'
import { carry, setFree } from './carried-records.ts'
import { readVarint, varintBytes, writeVarint } from './varint.ts'

const text = (maxLength: number) => fc.string({ maxLength, unit: 'binary' })
const made = fc.record({
  key: text(40),
  value: text(3000),
  headers: fc.dictionary(fc.string({ minLength: 1, maxLength: 20 }), text(100), { maxKeys: 8 }),
  isCarried: fc.boolean(),
})
type Made = { key: string; value: string; headers: Record<string, string>; isCarried: boolean }

it('sets free the very records that were carried, and leaves others alone', () => {
  fc.assert(
    fc.property(fc.array(made, { maxLength: 20 }), (messages) => {
      const handedOver = messages.map((one, i) => (one.isCarried ? record(i, null, carried(one), {}) : ordinary(one, i)))
      expect(setFree(Buffer.concat(handedOver)).equals(Buffer.concat(messages.map(ordinary)))).toBe(true)
    }),
  )
})

it('writes integers as it reads them', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 30 - 1), (value) => {
      const cursor = { bytes: Buffer.alloc(5), at: 0 }
      writeVarint(cursor, value)
      expect(cursor.at).toBe(varintBytes(value))
      expect(readVarint({ bytes: cursor.bytes, at: 0 })).toBe(value)
    }),
  )
})

const carried = ({ key, value, headers }: Made): Buffer => carry(Buffer.from(key), Buffer.from(value), headers)
const ordinary = ({ key, value, headers }: Made, i: number): Buffer => record(i, Buffer.from(key), Buffer.from(value), headers)

/** A record of https://kafka.apache.org/documentation/#record */
function record(offset: number, key: Buffer | null, value: Buffer, headers: Record<string, string>): Buffer {
  const texts = Object.entries(headers)
    .flat()
    .map((one) => counted(Buffer.from(one)))
  const body = Buffer.concat([
    Buffer.from([0]),
    varint(0),
    varint(offset),
    counted(key),
    counted(value),
    varint(texts.length / 2),
    ...texts,
  ])
  return Buffer.concat([varint(body.length), body])
}

function counted(bytes: Buffer | null): Buffer {
  return bytes === null ? varint(-1) : Buffer.concat([varint(bytes.length), bytes])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = ((value << 1) ^ (value >> 31)) >>> 0
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
  return Buffer.from([...bytes, rest])
}
