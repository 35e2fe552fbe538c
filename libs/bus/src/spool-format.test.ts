import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  comparePositions,
  decodeMark,
  decodeSegmentHeader,
  encodeCheckpoint,
  encodeMark,
  encodeRecord,
  encodeSeal,
  encodeSegmentHeader,
  MARK_BYTES,
  MAX_RECORD_BYTES,
  previousEndOf,
  readRecords,
  segmentFileName,
  segmentOfFileName,
} from './index.ts'

const payload = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes))
const payloads = fc.array(payload, { maxLength: 20 })
const asText = (records: { payload: Buffer }[]) => records.map((record) => record.payload.toString('hex'))

describe('the records of a spool', () => {
  it('are read as they were written, however the bytes are split', () => {
    fc.assert(
      fc.property(payloads, fc.array(fc.nat(5000), { maxLength: 8 }), (written, cuts) => {
        const bytes = Buffer.concat([...written.map(encodeRecord), encodeSeal()])
        const ends = [...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length]
        const read: string[] = []
        let offset = 0
        let stop = ''
        for (const end of ends) {
          const result = readRecords(bytes, offset, end)
          read.push(...asText(result.records))
          ;({ offset, stop } = result)
        }
        expect(read).toEqual(asText(written.map((p) => ({ payload: p }))))
        expect(stop).toBe('sealed')
      }),
    )
  })

  it('end where zeros begin', () => {
    const bytes = Buffer.concat([encodeRecord(Buffer.from('a')), Buffer.alloc(100)])
    expect(readRecords(bytes, 0)).toMatchObject({ offset: 9, stop: 'end', records: [{ offset: 0 }] })
  })

  it('stop at a record of which any byte changed', () => {
    fc.assert(
      fc.property(payload, fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, where, change) => {
        const record = encodeRecord(bytes)
        const at = where % record.length
        record[at] = (record[at] ?? 0) ^ change
        const { records, offset } = readRecords(Buffer.concat([record, Buffer.alloc(8)]), 0)
        // A flipped length may claim more than is there, and a flipped highest bit makes a checkpoint: none is an event with other bytes.
        expect(asText(records).filter((text) => text !== bytes.toString('hex'))).toEqual([])
        if (records.length > 0) expect(offset).toBe(record.length)
      }),
    )
  })

  it('leave checkpoints out unless asked for', () => {
    const bytes = Buffer.concat([encodeCheckpoint(Buffer.from('note')), encodeRecord(Buffer.from('event'))])
    expect(readRecords(bytes, 0).records.map((r) => r.payload.toString())).toEqual(['event'])
    expect(readRecords(bytes, 0, bytes.length, true).records.map((r) => r.isCheckpoint)).toEqual([true, false])
  })

  it('refuse a payload that could not be read back', () => {
    expect(() => encodeRecord(Buffer.alloc(0))).toThrow(RangeError)
    expect(() => encodeRecord(Buffer.alloc(MAX_RECORD_BYTES + 1))).toThrow(RangeError)
  })
})

describe('the header of a segment', () => {
  it('says its number and where the one before it ends', () => {
    const header = encodeSegmentHeader(7, 4096)
    expect([decodeSegmentHeader(header), previousEndOf(header)]).toEqual([7, 4096])
  })

  it('is refused when it is cut short, of another version, or no header', () => {
    const other = encodeSegmentHeader(7)
    other.writeUInt32LE(2, 8)
    for (const bytes of [encodeSegmentHeader(7).subarray(0, 31), other, Buffer.alloc(32)]) expect(decodeSegmentHeader(bytes)).toBeNull()
  })

  it('stands in a file that is named by its number', () => {
    expect(segmentOfFileName(segmentFileName(42))).toBe(42)
    expect(['42.spool', '0000000042.spool.tmp', 'durable'].map(segmentOfFileName)).toEqual([null, null, null])
  })
})

describe('a mark', () => {
  it('reads back as it was written, and not at all when any byte of it is torn', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeNat(), fc.nat(MARK_BYTES - 1), (segment, offset, torn) => {
        const mark = encodeMark({ segment, offset })
        expect(decodeMark(mark)).toEqual({ segment, offset })
        mark[torn] = (mark[torn] ?? 0) ^ 1
        expect(decodeMark(mark)).toBeNull()
      }),
    )
  })

  it('orders by segment first', () => {
    expect(comparePositions({ segment: 1, offset: 900 }, { segment: 2, offset: 32 })).toBeLessThan(0)
  })
})
