import type { Parameters } from '@hoptrace/store'
import { type SessionFilterField, type SessionSortField, type SessionsQuery, sessionFilterFields } from '../contract/index.ts'
import type { Range } from '../http/range.ts'
import type { ListedSession } from './session-row.ts'

/** A condition on sessions, and the values that it binds. Nothing of a request enters the SQL itself. */
export type Condition = { sql: string; params: Parameters }

const fields = {
  protocol: 'protocol',
  principal: 'principal',
  rootPrincipal: 'rootPrincipal',
  run: 'run',
  target: 'targetName',
  account: 'targetAccount',
  outcome: 'result',
  completeness: 'wholeness',
  gateway: 'gatewayId',
  source: 'originAddress',
} as const satisfies Record<SessionFilterField, keyof ListedSession>

/** What a session can be sorted by: one expression each, never null. */
export const sortColumns: Record<SessionSortField, { sql: string; type: 'Int64' | 'String' }> = {
  startedAt: { sql: 'startedUs', type: 'Int64' },
  duration: { sql: 'toInt64(elapsedUs)', type: 'Int64' },
  principal: { sql: "ifNull(principal, '')", type: 'String' },
  rootPrincipal: { sql: "ifNull(rootPrincipal, '')", type: 'String' },
  run: { sql: "ifNull(toString(run), '')", type: 'String' },
  protocol: { sql: "ifNull(protocol, '')", type: 'String' },
  target: { sql: "ifNull(targetName, '')", type: 'String' },
  account: { sql: "ifNull(targetAccount, '')", type: 'String' },
  source: { sql: "ifNull(originAddress, '')", type: 'String' },
  outcome: { sql: 'result', type: 'String' },
  completeness: { sql: 'wholeness', type: 'String' },
  events: { sql: 'toInt64(events)', type: 'Int64' },
}

/** Sessions of a range, by what a query includes and excludes. An empty value stands for "not known". */
export function conditionOf(query: SessionsQuery, range: Range): Condition {
  const sql = ['startedUs >= {fromUs:Int64}', 'startedUs < {toUs:Int64}']
  const params: Record<string, Parameters[string]> = { fromUs: range.fromUs, toUs: range.toUs }
  const excluded = excludedBy(query.exclude ?? [])
  for (const field of sessionFilterFields) {
    const column = `ifNull(${field === 'run' ? 'toString(run)' : fields[field]}, '')`
    const included = query[field]
    if (included !== undefined && included.length > 0) {
      sql.push(`${column} IN {in_${field}:Array(String)}`)
      params[`in_${field}`] = included
    }
    const out = excluded.get(field)
    if (out) {
      sql.push(`${column} NOT IN {out_${field}:Array(String)}`)
      params[`out_${field}`] = out
    }
  }
  return { sql: sql.join(' AND '), params }
}

/** The same, of a session that was read. */
export function isAskedFor(query: SessionsQuery, range: Range): (session: ListedSession) => boolean {
  const excluded = excludedBy(query.exclude ?? [])
  return (session) => {
    if (session.startedUs < range.fromUs || session.startedUs >= range.toUs) return false
    return sessionFilterFields.every((field) => {
      const value = session[fields[field]] ?? ''
      const included: readonly string[] = query[field] ?? []
      return (included.length === 0 || included.includes(value)) && !excluded.get(field)?.includes(value)
    })
  }
}

/** Values that are excluded, by field. */
export function excludedBy(pairs: readonly string[]): Map<string, string[]> {
  const excluded = new Map<string, string[]>()
  for (const pair of pairs) {
    const colon = pair.indexOf(':')
    const field = pair.slice(0, colon)
    excluded.set(field, [...(excluded.get(field) ?? []), pair.slice(colon + 1)])
  }
  return excluded
}
