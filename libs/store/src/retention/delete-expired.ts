import { z } from 'zod'
import type { OwnTable, Store } from '../store.ts'
import { inBatches } from '../tables/key-batches.ts'

/** Partitioned by the session's day: a day on which nothing is left to keep goes at once. */
export const TABLES_BY_DAY = ['session_events', 'observables', 'observable_uses'] as const

/**
 * Every other table with rows of a session, and the column that says of which. The roll-up comes last: a run that was cut
 * short finds in it what is left to do.
 */
export const TABLES_BY_SESSION: readonly { table: string; column: string }[] = [
  { table: 'denials', column: 'session_id' },
  { table: 'arrivals', column: 'session_id' },
  { table: 'run_starts', column: 'session_id' },
  { table: 'heartbeats', column: 'session_id' },
  { table: 'pivots', column: 'session_id' },
  { table: 'event_facts', column: 'session_id' },
  { table: 'hops', column: 'to_session' },
  { table: 'hop_chain_accesses', column: 'session_id' },
  { table: 'session_rollups', column: 'session_id' },
]

/** Deletes the sessions that were written down as expired at this moment. @returns how many days went whole */
export async function deleteExpired(store: Store, tenant: string, expiredAtMs: number): Promise<number> {
  const params = { tenant, expiredAtMs }
  const expired = (own: OwnTable) =>
    `SELECT session_id FROM ${own('expired_sessions')} WHERE tenant = {tenant:String} AND expired_at = fromUnixTimestamp64Milli({expiredAtMs:Int64})`
  const chains = await chainsToLoseAccesses(store, params)
  const free = await freeDays(store, params)
  for (const table of TABLES_BY_DAY) for (const day of free) await store.dropPartition(table, day)
  const rest = [...TABLES_BY_DAY.map((table) => ({ table, column: 'session_id' })), ...TABLES_BY_SESSION]
  for (const { table, column } of rest) {
    // The roll-up is what a next run would start from: chains go before it.
    if (table === 'session_rollups') await deleteEmptyChains(store, tenant, chains)
    await store.deleteRows(table, (own) => `tenant = {tenant:String} AND ${column} IN (${expired(own)})`, params)
  }
  return free.length
}

type Run = { tenant: string; expiredAtMs: number }
const EXPIRED_NOW = `SELECT session_id FROM expired_sessions
  WHERE tenant = {tenant:String} AND expired_at = fromUnixTimestamp64Milli({expiredAtMs:Int64})`

/** Days, as partitions are called, of expired sessions on which there is no session but those, of this tenant or another. */
async function freeDays(store: Store, params: Run): Promise<string[]> {
  const rows = await store.query({
    name: 'retention.freeDays',
    sql: `SELECT toString(day) AS day FROM (
        SELECT toYYYYMMDD(UUIDv7ToDateTime(session_id, 'UTC')) AS day, tenant, session_id FROM session_events
        WHERE toYYYYMMDD(UUIDv7ToDateTime(session_id, 'UTC')) IN (SELECT toYYYYMMDD(UUIDv7ToDateTime(session_id, 'UTC')) FROM (${EXPIRED_NOW}))
        GROUP BY day, tenant, session_id
      ) GROUP BY day HAVING countIf(tenant != {tenant:String} OR session_id NOT IN (${EXPIRED_NOW})) = 0 ORDER BY day`,
    params,
    row: z.object({ day: z.string() }),
  })
  return rows.map(({ day }) => day)
}

const Chain = z.object({ id: z.string() })

async function chainsToLoseAccesses(store: Store, params: Run): Promise<string[]> {
  const sql = `SELECT DISTINCT toString(chain_id) AS id FROM hop_chain_accesses WHERE tenant = {tenant:String} AND session_id IN (${EXPIRED_NOW})`
  return (await store.query({ name: 'retention.chains', sql, params, row: Chain })).map(({ id }) => id)
}

async function deleteEmptyChains(store: Store, tenant: string, chains: readonly string[]): Promise<void> {
  const left = await inBatches(chains, (ids) =>
    store.query({
      name: 'retention.chainsLeft',
      sql: `SELECT DISTINCT toString(chain_id) AS id FROM hop_chain_accesses
        WHERE tenant = {tenant:String} AND toString(chain_id) IN (SELECT arrayJoin({ids:Array(String)}))`,
      params: { tenant, ids },
      row: Chain,
    }),
  )
  const isLeft = new Set(left.map(({ id }) => id))
  const empty = chains.filter((id) => !isLeft.has(id))
  await inBatches(empty, async (ids) => {
    await store.deleteRows('hop_chains', () => 'tenant = {tenant:String} AND toString(id) IN {ids:Array(String)}', { tenant, ids })
    return []
  })
}
