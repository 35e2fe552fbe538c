import { z } from 'zod'
import type { Store } from '../store.ts'
import { inBatches } from './key-batches.ts'

/** A dead letter that was published again. */
export const DeadLetterReplayRow = z.object({
  id: z.string(),
  /** Milliseconds since the epoch. */
  replayedAtMs: z.int(),
  replayedBy: z.string(),
  outcome: z.enum(['stored', 'published', 'not-understood']),
  /** Empty unless it is still not understood. */
  reason: z.string(),
})
export type DeadLetterReplayRow = z.infer<typeof DeadLetterReplayRow>

/** Letters that nobody has to look at any more, as a subquery that binds `{tenant:String}`: they became events, and are stored. */
export const SETTLED_LETTERS = "SELECT id FROM dead_letter_replays WHERE tenant = {tenant:String} AND outcome = 'stored'"

/** Who had dead letters published again, and what came of it. */
export class DeadLetterReplays {
  constructor(private readonly store: Store) {}

  insertReplay(tenant: string, { id, replayedAtMs, replayedBy, outcome, reason }: DeadLetterReplayRow): Promise<void> {
    return this.store.insert('dead_letter_replays', [{ tenant, id, replayed_at: replayedAtMs, replayed_by: replayedBy, outcome, reason }])
  }

  /** What tells most of each of these letters: that it was stored, else what came of it last. Letters that were never replayed are not there. */
  async find(tenant: string, ids: readonly string[]): Promise<Map<string, DeadLetterReplayRow>> {
    const rows = await inBatches(ids, (some) =>
      this.store.query({
        name: 'deadLetterReplays.find',
        sql: `SELECT toString(id) AS id, toUnixTimestamp64Milli(replayed_at) AS replayedAtMs, replayed_by AS replayedBy, outcome, reason
          FROM dead_letter_replays
          WHERE tenant = {tenant:String} AND toString(dead_letter_replays.id) IN (SELECT arrayJoin({ids:Array(String)}))
          ORDER BY outcome = 'stored' DESC, replayed_at DESC LIMIT 1 BY id`,
        params: { tenant, ids: some },
        row: DeadLetterReplayRow,
      }),
    )
    return new Map(rows.map((row) => [row.id, row]))
  }
}
