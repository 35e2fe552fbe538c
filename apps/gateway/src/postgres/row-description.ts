import type { SqlColumn, Truncation } from '@hoptrace/events'
import { fitText, jsonSize } from './budget.ts'
import { MessageReader } from './message-reader.ts'
import { typeName } from './type-names.ts'

/** Columns in encoded JSON. */
const COLUMNS_BUDGET = 96 * 1024
const NAME_LIMIT = 1024

export type RowDescription = {
  columns: SqlColumn[]
  truncated?: Truncation
  /** Of every column that the message held, the ones not named in `columns` too. */
  oids: number[]
  formats: number[]
}

export const NO_COLUMNS: RowDescription = { columns: [], oids: [], formats: [] }

/** Reads RowDescription messages. One that repeats the last gives the same object: drivers describe the same statement again and again. */
export class RowDescriptions {
  private readonly reader = new MessageReader()
  private lastBytes = Buffer.alloc(0)
  private last = NO_COLUMNS

  read(bytes: Buffer, start: number, end: number): RowDescription {
    const length = end - start
    if (length === this.lastBytes.length && bytes.compare(this.lastBytes, 0, length, start, end) === 0) return this.last
    this.lastBytes = Buffer.from(bytes.subarray(start, end))
    this.last = this.parse(this.reader.reset(this.lastBytes, 0, length))
    return this.last
  }

  private parse(reader: MessageReader): RowDescription {
    const description: RowDescription = { columns: [], oids: [], formats: [] }
    const total = reader.uint16()
    let size = 0
    for (let n = 0; n < total && !reader.isShort; n += 1) {
      const name = fitText(reader.text(NAME_LIMIT), NAME_LIMIT)
      reader.skip(6)
      const oid = reader.uint32()
      reader.skip(6)
      description.oids.push(oid)
      description.formats.push(reader.int16())
      size += jsonSize(name) + 48
      if (size <= COLUMNS_BUDGET && !reader.isShort) description.columns.push({ name, oid, type: typeName(oid) })
    }
    if (description.columns.length < total) description.truncated = { kept: description.columns.length, total }
    return description
  }
}
