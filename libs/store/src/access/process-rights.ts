import { localTable } from '../cluster.ts'

/** Processes that use the store. The gateway does not: it has no user there. */
export const STORE_PROCESSES = ['migrator', 'ingest', 'correlator', 'api', 'retention'] as const
export type StoreProcess = (typeof STORE_PROCESSES)[number]

type Rights = {
  /** Tables that it inserts into, itself and not by a view. */
  inserts: readonly string[]
  selects: 'everything' | readonly string[]
}

/**
 * What each process may do. Ingest reads nothing that was recorded: whoever breaks into it can add, but neither look nor take
 * away. Views run as the migrator, who made them, so that nobody needs rights on what views fill.
 */
export const RIGHTS: Readonly<Record<Exclude<StoreProcess, 'migrator'>, Rights>> = {
  ingest: { inserts: ['session_events', 'observables', 'dead_letters'], selects: ['schema_migrations'] },
  correlator: {
    inserts: ['hops', 'hop_chains', 'hop_chain_accesses', 'analysed', 'correlator_cursors', 'alerts', 'alert_deliveries', 'event_facts'],
    selects: 'everything',
  },
  api: {
    inserts: ['service_tokens', 'holds', 'dead_letter_replays', 'alert_actions', 'suppressions', 'rule_versions'],
    selects: 'everything',
  },
  retention: { inserts: ['expired_sessions'], selects: 'everything' },
}

const DEFINES = ['SELECT', 'INSERT', 'CREATE TABLE', 'CREATE VIEW', 'DROP TABLE', 'DROP VIEW', 'ALTER TABLE', 'ALTER VIEW', 'OPTIMIZE']

/**
 * The rights of a process as GRANT names them, without `TO`.
 * @param isCluster rows are in local tables behind the Distributed ones, and shards ask each other in the user's name
 */
export function rightsOf(process: StoreProcess, database: string, isCluster: boolean): string[] {
  const names = (table: string) => (isCluster ? [table, localTable(table)] : [table]).map((name) => `${database}.${name}`)
  if (process === 'migrator') {
    const servers = isCluster ? ['REMOTE ON *.*', 'CLUSTER ON *.*', 'TABLE ENGINE ON *'] : ['TABLE ENGINE ON *']
    return [`${DEFINES.join(', ')} ON ${database}.*`, 'SET DEFINER ON *', ...servers]
  }
  const { inserts, selects } = RIGHTS[process]
  const reads = selects === 'everything' ? [`${database}.*`] : selects.flatMap(names)
  const deletes = process === 'retention' ? [`ALTER DELETE ON ${database}.*`, ...(isCluster ? ['CLUSTER ON *.*'] : [])] : []
  return [...reads.map((name) => `SELECT ON ${name}`), ...inserts.flatMap(names).map((name) => `INSERT ON ${name}`), ...deletes]
}

const GIB = 1024 ** 3

/** What one query of the api may take. Its callers ask what they like; the process may not raise these. */
export const API_LIMITS = {
  max_memory_usage: 4 * GIB,
  max_execution_time: 60,
  max_result_rows: 2_000_000,
  max_concurrent_queries_for_user: 64,
} as const
