import type { LinkPolicy } from '@hoptrace/hopchain'
import { Analysed, type Span, type Store } from '@hoptrace/store'
import { z } from 'zod'
import type { Alerting } from '../alerts/alerting.ts'
import { Correlation } from '../correlation.ts'
import type { Links } from './stream-linker.ts'

const STAGE = 'hops'
/** Keys in one query: bound as literals, more would pass the 256 KiB that ClickHouse reads of a query's text. */
const KEYS_A_QUERY = 500
const LastSeqRow = z.object({ stream: z.string(), lastSeq: z.int() })

/** Links by what the store holds, and writes there what comes of it. */
export class StoreLinks implements Links {
  private readonly correlation: Correlation
  private readonly analysed: Analysed

  /**
   * @param now milliseconds since the epoch: says when the analysis got how far, and decides nothing
   * @param alerting judges what was linked
   */
  constructor(
    private readonly store: Store,
    policy: LinkPolicy,
    private readonly now: () => number,
    alerting?: Alerting,
  ) {
    this.correlation = new Correlation(store, policy, alerting)
    this.analysed = new Analysed(store)
  }

  async link(tenant: string, span: Span, sessions: readonly string[]): Promise<number> {
    const { written } = await this.correlation.correlate(tenant, span, sessions)
    return written
  }

  async settle(): Promise<number> {
    return (await this.correlation.settle()).written
  }

  reached(tenant: string, toUs: number): Promise<void> {
    return this.analysed.save(tenant, { stage: STAGE, partition: '', watermark: String(toUs) }, this.now())
  }

  // The roll-up of sessions is what links are made by: what shows there can be linked.
  async lastSeqs(tenant: string, sessions: readonly string[]): Promise<Map<string, number>> {
    const found = new Map<string, number>()
    for (let at = 0; at < sessions.length; at += KEYS_A_QUERY) {
      const rows = await this.store.query({
        name: 'storeLinks.lastSeqs',
        sql: `SELECT session_id AS stream, max(s.last_seq) AS lastSeq FROM session_rollups AS s
          WHERE tenant = {tenant:String}
            AND toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) IN (SELECT toStartOfHour(UUIDv7ToDateTime(arrayJoin({ids:Array(UUID)}), 'UTC')))
            AND session_id IN (SELECT arrayJoin({ids:Array(UUID)}))
          GROUP BY session_id`,
        params: { tenant, ids: sessions.slice(at, at + KEYS_A_QUERY) },
        row: LastSeqRow,
      })
      for (const { stream, lastSeq } of rows) found.set(stream, lastSeq)
    }
    return found
  }
}
