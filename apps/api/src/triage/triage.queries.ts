import { Analysed, Arrivals, Heartbeats, type Store } from '@hoptrace/store'
import { z } from 'zod'
import type { GatewayStatus } from '../contract/index.ts'
import { instantOf } from '../http/instant.ts'
import { IN_LAST_31_DAYS } from '../sessions/sessions.queries.ts'
import { SILENT_AFTER_MS } from './recording-state.ts'

const DAY_US = 86_400_000_000
/** The correlator's name as a reader of what arrives. */
const READER = 'hops'
const Count = z.object({ count: z.number() })

/** What the store tells of the recording itself. */
export class TriageQueries {
  private readonly heartbeats: Heartbeats
  private readonly analysed: Analysed
  private readonly arrivals: Arrivals

  constructor(
    private readonly store: Store,
    private readonly tenant: string,
  ) {
    this.heartbeats = new Heartbeats(store)
    this.analysed = new Analysed(store)
    this.arrivals = new Arrivals(store)
  }

  /** The last boot of each gateway that beat within a day: an older one is gone, not silent. */
  async gateways(nowMs: number): Promise<GatewayStatus[]> {
    const [boots, open] = await Promise.all([this.heartbeats.gateways(this.tenant), this.openSessions()])
    const latest = new Map(boots.toReversed().map((boot) => [boot.gatewayId, boot]))
    return [...latest.values()].flatMap(({ gatewayId, bootId, ts }) => {
      const ageMs = Math.max(0, nowMs - Number(ts) / 1000)
      if (ageMs * 1000 > DAY_US) return []
      const lastHeartbeatAt = instantOf(ts)
      return [{ gatewayId, bootId, lastHeartbeatAt, ageMs, openSessions: open.get(gatewayId) ?? 0, isSilent: ageMs > SILENT_AFTER_MS }]
    })
  }

  gaps(nowMs: number): Promise<number> {
    return this.count(
      'gaps',
      "FROM session_events WHERE type = 'recording.gap' AND ts >= fromUnixTimestamp64Micro({sinceUs:Int64}, 'UTC')",
      {
        sinceUs: nowMs * 1000 - DAY_US,
      },
    )
  }

  /** How far gateways' events are stored, and how far they are linked: microseconds since the epoch, null before the first. */
  async reached(): Promise<{ ingestedTo: string | null; analysedTo: string | null }> {
    // In this order: what is stored while it looks must not count as analysed.
    const ingestedTo = await this.ingestedTo()
    const [stages, isPending] = await Promise.all([this.analysed.list(this.tenant), this.arrivals.isPending(this.tenant, READER)])
    return { ingestedTo, analysedTo: analysedTo(stages, isPending ? null : ingestedTo) }
  }

  /** Event time of the newest heartbeat that is stored. */
  private async ingestedTo(): Promise<string | null> {
    const rows = await this.store.query({
      name: 'api.triage.ingestedTo',
      sql: `SELECT toString(toUnixTimestamp64Micro(max(heartbeats.ts))) AS ts FROM heartbeats
        WHERE tenant = {tenant:String} AND session_id = boot_id HAVING count() > 0`,
      params: { tenant: this.tenant },
      row: z.object({ ts: z.string() }),
    })
    return rows[0]?.ts ?? null
  }

  private async openSessions(): Promise<Map<string, number>> {
    const rows = await this.store.query({
      name: 'api.triage.openSessions',
      sql: `SELECT gateway, count() AS count FROM (
          SELECT max(gateway_id) AS gateway FROM session_rollups WHERE tenant = {tenant:String} AND ${IN_LAST_31_DAYS}
          GROUP BY session_id HAVING max(end_reason) = '' AND max(target_protocol) != '') GROUP BY gateway`,
      params: { tenant: this.tenant },
      row: Count.extend({ gateway: z.string() }),
    })
    return new Map(rows.map(({ gateway, count }) => [gateway, count]))
  }

  private async count(name: string, from: string, params: Record<string, number>): Promise<number> {
    const rows = await this.store.query({
      name: `api.triage.${name}`,
      sql: `SELECT uniqExact(session_id, seq) AS count ${from} AND tenant = {tenant:String}`,
      params: { ...params, tenant: this.tenant },
      row: Count,
    })
    return rows[0]?.count ?? 0
  }
}

/**
 * The stage that is furthest behind decides; but a gateway that only beats gives it nothing to look at.
 * @param idleTo how far events are stored when none of them waits to be looked at; null when some do
 */
function analysedTo(stages: readonly { watermark: string }[], idleTo: string | null): string | null {
  const watermarks = stages.map(({ watermark }) => BigInt(watermark)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const behind = watermarks[0]
  if (idleTo === null) return behind === undefined ? null : String(behind)
  return behind === undefined || behind < BigInt(idleTo) ? idleTo : String(behind)
}
