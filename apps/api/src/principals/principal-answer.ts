import { instantUs, type LivedAlert, summaryOfAlert } from '../alerts/alert-answer.ts'
import type { PrincipalDetail, PrincipalSummary, ReachedTarget, RunSummary } from '../contract/index.ts'
import { type Range, rangeAnswer } from '../http/range.ts'
import { grantedUses, grantUses, sufficientGrants, verbsOf } from './grant-uses.ts'
import type { PrincipalsQueries, ReachedRow, UseRow, Whose } from './principals.queries.ts'

const MAX_RUNS_SHOWN = 20

export type PrincipalParts = {
  whose: Whose
  range: Range
  reached: readonly ReachedRow[]
  sessions: Awaited<ReturnType<PrincipalsQueries['sessions']>>
  uses: readonly UseRow[]
  isTruncated: boolean
  /** Its runs that lived in the range, newest first. */
  runs: readonly RunSummary[]
  alerts: readonly LivedAlert[]
  hasContent: boolean
}

export function principalOf(parts: PrincipalParts): PrincipalDetail {
  const { whose, range, reached, runs, hasContent } = parts
  const uses = grantedUses(parts.uses, parts.sessions)
  const verbs = verbsOf(parts.uses)
  const lived = reached.flatMap(({ firstUs, lastUs }) => [firstUs, lastUs])
  return {
    id: whose.name,
    range: rangeAnswer(range),
    isOnBehalf: whose.column === 'root_principal',
    rootPrincipals: [...new Set([...reached.flatMap(({ roots }) => roots), ...runs.flatMap((run) => run.rootPrincipal ?? [])])].sort(),
    agents: agentsOf(runs),
    firstAt: lived.length === 0 ? null : instantUs(lived.reduce((a, b) => Math.min(a, b))),
    lastAt: lived.length === 0 ? null : instantUs(lived.reduce((a, b) => Math.max(a, b))),
    runs: runs.slice(0, MAX_RUNS_SHOWN),
    runsTotal: runs.length,
    reached: reached.map((row) => reachedOf(row, verbs.get(`${row.target}\0${row.protocol}`) ?? [])),
    granted: grantUses(runs, uses),
    sufficient: sufficientGrants(uses, hasContent),
    isTruncated: parts.isTruncated,
    alerts: parts.alerts.map((alert) => summaryOfAlert(alert, hasContent)),
  }
}

export function principalSummaryOf(row: Awaited<ReturnType<PrincipalsQueries['list']>>[number]): PrincipalSummary {
  const { firstUs, lastUs, ...own } = row
  return { ...own, firstAt: instantUs(firstUs), lastAt: instantUs(lastUs) }
}

function reachedOf({ firstUs, lastUs, roots: _, ...own }: ReachedRow, verbs: ReachedTarget['verbs']): ReachedTarget {
  return { ...own, firstAt: instantUs(firstUs), lastAt: instantUs(lastUs), verbs }
}

function agentsOf(runs: readonly RunSummary[]): PrincipalDetail['agents'] {
  const agents = new Map<string, PrincipalDetail['agents'][number]>()
  for (const { agent } of runs) {
    if (!agent) continue
    const { template, version } = agent
    const key = JSON.stringify([template, version])
    agents.set(key, { template, version, runs: (agents.get(key)?.runs ?? 0) + 1 })
  }
  return [...agents.values()].sort((a, b) => b.runs - a.runs)
}
