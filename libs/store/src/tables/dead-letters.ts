import { z } from 'zod'
import type { InsertOptions, Store } from '../store.ts'
import { SETTLED_LETTERS } from './dead-letter-replays.ts'

/** A row of `dead_letters` as it is inserted. */
export type DeadLetterInsert = {
  tenant: string
  /** SHA-256 of the received bytes, in hex. */
  id: string
  reason: string
  at: string
  received_base64: string
  size: number
  source: string
  partition: string
  offset: number
  /** Milliseconds since the epoch. */
  first_seen: number
}

export const DeadLetterRow = z.object({
  id: z.string(),
  reason: z.string(),
  at: z.string(),
  size: z.int(),
  source: z.string(),
  partition: z.string(),
  offset: z.int(),
  /** Milliseconds since the epoch. */
  firstSeenMs: z.int(),
})
export type DeadLetterRow = z.infer<typeof DeadLetterRow>
const WholeDeadLetterRow = DeadLetterRow.extend({ receivedBase64: z.string() })
export type WholeDeadLetterRow = z.infer<typeof WholeDeadLetterRow>

const COLUMNS = 'id, reason, at, size, source, partition, offset, toUnixTimestamp64Milli(first_seen) AS firstSeenMs'

/** Messages that could not be understood, kept whole. */
export class DeadLetters {
  constructor(private readonly store: Store) {}

  insert(rows: readonly DeadLetterInsert[], options?: InsertOptions): Promise<void> {
    return this.store.insert('dead_letters', rows, options)
  }

  /** Latest first. */
  list(tenant: string, limit = 100): Promise<DeadLetterRow[]> {
    return this.store.query({
      name: 'deadLetters.list',
      sql: `SELECT ${COLUMNS} FROM dead_letters FINAL WHERE tenant = {tenant:String} ORDER BY first_seen DESC, id LIMIT {limit:UInt32}`,
      params: { tenant, limit },
      row: DeadLetterRow,
    })
  }

  /** How many were ever kept. */
  async count(tenant: string): Promise<number> {
    const sql = 'SELECT uniqExact(id) AS letters FROM dead_letters WHERE tenant = {tenant:String}'
    const rows = await this.store.query({ name: 'deadLetters.count', sql, params: { tenant }, row: z.object({ letters: z.int() }) })
    return rows[0]?.letters ?? 0
  }

  /** How many are open: a letter that was replayed, and is stored, is not. */
  async countOpen(tenant: string): Promise<number> {
    const sql = `SELECT uniqExact(id) AS letters FROM dead_letters WHERE tenant = {tenant:String} AND id NOT IN (${SETTLED_LETTERS})`
    const rows = await this.store.query({ name: 'deadLetters.countOpen', sql, params: { tenant }, row: z.object({ letters: z.int() }) })
    return rows[0]?.letters ?? 0
  }

  async find(tenant: string, id: string): Promise<WholeDeadLetterRow | null> {
    const rows = await this.store.query({
      name: 'deadLetters.find',
      sql: `SELECT ${COLUMNS}, received_base64 AS receivedBase64 FROM dead_letters FINAL WHERE tenant = {tenant:String} AND id = {id:String}`,
      params: { tenant, id },
      row: WholeDeadLetterRow,
    })
    return rows[0] ?? null
  }
}
