import { Uuid } from '@hoptrace/events'
import { IS_PARTIAL_ROW, type Parameters } from '@hoptrace/store'
import { type SessionFilterField, type SessionsQuery, sessionFilterFields } from '../contract/index.ts'
import { type Condition, excludedBy } from './session-filter.ts'
import type { Window } from './time-windows.ts'

/**
 * Columns of the roll-up, as `s`, that are the same in each row of a session, however many inserts it came in. By the table's
 * name for it, since what they add up to goes by theirs.
 */
const columns: Partial<Record<SessionFilterField, string>> = {
  protocol: 's.target_protocol',
  principal: 's.principal',
  rootPrincipal: 's.root_principal',
  run: 's.run',
  target: 's.target_name',
  account: 's.target_account',
  gateway: 's.gateway_id',
  source: 's.origin_address',
}

// A session's id carries its start. Clocks differ, and a session's first events may be lost: a day's margin before.
export const NEAR = `toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) >= fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC') - INTERVAL 1 DAY
  AND toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) < fromUnixTimestamp64Micro({toUs:Int64}, 'UTC') + INTERVAL 1 DAY`

// Whatever happened in a session that began in the window happened after its beginning.
const HOLDS_WORDS = `session_id IN (SELECT session_id FROM session_events WHERE tenant = {tenant:String} AND ${NEAR}
  AND ts >= fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC') AND hasAllTokens(text, {words:String}))`

/** What some row of the roll-up satisfies for each session that began in the window and that the query asks for. */
export function candidateRows(query: SessionsQuery, window: Window): Condition {
  const near = rowsOfCandidates(query, window)
  const sql = [
    near.sql,
    "first_ts >= fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC') AND first_ts < fromUnixTimestamp64Micro({toUs:Int64}, 'UTC')",
  ]
  const { outcome } = query
  // A session that is open has no reason to have ended.
  if (outcome !== undefined && outcome.length > 0) sql.push('end_reason IN {any_outcome:Array(String)}')
  const isOf = (completeness: string) => (query.exclude ?? []).includes(`completeness:${completeness}`)
  if (isOf('complete') || (query.completeness?.length && !query.completeness.includes('complete'))) sql.push(IS_PARTIAL_ROW)
  const any_outcome = outcome?.map((each) => (each === 'open' ? '' : each)) ?? []
  return { sql: sql.join(' AND '), params: { ...near.params, any_outcome } }
}

/** What every row satisfies of the sessions that the query asks for, near the window. Rows are asked as they are stored, where indexes help. */
export function rowsOfCandidates(query: SessionsQuery, window: Window): Condition {
  const params: Record<string, Parameters[string]> = { fromUs: window.fromUs, toUs: window.toUs }
  const sql = [`tenant = {tenant:String} AND s.target_protocol != '' AND ${NEAR}`]
  const excluded = excludedBy(query.exclude ?? [])
  for (const field of sessionFilterFields) {
    const [column, included, out] = [columns[field], query[field], excluded.get(field)]
    if (column === undefined) continue
    if (included !== undefined && included.length > 0) {
      sql.push(isAmong(field, column, included))
      params[`any_${field}`] = included
    }
    if (out !== undefined) {
      sql.push(`${textOf(field, column)} NOT IN {none_${field}:Array(String)}`)
      params[`none_${field}`] = out
    }
  }
  const words = wordsOf(query)
  if (words) sql.push(HOLDS_WORDS)
  return { sql: sql.join(' AND '), params: { ...params, ...(words ? { words } : {}) } }
}

function isAmong(field: SessionFilterField, column: string, values: readonly string[]): string {
  // An index knows values, but not that one is not known.
  if (values.includes('')) return `${textOf(field, column)} IN {any_${field}:Array(String)}`
  return field === 'run' && values.every((value) => Uuid.safeParse(value).success)
    ? `${column} IN {any_run:Array(UUID)}`
    : `${column} IN {any_${field}:Array(String)}`
}

const textOf = (field: SessionFilterField, column: string) => `ifNull(${field === 'run' ? `toString(${column})` : column}, '')`

function wordsOf({ q }: SessionsQuery): string | undefined {
  return q?.trim().toLowerCase() || undefined
}

/** Does the query ask for what only a session's rows together tell? */
export function asksForSums({ completeness = [], exclude = [] }: SessionsQuery): boolean {
  return completeness.length > 0 || exclude.some((pair) => pair.startsWith('completeness:'))
}

/** Can each row say whether its session is asked for? Not by how it ended, nor by what rows together tell. */
export function isTellableByRow(query: SessionsQuery): boolean {
  return !asksForSums(query) && !query.outcome?.length && !query.exclude?.some((pair) => pair.startsWith('outcome:'))
}
