import { HopChainAccesses, type HopChainAccessRow, HopChains, type HopRow, Hops, type Store } from '@hoptrace/store'
import { z } from 'zod'
import { maskText } from '../../masking/mask-text.ts'
import { instant } from '../instant.ts'
import { alertRows } from '../package/evidence/alerts.ts'
import { said } from '../package/population/runs.ts'
import { unrecordedOf } from '../package/population/unrecorded.ts'
import type { Requester, Scope } from '../package/scope.ts'
import type { ChainReport, ReportEvidence, ReportHop, ReportNode } from './chain-report.ts'
import { Moments } from './load-moments.ts'
import { sessionFacts } from './load-sessions.ts'

const Titles = z.object({ findings: z.array(z.object({ rule: z.object({ title: z.string() }) })) })

/** What a page tells at most: more stands in the archive. */
const MAX_NODES = 200
const MAX_HOPS = 200
const MAX_MISSING = 100
const MAX_ALERTS = 50

export type ReportOptions = {
  store: Store
  /** Of one chain. */
  scope: Scope
  requester: Requester
  /** Microseconds since the epoch. */
  madeAtUs: number
  version: string
}

/** A chain with all that its page tells; null when it is gone. */
export async function loadReport({ store, scope, requester, madeAtUs, version }: ReportOptions): Promise<ChainReport | null> {
  if (scope.askedFor.kind !== 'chain') return null
  const { tenant } = requester
  const found = await new HopChains(store).find(tenant, scope.askedFor.id)
  if (found.kind !== 'chain') return null
  const { chain } = found
  const accesses = await new HopChainAccesses(store).findByChain(tenant, chain.id)
  const hops = await new Hops(store).findByChain(tenant, chain.id)
  const told = accesses.slice(0, MAX_NODES)
  const ids = [...new Set(told.filter(({ kind }) => kind === 'session').map(({ sessionId }) => sessionId))]
  const facts = await sessionFacts(store, tenant, ids)
  const nodes = told.map((access, index): ReportNode => ({ ...nodeOf(access, index + 1), facts: facts.get(access.accessId) ?? null }))
  const numbers = new Map(nodes.map(({ id, number }) => [id, number]))
  const moments = new Moments(store, requester)
  const reportHops: ReportHop[] = []
  for (const hop of hops.slice(0, MAX_HOPS)) reportHops.push(await hopOf(hop, reportHops.length + 1, numbers, moments, requester))
  return {
    chain: chain.id,
    sentence: said(chain.title, requester) ?? chain.targets.join(' → '),
    rootPrincipals: chain.rootPrincipals,
    principals: chain.principals,
    firstUs: chain.firstTs,
    lastUs: chain.lastTs,
    weakestScore: chain.weakestScore / 1000,
    madeAt: instant(String(madeAtUs)),
    madeBy: requester.name,
    version,
    hasContent: requester.hasContent,
    isRevealed: requester.isRevealed,
    nodes,
    hops: reportHops,
    untold: { nodes: accesses.length - nodes.length, hops: hops.length - reportHops.length },
    alerts: await alertsOf(store, requester, scope),
    missing: await missingOf(store, requester, scope, madeAtUs),
  }
}

function nodeOf(row: HopChainAccessRow, number: number): Omit<ReportNode, 'facts'> {
  const { kind, protocol, target, address, account, principal, rootPrincipal, run, seq, isOpen, denyReason } = row
  return {
    id: row.accessId,
    number,
    ...{ kind, protocol, target, address, account, principal, rootPrincipal, run },
    runDepth: row.lineage.length,
    session: row.sessionId,
    seq,
    firstUs: row.firstTs,
    lastUs: row.lastTs,
    isOpen,
    denyReason,
  }
}

async function hopOf(
  hop: HopRow,
  number: number,
  numbers: ReadonlyMap<string, number>,
  moments: Moments,
  requester: Requester,
): Promise<ReportHop> {
  const evidence: ReportEvidence[] = []
  for (const item of hop.evidence) {
    const { kind, digest, value } = item.observable ?? {}
    const shown = value && requester.hasContent ? (requester.isRevealed ? value : maskText(value)) : null
    evidence.push({
      class: item.class,
      score: item.score / 1000,
      isLink: item.isLink,
      sentence: said(item.sentence, requester) ?? '',
      observable: kind === undefined || digest === undefined ? null : { kind, digest, value: shown },
      from: await moments.at(item.from, item.observable),
      to: await moments.at(item.to, item.observable),
    })
  }
  const alternatives = hop.alternatives.map(({ fromAccess, class: name, score }) => ({
    node: numbers.get(fromAccess) ?? null,
    access: fromAccess,
    class: name,
    score: score / 1000,
  }))
  return {
    id: hop.id,
    number,
    from: numbers.get(hop.fromAccess) ?? null,
    to: numbers.get(hop.toAccess) ?? null,
    class: hop.class,
    score: hop.score / 1000,
    sentence: said(hop.sentence, requester) ?? '',
    evidence,
    alternatives,
  }
}

async function alertsOf(store: Store, requester: Requester, scope: Scope): Promise<ChainReport['alerts']> {
  const alerts: ChainReport['alerts'][number][] = []
  for await (const row of alertRows(store, requester, scope)) {
    if (row.redirectTo !== null || row.isGone) continue
    const { sentence, severity, response, firstAt } = row
    if (alerts.length === MAX_ALERTS) break
    alerts.push({
      sentence: String(sentence ?? ''),
      severity: String(severity),
      response: String(response),
      firstAt: String(firstAt),
      rules: Titles.safeParse(row.found).data?.findings.map(({ rule }) => rule.title) ?? [],
    })
  }
  return alerts
}

// Of sessions the members' alone; a silent gateway may have hidden any.
async function missingOf(store: Store, requester: Requester, scope: Scope, madeAtUs: number): Promise<ChainReport['missing']> {
  const missing: ChainReport['missing'][number][] = []
  for await (const row of unrecordedOf(store, requester, scope, madeAtUs)) {
    const session = row.session === null ? null : String(row.session)
    if (session !== null && row.kind !== 'session-lost' && !scope.members?.sessions.has(session)) continue
    if (missing.length === MAX_MISSING) break
    const where = session === null ? (row.gateway === null ? '' : `gateway ${String(row.gateway)}: `) : `session ${session}: `
    const what = `${where}${String(row.reason)}${row.detail === null ? '' : `, ${String(row.detail)}`}`
    missing.push({ kind: String(row.kind), what, from: String(row.from), to: String(row.to) })
  }
  return missing
}
