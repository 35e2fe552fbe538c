import type { Alert } from '@hoptrace/rules'
import { instantUs } from '../alerts/alert-answer.ts'
import { toldSentence } from '../alerts/alert-sentence.ts'
import type { AlertSummary, Backtest, BacktestRequest, RuleFault } from '../contract/index.ts'
import { ProblemError } from '../http/problem.ts'
import { type Range, rangeAnswer, rangeOf } from '../http/range.ts'
import type { Backtested } from './backtest.ts'

const DAY_US = 86_400_000_000
const MAX_DAYS = 31
const MAX_SAMPLES = 100

/** The range of a backtest: by default the week before its end. @throws ProblemError INVALID_REQUEST for more than 31 days */
export function backtestRange(request: Pick<BacktestRequest, 'from' | 'to'>, nowMs: number): Range {
  const asked = rangeOf(request, nowMs)
  const range = request.from === undefined ? { ...asked, fromUs: asked.toUs - 7 * DAY_US } : asked
  if (range.fromUs >= range.toUs) throw new ProblemError('INVALID_REQUEST', 'to: must come after from')
  if (range.toUs - range.fromUs > MAX_DAYS * DAY_US) throw new ProblemError('INVALID_REQUEST', `from: at most ${MAX_DAYS} days before to`)
  return range
}

export function backtestAnswer(
  { alerts, looked, isTruncated }: Backtested,
  { digest, range, faults, hasContent }: { digest: string; range: Range; faults: RuleFault[]; hasContent: boolean },
): Backtest {
  const days = new Map<string, { alerts: number; pages: number }>()
  for (const { firstUs, response } of alerts) {
    const day = instantUs(firstUs).slice(0, 10)
    const known = days.get(day) ?? { alerts: 0, pages: 0 }
    days.set(day, { alerts: known.alerts + 1, pages: known.pages + (response === 'page' ? 1 : 0) })
  }
  return {
    ...{ digest, range: rangeAnswer(range), looked, faults, isTruncated },
    alerts: alerts.length,
    pages: alerts.filter(({ response }) => response === 'page').length,
    perDay: [...days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, counts]) => ({ day, ...counts })),
    samples: samplesOf(alerts).map((alert) => sampleOf(alert, hasContent)),
  }
}

// What would wake somebody is shown before the rest; each in the order of time, newest first.
function samplesOf(alerts: readonly Alert[]): Alert[] {
  const paging = alerts.filter(({ response }) => response === 'page').slice(0, MAX_SAMPLES)
  const others = alerts.filter(({ response }) => response !== 'page').slice(0, MAX_SAMPLES - paging.length)
  return [...paging, ...others].sort((a, b) => b.firstUs - a.firstUs)
}

/** As it would have stood: nobody acted on it, and it was raised never. */
function sampleOf(alert: Alert, hasContent: boolean): AlertSummary {
  const { id, severity, response, principal, rootPrincipal, firstUs, lastUs, findings } = alert
  const title = findings[0]?.rule.title ?? ''
  return {
    ...{ id, severity, response, principal, rootPrincipal, state: 'open', assignee: null, revision: 0, suppressed: null },
    sentence: toldSentence(alert, title, hasContent),
    firstAt: instantUs(firstUs),
    lastAt: instantUs(lastUs),
    raisedAt: instantUs(lastUs),
    chainId: alert.chain,
    runs: [...alert.runs],
    targets: [...alert.targets],
    protocols: [...alert.protocols],
    rules: [...new Map(findings.map(({ rule }) => [rule.id, { id: rule.id, title: rule.title }])).values()],
  }
}
