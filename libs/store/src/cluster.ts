import { UnclearMigrationError } from './errors.ts'

/** A cluster that the tables are spread over. */
export type Cluster = {
  /** As `remote_servers` calls it. */
  name: string
  /**
   * URLs of all nodes, for a cluster that has no Keeper: statements are sent to each of them, and tables are sharded but not
   * replicated. Without it statements run ON CLUSTER and tables are replicated.
   */
  nodes?: readonly string[]
}

/** Reads see every shard: a subquery's answer is gathered whole and sent along, and a shard that is away is an error. */
export const CLUSTER_READ_SETTINGS = {
  distributed_product_mode: 'global',
  load_balancing: 'in_order',
  skip_unavailable_shards: 0,
  optimize_skip_unused_shards: 1,
} as const

/**
 * Acknowledged means stored: by every shard that a batch touches, and there by most replicas. Replicas must not skip what they
 * have seen: a block whose materialised view failed would never reach the view. Merging does away with what came twice.
 */
export const CLUSTER_INSERT_SETTINGS = {
  distributed_foreground_insert: 1,
  insert_quorum: 'auto',
  insert_deduplicate: 0,
  load_balancing: 'in_order',
} as const

/** The table that holds a shard's own rows, behind the Distributed table of this name. */
export function localTable(table: string): string {
  return `${table}_local`
}

/** ` ON CLUSTER name`, or nothing where each node is told by itself. */
export function onCluster({ name, nodes }: Cluster): string {
  return nodes ? '' : ` ON CLUSTER '${name}'`
}

const NAME = '([a-z_][a-z0-9_]*)'
const CREATE_TABLE = new RegExp(
  `^CREATE TABLE IF NOT EXISTS ${NAME}\\s*\\((.*)\\)\\s*ENGINE = ([A-Za-z]*MergeTree)(\\([^()]*\\))?\\s(.*)$`,
  's',
)
const CREATE_VIEW = new RegExp(
  `^CREATE MATERIALIZED VIEW IF NOT EXISTS ${NAME} TO ${NAME}( DEFINER = CURRENT_USER SQL SECURITY DEFINER)? AS\\s(.*)$`,
  's',
)
const ALTER = new RegExp(`^ALTER TABLE ${NAME} (.*)$`, 's')
const DROP = new RegExp(`^DROP (TABLE|VIEW) IF EXISTS ${NAME}$`)
/** Rows that are brought from one table to another as they are, whose keys name the same session: nothing leaves its shard. */
const COPY = new RegExp(
  `^INSERT INTO ${NAME}\\s*(\\([a-z0-9_,\\s]+\\)\\s*SELECT\\s[a-z0-9_,\\s]+)\\sFROM ${NAME}\\s+SETTINGS ([a-z0-9_ =,]+)$`,
)
/** Each shard does its part, and says when it is done. */
const COPY_SETTINGS = 'parallel_distributed_insert_select = 2, distributed_foreground_insert = 1'
const ORDER_BY = /^\s*(?:PARTITION BY [^\n]+\n)?\s*ORDER BY (\w+|\(.*?\))\s*(?:$|\n|TTL|SETTINGS)/s

/**
 * A migration's statement as a cluster needs it: each table becomes a Replicated one of its shard's rows and a Distributed one
 * of the same name before it; views read and write within their shard. Strict: a form that it does not know is refused.
 * @throws UnclearMigrationError
 */
export function clusterStatements(statement: string, cluster: Cluster): string[] {
  const sql = withoutComments(statement)
  const on = onCluster(cluster)
  const table = CREATE_TABLE.exec(sql)
  if (table) return createTable(table, cluster)
  const view = CREATE_VIEW.exec(sql)
  if (view) {
    const [, name, to, security = '', query] = view
    return [`CREATE MATERIALIZED VIEW IF NOT EXISTS ${name}${on} TO ${localTable(to ?? '')}${security} AS\n${withinShard(query ?? '')}`]
  }
  const altered = ALTER.exec(sql)
  if (altered) return alter(altered[1] ?? '', altered[2] ?? '', on)
  const copied = COPY.exec(sql)
  if (copied) return [copy(copied, cluster)]
  const dropped = DROP.exec(sql)
  if (dropped?.[1] === 'VIEW') return [`DROP VIEW IF EXISTS ${dropped[2]}${on} SYNC`]
  if (dropped) return [dropped[2] ?? '', localTable(dropped[2] ?? '')].map((each) => `DROP TABLE IF EXISTS ${each}${on} SYNC`)
  throw new UnclearMigrationError(sql.slice(0, 60))
}

function createTable([, name = '', columns, engine = '', args = '', rest = '']: RegExpExecArray, cluster: Cluster): string[] {
  const on = onCluster(cluster)
  const own = [...(cluster.nodes ? [] : [`'/clickhouse/tables/{shard}/{database}/{table}'`, `'{replica}'`]), ...within(args)]
  const local = `${cluster.nodes ? engine : `Replicated${engine}`}${own.length > 0 ? `(${own.join(', ')})` : ''}`
  const distributed = `Distributed('${cluster.name}', currentDatabase(), ${localTable(name)}, ${shardingKey(rest)})`
  return [
    `CREATE TABLE IF NOT EXISTS ${localTable(name)}${on}\n(${columns})\nENGINE = ${local}\n${rest}`,
    `CREATE TABLE IF NOT EXISTS ${name}${on} AS ${localTable(name)}\nENGINE = ${distributed}`,
  ]
}

// An INSERT cannot run ON CLUSTER: where there is no list of nodes to tell, one of them tells the others.
function copy([, into = '', rows = '', from = '', settings = '']: RegExpExecArray, { nodes }: Cluster): string {
  if (nodes) return `INSERT INTO ${localTable(into)} ${rows} FROM ${localTable(from)} SETTINGS ${settings}`
  return `INSERT INTO ${into} ${rows} FROM ${from} SETTINGS ${settings}, ${COPY_SETTINGS}`
}

/**
 * By session, so that what was delivered twice meets in one shard, beside the session's other rows; otherwise by the whole key,
 * so that the versions of a row meet.
 */
function shardingKey(afterEngine: string): string {
  const key = ORDER_BY.exec(afterEngine)?.[1]
  if (key === undefined) throw new UnclearMigrationError('a table without ORDER BY')
  const columns = within(key.startsWith('(') ? key : `(${key})`)
  return columns.includes('session_id') ? 'cityHash64(session_id)' : `cityHash64(${columns.join(', ')})`
}

// A column exists in both tables; how rows are kept (indexes, projections, TTL, settings, parts) is the shard's own affair.
const OF_BOTH = /^(ADD COLUMN|DROP COLUMN|RENAME COLUMN|MODIFY COLUMN|COMMENT COLUMN)\b/
const OF_LOCAL = /^(ADD INDEX|DROP INDEX|MATERIALIZE|ADD PROJECTION|DROP PROJECTION|MODIFY TTL|MODIFY SETTING|RESET SETTING)\b/

function alter(name: string, what: string, on: string): string[] {
  if (what.startsWith('MODIFY QUERY')) return [`ALTER TABLE ${name}${on} ${withinShard(what)}`]
  if (/^MODIFY SQL SECURITY \w+ DEFINER = CURRENT_USER$/.test(what)) return [`ALTER TABLE ${name}${on} ${what}`]
  const isOne = topLevelParts(what).length === 1
  if (isOne && OF_LOCAL.test(what)) return [`ALTER TABLE ${localTable(name)}${on} ${what}`]
  if (isOne && OF_BOTH.test(what)) return [localTable(name), name].map((each) => `ALTER TABLE ${each}${on} ${what}`)
  throw new UnclearMigrationError(`ALTER TABLE ${name} ${what}`.slice(0, 60))
}

// The local table goes by the name that the query's columns are qualified with.
function withinShard(query: string): string {
  const froms = [...query.matchAll(/\bFROM\s+([a-z_][a-z0-9_]*)\b(?!\s*\()/g)]
  const isPlain = froms.length === 1 && !/\bJOIN\b(?<!ARRAY JOIN)|\bFROM\s*\(/.test(query)
  const [from, source] = froms[0] ?? []
  if (!isPlain || from === undefined || source === undefined) throw new UnclearMigrationError(query.slice(0, 60))
  return query.replace(from, `FROM ${localTable(source)} AS ${source}`)
}

function withoutComments(sql: string): string {
  return sql.replace(/^\s*--[^\n]*\n/gm, '').trim()
}

/** What stands between brackets, by its commas. */
function within(bracketed: string): string[] {
  return topLevelParts(bracketed.slice(1, -1))
}

function topLevelParts(list: string): string[] {
  const parts: string[] = []
  let depth = 0
  let part = ''
  for (const each of list) {
    if (each === '(') depth += 1
    if (each === ')') depth -= 1
    if (each === ',' && depth === 0) {
      parts.push(part.trim())
      part = ''
    } else part += each
  }
  return [...parts, part.trim()].filter((each) => each !== '')
}
