import { isUtf8 } from 'node:buffer'
import { type DeadLetterReplayRow, DeadLetterReplays, type Store } from '@hoptrace/store'
import { z } from 'zod'
import type { DeadLetterDetail, DeadLetterSummary, ReplayAnswer } from '../contract/index.ts'
import { decodeCursor } from '../http/cursor.ts'
import { instantOf } from '../http/instant.ts'
import { maskLetter } from '../masking/mask-letter.ts'

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
type LetterRow = z.infer<typeof LetterRow>
const WholeLetterRow = LetterRow.extend({ received_base64: z.string() })
type WholeLetterRow = z.infer<typeof WholeLetterRow>

const COLUMNS = 'toString(id) AS id, reason, at, size, source, partition, offset, toUnixTimestamp64Milli(first_seen) * 1000 AS seen_us'

export class DeadLettersQueries {
  private readonly replays: DeadLetterReplays

  constructor(
    private readonly store: Store,
    private readonly tenant: string,
  ) {
    this.replays = new DeadLetterReplays(store)
  }

  /** Newest first; one row more than the limit, when there is one. */
  page(cursor: string | undefined, limit: number): Promise<LetterRow[]> {
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

  async find(id: string): Promise<WholeLetterRow | null> {
    const rows = await this.store.query({
      name: 'api.deadLetters.find',
      sql: `SELECT ${COLUMNS}, received_base64 FROM dead_letters FINAL WHERE tenant = {tenant:String} AND dead_letters.id = {id:String}`,
      params: { tenant: this.tenant, id },
      row: WholeLetterRow,
    })
    return rows[0] ?? null
  }
  /** The rows as they are told, each with what became of it. */
  async summaries(rows: readonly LetterRow[]): Promise<DeadLetterSummary[]> {
    const replays = await this.replays.find(
      this.tenant,
      rows.map(({ id }) => id),
    )
    return rows.map((row) => summaryOfLetter(row, replays.get(row.id) ?? null))
  }

  async replayOf(id: string): Promise<DeadLetterReplayRow | null> {
    return (await this.replays.find(this.tenant, [id])).get(id) ?? null
  }

  /** Keeps who had a letter published again, and what came of it. */
  noteReplay(id: string, replayedBy: string, answer: ReplayAnswer): Promise<void> {
    const { outcome } = answer
    const reason = answer.outcome === 'not-understood' ? answer.reason : ''
    return this.replays.insertReplay(this.tenant, { id, replayedAtMs: Date.now(), replayedBy, outcome, reason })
  }
}

function summaryOfLetter(row: LetterRow, replay: DeadLetterReplayRow | null): DeadLetterSummary {
  const { id, reason, at, size: bytes, source, partition, offset } = row
  const told = { id, reason, at, bytes, receivedAt: instantOf(BigInt(row.seen_us)), source: `${source} ${partition} at ${offset}` }
  return { ...told, state: replay?.outcome === 'stored' ? 'settled' : 'open', replayed: replay && replayedBy(replay) }
}

function replayedBy({ replayedAtMs, replayedBy: by, outcome, reason }: DeadLetterReplayRow): DeadLetterSummary['replayed'] {
  return { at: instantOf(BigInt(replayedAtMs) * 1000n), by, outcome, reason: reason || null }
}

export function detailOfLetter(row: WholeLetterRow, isRevealed: boolean, replay: DeadLetterReplayRow | null): DeadLetterDetail {
  const bytes = Buffer.from(row.received_base64, 'base64')
  const { shown, masked } = isRevealed ? { shown: bytes, masked: 0 } : maskLetter(bytes)
  const text = isUtf8(shown) ? shown.toString('utf8') : null
  return { ...summaryOfLetter(row, replay), base64: shown.toString('base64'), text, masked }
}
