import type { KnownEvent, SessionEvent } from '@hoptrace/events'
import { comparePlaces, type HopChain } from '@hoptrace/hopchain'
import {
  type Alert,
  AlertPolicy,
  alertsOfChain,
  alertsOfFindings,
  type ChainRows,
  type EventFinding,
  factsOf,
  type Rule,
  type RuleRecord,
  RuleSet,
  readRef,
  recordsOfEvent,
  shippedRules,
} from '@hoptrace/rules'
import type { Detected } from './detect.ts'
import { History } from './history.ts'

/** What people are told of a fleet, by the shipped rules under a policy. */
export function alertsOf(events: readonly SessionEvent[], detected: Detected, policy: AlertPolicy): Alert[] {
  const { rules } = shippedRules()
  const history = new History(events, detected.evidenced.accesses)
  const chainOf = new Map(detected.chains.flatMap((chain) => chain.accesses.map(({ access }) => [access.id, chain] as const)))
  const found = eventFindings(events, rules)
  const inChains = new Map<HopChain | undefined, EventFinding[]>()
  for (const each of found) {
    const chain = each.access === null ? undefined : chainOf.get(each.access)
    inChains.set(chain, [...(inChains.get(chain) ?? []), each])
  }
  const alone = (inChains.get(undefined) ?? []).map((each) => ({ ...each, access: null }))
  const ofChains = detected.chains.flatMap((chain) =>
    alertsOfChain(factsOf(rowsOf(chain, history), policy), rules, policy, inChains.get(chain) ?? []),
  )
  return [...ofChains, ...alertsOfFindings(alone, policy)]
}

type Declared = { privileged: readonly { name: string }[]; broker: { name: string }; authority: { name: string } }

/** What a fleet's operator has declared: what is privileged, and who hands out credentials. */
export function alertPolicyFor({ privileged, broker, authority }: Declared): AlertPolicy {
  const approvedPaths = [broker, authority].map(({ name }) => ({ from: name, to: '*', reason: 'hands out credentials' }))
  return AlertPolicy.parse({ privileged: { targets: privileged.map(({ name }) => name) }, approvedPaths })
}

/** What is stored of a chain, made from the chain itself. */
function rowsOf(chain: HopChain, history: History): ChainRows {
  const { agents, reachedByActors, reachedByRuns, histories, acts } = history
  return {
    chain: { id: chain.id, title: chain.title, firstTs: chain.firstUs, lastTs: chain.lastUs, weakestScore: chain.weakestScore },
    accesses: chain.accesses.map(({ access, depth }) => {
      const { id, start, startMs, lastUs, sightings: _, ...own } = access
      return { ...own, accessId: id, depth, sessionId: start.stream, seq: start.seq, ms: startMs, firstTs: start.tsUs, lastTs: lastUs }
    }),
    hops: chain.hops,
    sources: chain.hops.flatMap(({ from }) => history.sourceOf(from) ?? []),
    ...{ agents, reachedByActors, reachedByRuns, histories, acts },
  }
}

function eventFindings(events: readonly SessionEvent[], rules: readonly Rule[]): EventFinding[] {
  const { set } = RuleSet.of(rules)
  const records = new Map<string, RuleRecord>()
  const known = events.filter((event): event is KnownEvent => event.type !== 'unknown').sort(byPlace)
  const findings = known.flatMap((event) =>
    recordsOfEvent(event).flatMap((record) => {
      records.set(record.ref, records.get(record.ref) ?? record)
      return set.push(record)
    }),
  )
  findings.push(...set.advance(Number.MAX_SAFE_INTEGER))
  return findings.flatMap((finding) => {
    const [record, place] = [records.get(finding.anchor), readRef(finding.anchor)]
    return record && place?.kind === 'event' ? [{ finding, record, access: place.session }] : []
  })
}

function byPlace(a: SessionEvent, b: SessionEvent): number {
  return comparePlaces(placeOf(a), placeOf(b))
}

function placeOf({ sessionId, seq, ts }: SessionEvent) {
  return { stream: sessionId, seq, tsUs: Number(ts) }
}

const RESPONSES = ['log', 'queue', 'page'] as const
const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'] as const

/** The order in which a person sees alerts: the more urgent response, the higher severity, the stronger weakest link. */
export function priorityOf({ response, severity, weakest }: Alert): number {
  return RESPONSES.indexOf(response) * 1000 + LEVELS.indexOf(severity) * 100 + Math.min(99, (weakest?.score ?? 0) / 100)
}
