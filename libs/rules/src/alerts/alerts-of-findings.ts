import { Protocol } from '@hoptrace/events'
import type { AlertPolicy } from '../policy/alert-policy.ts'
import type { RuleRecord } from '../record.ts'
import { compareText } from '../records/order.ts'
import { distinct } from './about.ts'
import type { Alert, AlertFinding } from './alert.ts'
import { type EventFinding, eventFinding, merged, textAt } from './event-findings.ts'
import { alertId, folded } from './fold.ts'
import { foremost, highestLevel, keptOf, mostUrgent } from './found.ts'

/**
 * Alerts of findings over events that are in no chain, earliest first. One caller's within a minute are one. A correlation that told
 * of itself again and again is one finding: the first, with everything that it came to rest on.
 */
export function alertsOfFindings(found: readonly EventFinding[], policy: AlertPolicy): Alert[] {
  const callers = new Map<string, EventFinding[]>()
  for (const each of merged(found)) {
    const caller = callerOf(each.record)
    callers.set(caller, [...(callers.get(caller) ?? []), each])
  }
  const alerts = [...callers.values()].flatMap((own) => alertsOfCaller(own, policy))
  return alerts.sort((a, b) => a.firstUs - b.firstUs || compareText(a.id, b.id))
}

function alertsOfCaller(own: readonly EventFinding[], policy: AlertPolicy): Alert[] {
  const records = new Map<AlertFinding, RuleRecord>(own.map((each) => [eventFinding(each, policy), each.record]))
  return folded([...records.keys()]).flatMap((group) => alertOf(group, records) ?? [])
}

// Who acted: the tree of runs; without one whoever it was, from wherever it came.
function callerOf(record: RuleRecord): string {
  // A gateway that goes down takes many recordings with it, whosever they were.
  if (textAt(record, 'type')?.startsWith('recording.')) return textAt(record, 'gateway', 'session') ?? record.ref
  return textAt(record, 'rootRun', 'run', 'hoptrace.run', 'principal', 'hoptrace.principal', 'origin.address', 'session') ?? record.ref
}

function alertOf(group: readonly AlertFinding[], records: ReadonlyMap<AlertFinding, RuleRecord>): Alert | null {
  const [first] = group
  const chief = foremost(group)
  const record = chief && records.get(chief)
  if (!first || !chief || !record) return null
  const all = group.flatMap((finding) => records.get(finding) ?? [])
  return {
    id: alertId(first),
    chain: null,
    severity: highestLevel(group.map(({ severity }) => severity)),
    response: mostUrgent(group.map(({ response }) => response)),
    sentence: chief.sentence,
    findings: keptOf(group),
    principal: textAt(record, 'principal', 'hoptrace.principal'),
    rootPrincipal: textAt(record, 'rootPrincipal', 'hoptrace.rootPrincipal'),
    runs: distinct([record, ...all].map((each) => textAt(each, 'run', 'hoptrace.run'))),
    firstUs: first.at.tsUs,
    lastUs: group.at(-1)?.at.tsUs ?? first.at.tsUs,
    ...reachedIn(all),
    rotate: [],
    weakest: null,
    baseline: '',
  }
}

function reachedIn(records: readonly RuleRecord[]): Pick<Alert, 'targets' | 'protocols' | 'reach'> {
  const reached = new Map<string, Alert['reach']['targets'][number]>()
  for (const record of records) {
    const target = textAt(record, 'target.name', 'hoptrace.target')
    if (target === null) continue
    const protocol =
      Protocol.safeParse(textAt(record, 'target.protocol') ?? (textAt(record, 'hoptrace.target') === null ? null : 'kubernetes')).data ??
      null
    const isRefused = textAt(record, 'body.decision') === 'deny'
    const place = { target, protocol, account: textAt(record, 'target.account'), isRefused }
    reached.set(JSON.stringify(place), place)
  }
  const targets = [...reached.values()]
  return {
    targets: distinct(targets.map(({ target }) => target)),
    protocols: distinct(targets.map(({ protocol }) => protocol)),
    reach: { targets, writes: 0, rows: 0, bytes: 0 },
  }
}
