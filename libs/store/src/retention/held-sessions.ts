import { z } from 'zod'
import type { Store } from '../store.ts'
import { type HoldScope, Holds } from '../tables/holds.ts'
import { HopChainAccesses } from '../tables/hop-chain-accesses.ts'
import { HopChains } from '../tables/hop-chains.ts'
import { inBatches } from '../tables/key-batches.ts'
import { heldByOpenAlerts } from './open-alerts.ts'

/** A session whose time is over, unless something holds it. Moments are microseconds since the epoch. */
export type OldSession = { sessionId: string; firstUs: number; lastUs: number; lastSeq: number; events: number }

/** What may not go. */
export type Held = { sessions: ReadonlySet<string>; ranges: readonly { fromUs: number; toUs: number }[] }

/** A range holds every session that was under way in it. */
export function isHeld({ sessionId, firstUs, lastUs }: OldSession, { sessions, ranges }: Held): boolean {
  return sessions.has(sessionId) || ranges.some(({ fromUs, toUs }) => firstUs < toUs && lastUs >= fromUs)
}

/** What holds and open alerts keep, with the streams of the gateways that recorded it: those name the heads of its hash chains. */
export async function findHeld(store: Store, tenant: string): Promise<Held> {
  const placed = await new Holds(store).list(tenant, { isOpen: true })
  const scopes = [...placed.map(({ scope }) => scope), ...(await heldByOpenAlerts(store, tenant))]
  const ranges = scopes
    .filter((scope) => scope.kind === 'range')
    .map(({ fromUs, toUs }) => ({ fromUs: Number(fromUs), toUs: Number(toUs) }))
  const sessions = new Set<string>()
  for (const scope of scopes) for (const session of await sessionsOf(store, tenant, scope)) sessions.add(session)
  for (const stream of await streamsOf(store, tenant, [...sessions], ranges)) sessions.add(stream)
  return { sessions, ranges }
}

async function sessionsOf(store: Store, tenant: string, scope: HoldScope): Promise<string[]> {
  if (scope.kind === 'range') return []
  if (scope.kind === 'session') return [scope.sessionId]
  // The chain may have become part of another since.
  const found = await new HopChains(store).find(tenant, scope.chainId)
  const accesses = await new HopChainAccesses(store).findByChain(tenant, found.kind === 'chain' ? found.chain.id : scope.chainId)
  return accesses.map(({ sessionId }) => sessionId)
}

async function streamsOf(store: Store, tenant: string, sessions: readonly string[], ranges: Held['ranges']): Promise<string[]> {
  const ask = (where: string, params: Record<string, number | readonly string[]>) =>
    store.query({
      name: 'retention.streamsOf',
      sql: `SELECT DISTINCT toString(boot_id) AS id FROM session_rollups WHERE tenant = {tenant:String} AND ${where}`,
      params: { tenant, ...params },
      row: z.object({ id: z.string() }),
    })
  const bySession = await inBatches(sessions, (ids) => ask('session_id IN (SELECT arrayJoin({ids:Array(UUID)}))', { ids }))
  const overlaps = 'last_ts >= fromUnixTimestamp64Micro({fromUs:Int64}) AND first_ts < fromUnixTimestamp64Micro({toUs:Int64})'
  const byRange = await Promise.all(ranges.map((range) => ask(overlaps, range)))
  return [...bySession, ...byRange.flat()].map(({ id }) => id)
}
