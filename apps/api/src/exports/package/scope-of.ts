import { HopChainAccesses, type HopChainRow, HopChains, type Store } from '@hoptrace/store'
import { z } from 'zod'
import type { Range } from '../../http/range.ts'
import { recordedRuns } from './population/runs.ts'
import { type AskedFor, type Members, refusalKey, type Scope } from './scope.ts'

/** What an export is of; null when there is no such chain or run, or none of this tenant. */
export async function scopeOf(store: Store, tenant: string, askedFor: AskedFor, nowUs: number): Promise<Scope | null> {
  if (askedFor.kind === 'period') return { askedFor, span: { fromUs: askedFor.fromUs, toUs: askedFor.toUs }, members: null }
  return askedFor.kind === 'chain' ? ofChain(store, tenant, askedFor.id) : ofRun(store, tenant, askedFor.id, nowUs)
}

async function ofChain(store: Store, tenant: string, asked: string): Promise<Scope | null> {
  const found = await new HopChains(store).find(tenant, asked)
  if (found.kind !== 'chain') return null
  const { id, firstTs, lastTs }: HopChainRow = found.chain
  const accesses = await new HopChainAccesses(store).findByChain(tenant, id)
  const refused = accesses.filter(({ kind }) => kind === 'refused')
  const members: Members = {
    runs: new Set(accesses.flatMap(({ run, lineage }) => (run === null ? lineage : [...lineage, run]))),
    // A use, and what was not seen, stand inside of a session.
    sessions: new Set(accesses.filter(({ kind }) => kind !== 'refused').map(({ sessionId }) => sessionId)),
    refusals: new Set(refused.map(({ sessionId, seq }) => refusalKey(sessionId, seq))),
    chains: [id],
  }
  return { askedFor: { kind: 'chain', id }, span: { fromUs: firstTs, toUs: lastTs + 1 }, members }
}

const Reached = z.object({ session: z.string(), firstUs: z.int(), lastUs: z.int() })
const Refused = z.object({ session: z.string(), seq: z.int(), us: z.int() })

async function ofRun(store: Store, tenant: string, run: string, nowUs: number): Promise<Scope | null> {
  const runs = new Map<string, Range>()
  for await (const { id, startUs, endUs, started } of recordedRuns(store, tenant, nowUs)) {
    if (id === run || started.body.lineage.includes(run)) runs.set(id, { fromUs: startUs, toUs: Math.min(endUs, nowUs) })
  }
  const params = { tenant, runs: [run, ...runs.keys()], run }
  const sessions = await store.query({
    name: 'api.package.sessionsOfRun',
    sql: `SELECT toString(session_id) AS session, toInt64(toUnixTimestamp64Micro(min(first_ts))) AS firstUs,
        toInt64(toUnixTimestamp64Micro(max(last_ts))) AS lastUs
      FROM session_rollups WHERE tenant = {tenant:String} AND target_protocol != '' AND session_id IN (
        SELECT session_id FROM session_rollups
        WHERE tenant = {tenant:String} AND (run IN (SELECT arrayJoin({runs:Array(UUID)})) OR has(lineage, {run:UUID})))
      GROUP BY session_id`,
    params,
    row: Reached,
  })
  const refusals = await store.query({
    name: 'api.package.refusalsOfRun',
    sql: `SELECT toString(session_id) AS session, seq, toInt64(toUnixTimestamp64Micro(d.ts)) AS us FROM denials AS d FINAL
      WHERE tenant = {tenant:String} AND (run IN (SELECT arrayJoin({runs:Array(UUID)})) OR has(lineage, {run:UUID}))`,
    params,
    row: Refused,
  })
  if (runs.size + sessions.length + refusals.length === 0) return null
  const chains = await store.query({
    name: 'api.package.chainsOfRun',
    sql: `SELECT DISTINCT toString(chain_id) AS chain FROM hop_chain_accesses FINAL
      WHERE tenant = {tenant:String} AND NOT is_deleted AND (run IN (SELECT arrayJoin({runs:Array(UUID)})) OR has(lineage, {run:UUID}))
      ORDER BY chain`,
    params,
    row: z.object({ chain: z.string() }),
  })
  const starts = [
    ...[...runs.values()].map(({ fromUs }) => fromUs),
    ...sessions.map(({ firstUs }) => firstUs),
    ...refusals.map(({ us }) => us),
  ]
  const ends = [...sessions.map(({ lastUs }) => lastUs), ...refusals.map(({ us }) => us), ...[...runs.values()].map(({ toUs }) => toUs)]
  const members: Members = {
    runs: new Set([run, ...runs.keys()]),
    sessions: new Set(sessions.map(({ session }) => session)),
    refusals: new Set(refusals.map(({ session, seq }) => refusalKey(session, seq))),
    chains: chains.map(({ chain }) => chain),
  }
  const least = starts.reduce((a, b) => Math.min(a, b))
  return { askedFor: { kind: 'run', id: run }, span: { fromUs: least, toUs: ends.reduce((a, b) => Math.max(a, b)) + 1 }, members }
}
