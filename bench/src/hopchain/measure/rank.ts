import type { Access, HopChain } from '@hoptrace/hopchain'
import { type Alert, readRef } from '@hoptrace/rules'
import { priorityOf } from '../detect/alerts.ts'
import type { NamedHop } from './truth.ts'

/** Something that a person may be told: when, how urgent it is, and of which attacks it tells. */
export type Told = { id: string; atUs: number; priority: number; attacks: ReadonlySet<string> }

/** Chains by what speaks for them. They count on the day of their last hop. */
export function toldByChains(chains: readonly HopChain[], attackOf: (chain: HopChain) => ReadonlySet<string>): Told[] {
  return chains.map((chain) => ({
    id: chain.id,
    atUs: chain.hops.reduce((last, { to }) => Math.max(last, to.tsUs), 0),
    priority: chain.score,
    attacks: attackOf(chain),
  }))
}

/**
 * Alerts by their urgency. They count on the day of their first finding. One tells of an attack when it rests on a right hop of it, or
 * on something done in an access of it.
 */
export function toldByAlerts(
  alerts: readonly Alert[],
  ofHops: ReadonlyMap<string, string>,
  ofAccesses: ReadonlyMap<string, ReadonlySet<string>>,
): Told[] {
  return alerts.map((alert) => {
    const refs = alert.findings.flatMap((finding) => [finding.anchor, ...finding.refs]).map(readRef)
    const sessions = refs.flatMap((ref) => (ref?.kind === 'event' ? [ref.session] : []))
    const accesses = [...sessions, ...alert.findings.flatMap(({ access }) => access ?? [])]
    const hops = refs.flatMap((ref) => (ref?.kind === 'hop' ? (ofHops.get(ref.id) ?? []) : []))
    const attacks = new Set([...hops, ...accesses.flatMap((access) => [...(ofAccesses.get(access) ?? [])])])
    return { id: alert.id, atUs: alert.firstUs, priority: priorityOf(alert), attacks }
  })
}

/**
 * The baseline: whoever reaches what it never reached before is told of, the rarest target first.
 * @param attacks access → attacks that it is of
 */
export function toldByUnseenEdges(accesses: readonly Access[], attacks: ReadonlyMap<string, ReadonlySet<string>>): Told[] {
  const reached = new Map<string, Set<string>>()
  const told: Told[] = []
  for (const access of [...accesses].sort((a, b) => a.start.tsUs - b.start.tsUs)) {
    const principal = access.principal ?? access.origin ?? ''
    const others = reached.get(access.target) ?? new Set()
    reached.set(access.target, others)
    if (others.has(principal)) continue
    told.push({ id: access.id, atUs: access.start.tsUs, priority: 1 / (others.size + 1), attacks: attacks.get(access.id) ?? new Set() })
    others.add(principal)
  }
  return told
}

/** The most urgent of each day of event time; between equals the earlier. */
export function topOfDays(told: readonly Told[], k: number): Told[] {
  const days = new Map<number, Told[]>()
  for (const one of told) {
    const day = Math.floor(one.atUs / DAY_US)
    days.set(day, [...(days.get(day) ?? []), one])
  }
  return [...days.values()].flatMap((ofDay) => ofDay.sort(byPriority).slice(0, k))
}

export function byPriority(a: Told, b: Told): number {
  return b.priority - a.priority || a.atUs - b.atUs || (a.id < b.id ? -1 : 1)
}

/** Accesses at the ends of attacks' hops, by the names that they were recorded under. */
export function accessesOfAttacks(truth: readonly NamedHop[]): Map<string, Set<string>> {
  const attacks = new Map<string, Set<string>>()
  for (const { truth: hop, from, to } of truth) {
    if (hop.attack === null) continue
    for (const id of [from[0] ?? '', ...to]) attacks.set(id, (attacks.get(id) ?? new Set()).add(hop.attack))
  }
  return attacks
}

const DAY_US = 24 * 3_600_000_000
