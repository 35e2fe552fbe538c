import type { DenyReason } from '@hoptrace/events'
import type { AccessFacts, Act, ChainFacts } from '../facts/facts.ts'
import type { Link } from './order.ts'

/**
 * What a hop crossed. Most calls of honest agents reuse values from earlier answers: a value that flowed says nothing by itself.
 * - `account-switch`: a secret that was seen opened another account, and with it something that the run had not reached before;
 *   without a secret that flowed, another target has another account as a matter of course
 * - `first-seen`: this kind of agent had never reached it
 * - `refused`: it was tried outside of what is granted
 * - `evasion`: it had been refused before in this chain, to another run or by another way
 * - `privileged`: its end is declared privileged, or took rights in a cluster
 * - `unseen`: a way around the gateway was named
 * - `outbound`: a statement made the database itself reach out
 * - `delegation` (of chains): acting for somebody in a circle, unverified, or through many
 */
export const BOUNDARIES = ['account-switch', 'first-seen', 'refused', 'evasion', 'privileged', 'unseen', 'outbound', 'delegation'] as const
export type Boundary = (typeof BOUNDARIES)[number]

const POWERS: ReadonlySet<Act> = new Set(['privileged-pod', 'host-path', 'rbac-write'])

/** Runs on the way from a root run, from which on a delegation is a boundary of its own. */
const DEEP_DELEGATION = 4

/** Refusals that say nothing of what is granted: something was not ready, or a token had come to its end. */
const OPERATIONAL: ReadonlySet<DenyReason> = new Set([
  'no-credential',
  'expired',
  'runs-stale',
  'tls-required',
  'target-unreachable',
  'recording-unavailable',
  'malformed',
])

/** Was it refused because it is not allowed? Renewing a token, or trying again when a target is back, is no such thing. */
export function isForbidden(reason: DenyReason | null): boolean {
  return reason !== null && !OPERATIONAL.has(reason)
}

/** Took rights in a cluster, or asked for a workload that has the node's. */
export function isPowerful({ acts }: Pick<AccessFacts, 'acts'>): boolean {
  return acts.some((act) => POWERS.has(act))
}

export function boundariesOf({ hop, to }: Link, isEvasion: boolean): Boundary[] {
  const crossed: Record<Boundary, boolean> = {
    'account-switch': hop.isAccountSwitch && hop.isNewAccess && hop.classes.includes('credential-flow'),
    'first-seen': to.isFirstSeen === true,
    refused: to.kind === 'refused' && isForbidden(to.denyReason),
    privileged: to.isPrivileged || isPowerful(to),
    evasion: isEvasion,
    unseen: to.kind === 'unseen',
    outbound: hop.classes.includes('pivot-command') && hop.source.acts.includes('outbound-sql'),
    delegation: false,
  }
  return BOUNDARIES.filter((boundary) => crossed[boundary])
}

export function isDelegationBoundary({ depth, isVerified, isCyclic }: ChainFacts['delegation']): boolean {
  return isCyclic || (depth > 0 && !isVerified) || depth >= DEEP_DELEGATION
}
