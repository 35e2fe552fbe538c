import { Analysed, Arrivals, DeadLetters, type Store } from '@hoptrace/store'
import { z } from 'zod'
import type { ConflictsFound, Health } from '../contract/index.ts'
import { instantOf } from '../http/instant.ts'
import { gatewayHealth } from './gateway-heartbeats.ts'
import { conflictsFound } from './recent-conflicts.ts'
import { verdictOn } from './recording-health.ts'

const DAY_US = 86_400_000_000
/** The correlator's name as a reader of what arrives. */
const READER = 'hops'

type Recording = NonNullable<Health['recording']>

/** How well the recording of a tenant goes, as the store shows it. Any server that reads the store can tell. */
export async function recordingHealth(
  store: Store,
  tenant: string,
  nowMs: number,
  findConflicts: () => Promise<ConflictsFound> = () => conflictsFound(store, tenant, nowMs),
): Promise<Recording> {
  const [gateways, gaps, deadLetters, conflicts] = await Promise.all([
    gatewayHealth(store, tenant, nowMs),
    gapsSince(store, tenant, nowMs * 1000 - DAY_US),
    new DeadLetters(store).countOpen(tenant),
    findConflicts(),
  ])
  const openSessions = gateways.reduce((sum, gateway) => sum + (gateway.isSilent ? 0 : gateway.openSessions), 0)
  const newest =
    gateways
      .map(({ lastHeartbeatAt }) => lastHeartbeatAt)
      .sort()
      .at(-1) ?? null
  const reached = await reachedFrom(store, tenant, newest, nowMs)
  return { ...verdictOn({ gateways, gaps, deadLetters, conflicts }), gateways, openSessions, gaps, deadLetters, conflicts, ...reached }
}

async function gapsSince(store: Store, tenant: string, sinceUs: number): Promise<number> {
  const rows = await store.query({
    name: 'api.health.gaps',
    sql: `SELECT uniqExact(session_id, seq) AS gaps FROM session_events
      WHERE tenant = {tenant:String} AND type = 'recording.gap' AND ts >= fromUnixTimestamp64Micro({sinceUs:Int64}, 'UTC')`,
    params: { tenant, sinceUs },
    row: z.object({ gaps: z.int() }),
  })
  return rows[0]?.gaps ?? 0
}

type Reached = Pick<Recording, 'storedTo' | 'ingestLagMs' | 'analysedTo' | 'analysisLagMs'>

async function reachedFrom(store: Store, tenant: string, storedTo: string | null, nowMs: number): Promise<Reached> {
  const [stages, isPending] = await Promise.all([new Analysed(store).list(tenant), new Arrivals(store).isPending(tenant, READER)])
  const watermarks = stages.map(({ watermark }) => BigInt(watermark)).sort((a, b) => (a < b ? -1 : 1))
  const furthestBehind = watermarks[0] === undefined ? null : instantOf(watermarks[0])
  // A gateway that only beats gives the analysis nothing to look at: it is not behind then.
  const analysedTo = isPending ? furthestBehind : later(storedTo, furthestBehind)
  return {
    storedTo,
    ingestLagMs: storedTo === null ? null : Math.max(0, nowMs - Date.parse(storedTo)),
    analysedTo,
    analysisLagMs: storedTo === null || analysedTo === null ? null : Math.max(0, Date.parse(storedTo) - Date.parse(analysedTo)),
  }
}

function later(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other
  return one > other ? one : other
}
