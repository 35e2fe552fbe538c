import type { Parameters } from '@hoptrace/store'
import type { RequestFilter } from '../contract/index.ts'

/** A condition on rows of requests, with what it binds. `of` is the condition that names the session. */
export type Condition = { sql: string; params: Parameters }

const text = (member: string) => `JSONExtractString(content, 'body', '${member}')`
const PATH = `splitByChar('?', ${text('path')})[1]`

/** The filters as one condition. Values are bound, never written into it. */
export function conditionOf(filter: RequestFilter, ofSession: string): Condition {
  const all = [
    listed('verb', filter.verb),
    listed('method', filter.method),
    listed('namespace', filter.namespace),
    listed('name', filter.name),
    ofResources(filter.resource ?? []),
    ofStatuses(filter.status ?? [], ofSession),
    ofTools(filter.tool ?? [], ofSession),
  ].filter((condition) => condition !== null)
  return {
    sql: all.map(({ sql }) => ` AND (${sql})`).join(''),
    params: Object.assign({}, ...all.map(({ params }) => params)) as Parameters,
  }
}

function listed(member: string, values: readonly string[] | undefined): Condition | null {
  if (!values || values.length === 0) return null
  return { sql: `${text(member)} IN {${member}s:Array(String)}`, params: { [`${member}s`]: values } }
}

function ofResources(values: readonly string[]): Condition | null {
  if (values.length === 0) return null
  const each = values.map((value, index) => (value.startsWith('/') ? ofPath(value, index) : ofKind(value, index)))
  return {
    sql: each.map(({ sql }) => `(${sql})`).join(' OR '),
    params: Object.assign({}, ...each.map(({ params }) => params)) as Parameters,
  }
}

function ofPath(path: string, index: number): Condition {
  const below = path.endsWith('/') ? path : `${path}/`
  const key = `path${index}`
  return {
    sql: `${PATH} = {${key}:String} OR startsWith(${PATH}, {${key}Below:String})`,
    params: { [key]: path, [`${key}Below`]: below },
  }
}

/** `pods`, `pods/exec`, `deployments.apps/scale`: the group follows the first dot. */
function ofKind(value: string, index: number): Condition {
  const [kind = '', subresource] = value.split('/', 2)
  const dot = kind.indexOf('.')
  const key = `kind${index}`
  const parts = [`${text('resource')} = {${key}:String}`]
  const params: Record<string, string> = { [key]: dot < 0 ? kind : kind.slice(0, dot) }
  if (dot >= 0) {
    parts.push(`${text('group')} = {${key}Group:String}`)
    params[`${key}Group`] = kind.slice(dot + 1)
  }
  if (subresource !== undefined) {
    parts.push(`${text('subresource')} = {${key}Sub:String}`)
    params[`${key}Sub`] = subresource
  }
  return { sql: parts.join(' AND '), params }
}

const REQUEST = `toUInt32(JSONExtractUInt(content, 'body', 'request'))`

// A session lives on one shard, and what is joined to it too: GLOBAL makes that so for the engine.
function ofStatuses(values: readonly string[], ofSession: string): Condition | null {
  if (values.length === 0) return null
  // One look at each content: a body may be long.
  const answers = (condition: string) =>
    `SELECT (JSONExtract(content, 'body', 'Tuple(request UInt32, status Nullable(Int32))') AS answer).1
      FROM session_events WHERE ${ofSession} AND type = 'http.response' AND ${condition}`
  const status = 'ifNull(answer.2, 0)'
  const classes = values.filter((value) => value.endsWith('xx')).map((value) => Number(value[0]))
  const exact = values.filter((value) => /^\d+$/.test(value)).map(Number)
  const either = `(intDiv(${status}, 100) IN {classes:Array(Int64)} OR ${status} IN {statuses:Array(Int64)})`
  const parts = classes.length + exact.length > 0 ? [`seq GLOBAL IN (${answers(either)})`] : []
  if (values.includes('none')) parts.push(`seq GLOBAL NOT IN (${answers(`${status} > 0`)})`)
  return { sql: parts.join(' OR '), params: { classes, statuses: exact } }
}

function ofTools(tools: readonly string[], ofSession: string): Condition | null {
  if (tools.length === 0) return null
  const calls = `SELECT ${REQUEST} FROM session_events WHERE ${ofSession} AND type = 'tool.call' AND ${text('name')} IN {tools:Array(String)}`
  const messages = `SELECT ${REQUEST} FROM session_events WHERE ${ofSession} AND type = 'http.message' AND seq GLOBAL IN (${calls})`
  return { sql: `seq GLOBAL IN (${calls}) OR seq GLOBAL IN (${messages})`, params: { tools } }
}
