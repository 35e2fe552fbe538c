import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import { type GatewayHealth, SpoolHealth } from '../contract/index.ts'
import { instantOf } from '../http/instant.ts'

/** Three heartbeats missed, at the default of one every 10 s. */
export const SILENT_AFTER_MS = 30_000
/** A gateway that was last heard longer ago was taken away. */
const GONE_AFTER_MS = 24 * 3_600_000
/** More gateways than anybody names. */
const MAX_GATEWAYS = 1_000

const BeatRow = z.object({
  tenant: z.string(),
  gatewayId: z.string(),
  bootId: z.string(),
  /** Microseconds since the epoch, in decimal. */
  ts: z.string(),
})
export type BeatRow = z.infer<typeof BeatRow>
const SaidRow = z.object({ bootId: z.string(), content: z.string() })
const Said = z.object({ body: z.object({ open: z.array(z.unknown()), spool: SpoolHealth.optional().catch(undefined) }) })

/** The last heartbeat of each gateway's last boot within a day. @param tenant null: of every tenant */
export async function lastBeats(store: Store, tenant: string | null, nowMs: number): Promise<BeatRow[]> {
  const ofTenant = tenant === null ? '' : 'AND tenant = {tenant:String}'
  return store.query({
    name: 'api.health.lastBeats',
    sql: `SELECT tenant, gateway_id AS gatewayId, toString(argMax(boot_id, beat)) AS bootId, toString(toUnixTimestamp64Micro(max(beat))) AS ts
      FROM (SELECT tenant, gateway_id, boot_id, max(heartbeats.ts) AS beat FROM heartbeats
        WHERE session_id = boot_id ${ofTenant} GROUP BY tenant, gateway_id, boot_id)
      GROUP BY tenant, gateway_id HAVING max(beat) > fromUnixTimestamp64Micro({sinceUs:Int64}, 'UTC')
      ORDER BY tenant, gateway_id LIMIT {limit:UInt32}`,
    params: { sinceUs: (nowMs - GONE_AFTER_MS) * 1000, limit: MAX_GATEWAYS, ...(tenant === null ? {} : { tenant }) },
    row: BeatRow,
  })
}

/** Every gateway of a tenant as its last heartbeat describes it. */
export async function gatewayHealth(store: Store, tenant: string, nowMs: number): Promise<GatewayHealth[]> {
  const beats = await lastBeats(store, tenant, nowMs)
  const said = await lastSaid(store, tenant, beats)
  return beats.map((beat) => {
    const ageMs = ageOf(beat, nowMs)
    const isSilent = ageMs > SILENT_AFTER_MS
    const { open = [], spool = null } = said.get(beat.bootId) ?? {}
    const silentSince = isSilent ? instantOf(BigInt(beat.ts) + BigInt(SILENT_AFTER_MS) * 1000n) : null
    const { gatewayId, bootId, ts } = beat
    return { gatewayId, bootId, lastHeartbeatAt: instantOf(ts), ageMs, openSessions: open.length, isSilent, silentSince, spool }
  })
}

/** Milliseconds since the heartbeat; never negative, should the gateway's clock be ahead. */
export function ageOf({ ts }: Pick<BeatRow, 'ts'>, nowMs: number): number {
  return Math.max(0, nowMs - Number(ts) / 1000)
}

// By the hour of each boot first: the table is ordered by it.
async function lastSaid(store: Store, tenant: string, beats: readonly BeatRow[]): Promise<Map<string, z.infer<typeof Said>['body']>> {
  if (beats.length === 0) return new Map()
  const rows = await store.query({
    name: 'api.health.lastSaid',
    sql: `SELECT toString(session_id) AS bootId, argMax(content, seq) AS content FROM session_events
      WHERE tenant = {tenant:String} AND session_id IN (SELECT arrayJoin({boots:Array(UUID)})) AND type = 'gateway.heartbeat'
        AND toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) IN (SELECT toStartOfHour(UUIDv7ToDateTime(arrayJoin({boots:Array(UUID)}), 'UTC')))
        AND ts >= fromUnixTimestamp64Micro({sinceUs:Int64}, 'UTC')
      GROUP BY session_id`,
    params: { tenant, boots: beats.map(({ bootId }) => bootId), sinceUs: Math.min(...beats.map(({ ts }) => Number(ts))) - 1 },
    row: SaidRow,
  })
  return new Map(
    rows.flatMap(({ bootId, content }) => {
      const said = Said.safeParse(JSON.parse(content))
      return said.success ? [[bootId, said.data.body] as const] : []
    }),
  )
}
