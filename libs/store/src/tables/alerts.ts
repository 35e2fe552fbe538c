import { Protocol } from '@hoptrace/events'
import { z } from 'zod'
import type { Parameters } from '../parameters.ts'
import type { Store } from '../store.ts'
import { AlertContentColumn, AlertResponseColumn, AlertSeverityColumn } from './alert-content.ts'
import { type AlertState, RESPONSES, SEVERITIES } from './alert-life.ts'
import type { Versioned } from './hops.ts'
import { inBatches } from './key-batches.ts'

/** An alert as lists show it, with what it rests on. Event times are microseconds since the epoch. */
export const AlertRow = z.object({
  id: z.string(),
  /** Null for one about an event outside of any chain. */
  chainId: z.string().nullable(),
  severity: AlertSeverityColumn,
  response: AlertResponseColumn,
  sentence: z.string(),
  principal: z.string().nullable(),
  rootPrincipal: z.string().nullable(),
  /** The first is the one that acted. */
  runs: z.array(z.string()),
  targets: z.array(z.string()),
  protocols: z.array(Protocol),
  /** Ids of the rules that found it, each once. */
  rules: z.array(z.string()),
  firstTs: z.int(),
  lastTs: z.int(),
  /** By the correlator's clock, in milliseconds since the epoch. */
  raisedAtMs: z.int(),
  content: AlertContentColumn,
})
export type AlertRow = z.infer<typeof AlertRow>

/** `redirectTo`: the alert that this one became part of. It is always one that stands by itself. */
export type StoredAlert = Versioned<AlertRow> & { redirectTo: string | null }

const json = z.string().transform((text): unknown => JSON.parse(text))
const Stored = AlertRow.extend({
  content: json.pipe(AlertContentColumn),
  redirectTo: z.string().nullable(),
  isDeleted: z.boolean(),
  version: z.int(),
})

const COLUMNS = `toString(id) AS id, nullIf(redirect_to, '') AS redirectTo, is_deleted AS isDeleted, nullIf(chain_id, '') AS chainId,
  severity, response, sentence, principal, root_principal AS rootPrincipal, runs, targets, protocols, rules,
  toUnixTimestamp64Micro(first_ts) AS firstTs, toUnixTimestamp64Micro(last_ts) AS lastTs,
  toUnixTimestamp64Milli(raised_at) AS raisedAtMs, content, version`
const FROM = `SELECT ${COLUMNS} FROM alerts FINAL WHERE tenant = {tenant:String}`
const IS_LIVE = `NOT is_deleted AND redirect_to = ''`

const rankOf = (value: string, ranks: readonly string[]) => `indexOf([${ranks.map((rank) => `'${rank}'`).join(', ')}], ${value})`
/** What was not noted is taken to have been seen. */
const SEEN = ['severity', 'response'].map((name) => `argMax(if(a.${name} = '', 'all', a.${name}), (a.at, a.revision, a.id)) AS ${name}`)

/** The last action that changed an alert's state, over the alerts that were redirected to it. An action has one winner a revision. */
const ACTED = `SELECT if(r.redirect_to = '', a.alert_id, r.redirect_to) AS alert, argMax(a.kind, (a.at, a.revision, a.id)) AS last, ${SEEN.join(', ')}
  FROM (SELECT toString(alert_id) AS alert_id, kind, alert_actions.at AS at, revision, toString(id) AS id, severity, response FROM alert_actions
      WHERE tenant = {tenant:String} ORDER BY alert_id, revision, at, id LIMIT 1 BY alert_id, revision) AS a
  LEFT JOIN (SELECT toString(alerts.id) AS id, redirect_to FROM alerts FINAL WHERE tenant = {tenant:String} AND redirect_to != '') AS r
    ON r.id = a.alert_id
  WHERE a.kind IN ('acknowledge', 'close', 'reopen') GROUP BY alert`

/** The same as `lifeOf` says it: an alert that calls for more than when somebody acted on it is as one that was reopened. */
const STATES = `SELECT s.alert AS alert, if(${rankOf('n.severity', SEVERITIES)} > ${rankOf('s.severity', [...SEVERITIES, 'all'])}
    OR ${rankOf('n.response', RESPONSES)} > ${rankOf('s.response', [...RESPONSES, 'all'])}, 'reopen', s.last) AS last
  FROM (${ACTED}) AS s
  INNER JOIN (SELECT toString(alerts.id) AS id, severity, response FROM alerts FINAL WHERE tenant = {tenant:String}) AS n ON n.id = s.alert`

/** What an address of an alert leads to now. `gone`: nothing that it rested on is left. */
export type FoundAlert = { kind: 'alert'; alert: AlertRow; isRedirected: boolean } | { kind: 'gone' } | { kind: 'unknown' }

/** Within a part any will do; all parts must fit. */
export type AlertsFilter = {
  /** Alerts with a finding in `[from, to)`, in microseconds since the epoch. */
  from?: number
  to?: number
  states?: readonly AlertState[]
  severities?: readonly string[]
  responses?: readonly string[]
  rule?: string
  /** Who acted, or on whose behalf. */
  principal?: string
  target?: string
  run?: string
  chain?: string
  /** Continue after this row of the page before. */
  after?: { firstTs: number; id: string }
  limit?: number
}

const MAX_REDIRECTS = 64

/** Alerts. One writer a tenant: the correlator. */
export class Alerts {
  constructor(private readonly store: Store) {}

  /** Follows redirects, so that every address that was ever given out leads somewhere. */
  async find(tenant: string, id: string): Promise<FoundAlert> {
    let wanted = id
    for (let step = 0; step < MAX_REDIRECTS; step += 1) {
      const [row] = await this.findStored(tenant, [wanted])
      if (!row) return { kind: 'unknown' }
      if (row.redirectTo === null) return row.isDeleted ? { kind: 'gone' } : { kind: 'alert', alert: liveOf(row), isRedirected: step > 0 }
      wanted = row.redirectTo
    }
    return { kind: 'gone' }
  }

  /** Latest first, by their first finding. */
  async list(tenant: string, filter: AlertsFilter = {}): Promise<AlertRow[]> {
    const { where, params } = conditionsOf(filter)
    const rows = await this.store.query({
      name: 'alerts.list',
      sql: `${FROM} AND ${IS_LIVE}${where.map((each) => ` AND ${each}`).join('')}
        ORDER BY first_ts DESC, alerts.id DESC LIMIT {limit:UInt32}`,
      params: { tenant, limit: filter.limit ?? 100, ...params },
      row: Stored,
    })
    return rows.map(liveOf)
  }

  /** How many fit, however many there are. */
  async count(tenant: string, filter: Omit<AlertsFilter, 'after' | 'limit'> = {}): Promise<number> {
    const { where, params } = conditionsOf(filter)
    const rows = await this.store.query({
      name: 'alerts.count',
      sql: `SELECT toUInt32(count()) AS alerts FROM alerts FINAL
        WHERE tenant = {tenant:String} AND ${IS_LIVE}${where.map((each) => ` AND ${each}`).join('')}`,
      params: { tenant, ...params },
      row: z.object({ alerts: z.int() }),
    })
    return rows[0]?.alerts ?? 0
  }

  /** Rule id → alerts that it took part in, of those with a finding in `[fromUs, toUs)`. */
  async countByRule(tenant: string, fromUs: number, toUs: number): Promise<Map<string, number>> {
    const rows = await this.store.query({
      name: 'alerts.countByRule',
      sql: `SELECT arrayJoin(rules) AS rule, toUInt32(count()) AS alerts FROM alerts FINAL WHERE tenant = {tenant:String} AND ${IS_LIVE}
          AND last_ts >= fromUnixTimestamp64Micro({from:Int64}) AND first_ts < fromUnixTimestamp64Micro({to:Int64}) GROUP BY rule`,
      params: { tenant, from: fromUs, to: toUs },
      row: z.object({ rule: z.string(), alerts: z.int() }),
    })
    return new Map(rows.map(({ rule, alerts }) => [rule, alerts]))
  }

  /** Ids that lead to these alerts: what was done with them under those counts, too. */
  aliases(tenant: string, ids: readonly string[]): Promise<{ id: string; redirectTo: string }[]> {
    return inBatches(ids, (batch) =>
      this.store.query({
        name: 'alerts.aliases',
        sql: `SELECT toString(alerts.id) AS id, redirect_to AS redirectTo FROM alerts FINAL
          WHERE tenant = {tenant:String} AND redirect_to IN (SELECT arrayJoin({ids:Array(String)})) ORDER BY alerts.id`,
        params: { tenant, ids: batch },
        row: z.object({ id: z.string(), redirectTo: z.string() }),
      }),
    )
  }

  /** For the correlator: redirects and alerts that are gone too. */
  findStored(tenant: string, ids: readonly string[]): Promise<StoredAlert[]> {
    return this.select('findStored', tenant, 'toString(alerts.id) IN (SELECT arrayJoin({keys:Array(String)}))', ids)
  }

  /** For the correlator: all about these chains, redirects and what is gone too. */
  findByChains(tenant: string, chains: readonly string[]): Promise<StoredAlert[]> {
    return this.select('findByChains', tenant, 'chain_id IN (SELECT arrayJoin({keys:Array(String)}))', chains)
  }

  /** For the correlator: redirects to these alerts. */
  findRedirectsTo(tenant: string, ids: readonly string[]): Promise<StoredAlert[]> {
    return this.select('findRedirectsTo', tenant, 'redirect_to IN (SELECT arrayJoin({keys:Array(String)}))', ids)
  }

  /** For the correlator: those about events outside of chains, with a finding in the span, both ends included. */
  findOfEvents(tenant: string, span: { fromUs: number; toUs: number }): Promise<StoredAlert[]> {
    return this.store.query({
      name: 'alerts.findOfEvents',
      sql: `${FROM} AND chain_id = '' AND last_ts >= fromUnixTimestamp64Micro({fromUs:Int64})
        AND first_ts <= fromUnixTimestamp64Micro({toUs:Int64}) ORDER BY alerts.id`,
      params: { tenant, fromUs: span.fromUs, toUs: span.toUs },
      row: Stored,
    })
  }

  save(tenant: string, rows: readonly StoredAlert[]): Promise<void> {
    return this.store.insert(
      'alerts',
      rows.map((row) => insertOf(tenant, row)),
    )
  }

  private select(name: string, tenant: string, where: string, all: readonly string[]): Promise<StoredAlert[]> {
    return inBatches(all, (keys) =>
      this.store.query({ name: `alerts.${name}`, sql: `${FROM} AND ${where} ORDER BY alerts.id`, params: { tenant, keys }, row: Stored }),
    )
  }
}

function liveOf({ redirectTo: _, isDeleted: __, version: ___, ...alert }: StoredAlert): AlertRow {
  return alert
}

/** The action that an alert in that state saw last; an open one may have seen none. */
const LAST_OF: Record<AlertState, readonly string[]> = { open: ['', 'reopen'], acknowledged: ['acknowledge'], closed: ['close'] }

function conditionsOf(filter: AlertsFilter): { where: string[]; params: Parameters } {
  const { from, to, states, severities, responses, rule, principal, target, run, chain, after } = filter
  const lasts = states?.flatMap((state) => LAST_OF[state])
  const all: [string, Parameters | undefined][] = [
    ['last_ts >= fromUnixTimestamp64Micro({from:Int64})', from === undefined ? undefined : { from }],
    ['first_ts < fromUnixTimestamp64Micro({to:Int64})', to === undefined ? undefined : { to }],
    ['severity IN (SELECT arrayJoin({severities:Array(String)}))', severities && { severities }],
    ['response IN (SELECT arrayJoin({responses:Array(String)}))', responses && { responses }],
    ['has(rules, {rule:String})', rule === undefined ? undefined : { rule }],
    ['(principal = {principal:String} OR root_principal = {principal:String})', principal === undefined ? undefined : { principal }],
    ['has(targets, {target:String})', target === undefined ? undefined : { target }],
    ['has(runs, {run:UUID})', run === undefined ? undefined : { run }],
    ['chain_id = {chain:String}', chain === undefined ? undefined : { chain }],
    [
      lasts?.includes('')
        ? `toString(alerts.id) NOT IN (SELECT alert FROM (${STATES}) WHERE NOT has({lasts:Array(String)}, last))`
        : `toString(alerts.id) IN (SELECT alert FROM (${STATES}) WHERE has({lasts:Array(String)}, last))`,
      lasts && { lasts },
    ],
    [
      `(toUnixTimestamp64Micro(first_ts), toString(alerts.id)) < ({afterTs:Int64}, {afterId:String})`,
      after && { afterTs: after.firstTs, afterId: after.id },
    ],
  ]
  const given = all.filter((each): each is [string, Parameters] => each[1] !== undefined)
  return { where: given.map(([sql]) => sql), params: Object.assign({}, ...given.map(([, params]) => params)) }
}

function insertOf(tenant: string, row: StoredAlert): object {
  return {
    tenant,
    id: row.id,
    redirect_to: row.redirectTo ?? '',
    is_deleted: row.isDeleted,
    chain_id: row.chainId ?? '',
    severity: row.severity,
    response: row.response,
    sentence: row.sentence,
    principal: row.principal,
    root_principal: row.rootPrincipal,
    runs: row.runs,
    targets: row.targets,
    protocols: row.protocols,
    rules: row.rules,
    first_ts: String(row.firstTs),
    last_ts: String(row.lastTs),
    raised_at: row.raisedAtMs,
    content: JSON.stringify(row.content),
    version: row.version,
  }
}
