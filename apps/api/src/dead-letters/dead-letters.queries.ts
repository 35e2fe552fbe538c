import { isUtf8 } from 'node:buffer'
import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import type { DeadLetterDetail, DeadLetterSummary } from '../contract/index.ts'
import { decodeCursor } from '../http/cursor.ts'
import { instantOf } from '../http/instant.ts'

const LetterRow = z.object({
  id: z.string(),
  reason: z.string(),
  at: z.string(),
  size: z.number(),
  source: z.string(),
  partition: z.string(),
  offset: z.number(),
  seen_us: z.number(),
})
const WholeLetterRow = LetterRow.extend({ received_base64: z.string() })

const COLUMNS = 'toString(id) AS id, reason, at, size, source, partition, offset, toUnixTimestamp64Milli(first_seen) * 1000 AS seen_us'

export class DeadLettersQueries {
  constructor(
    private readonly store: Store,
    private readonly tenant: string,
  ) {}

  /** Newest first; one row more than the limit, when there is one. */
  page(cursor: string | undefined, limit: number): Promise<z.infer<typeof LetterRow>[]> {
    const after = decodeCursor(cursor, z.tuple([z.int(), z.string()]))
    return this.store.query({
      name: 'api.deadLetters.page',
      sql: `SELECT ${COLUMNS} FROM dead_letters FINAL WHERE tenant = {tenant:String}
        ${after ? 'AND (seen_us, toString(dead_letters.id)) < ({afterUs:Int64}, {afterId:String})' : ''}
        ORDER BY seen_us DESC, id DESC LIMIT {rows:UInt32}`,
      params: { tenant: this.tenant, rows: limit + 1, ...(after ? { afterUs: after[0], afterId: after[1] } : {}) },
      row: LetterRow,
    })
  }

  async find(id: string): Promise<z.infer<typeof WholeLetterRow> | null> {
    const rows = await this.store.query({
      name: 'api.deadLetters.find',
      sql: `SELECT ${COLUMNS}, received_base64 FROM dead_letters FINAL WHERE tenant = {tenant:String} AND dead_letters.id = {id:String}`,
      params: { tenant: this.tenant, id },
      row: WholeLetterRow,
    })
    return rows[0] ?? null
  }
}

export function summaryOfLetter(row: z.infer<typeof LetterRow>): DeadLetterSummary {
  const { id, reason, at, size: bytes, source, partition, offset } = row
  return { id, reason, at, bytes, receivedAt: instantOf(BigInt(row.seen_us)), source: `${source} ${partition} at ${offset}` }
}

export function detailOfLetter(row: z.infer<typeof WholeLetterRow>): DeadLetterDetail {
  const bytes = Buffer.from(row.received_base64, 'base64')
  return { ...summaryOfLetter(row), base64: row.received_base64, text: isUtf8(bytes) ? bytes.toString('utf8') : null }
}
