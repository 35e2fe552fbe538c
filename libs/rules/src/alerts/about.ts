import type { AccessFacts } from '../facts/facts.ts'
import type { Link } from '../records/order.ts'
import type { CredentialToRotate, Reach } from './alert.ts'

/** Members that each list of an alert keeps. */
const MAX_LISTED = 256

/** Where accesses led: each target by each protocol and account once. */
export function targetsOf(accesses: readonly AccessFacts[]): Reach['targets'] {
  const targets = new Map<string, Reach['targets'][number]>()
  for (const { target, protocol, account, kind } of accesses) {
    const reached = { target, protocol, account, isRefused: kind === 'refused' }
    const key = JSON.stringify(Object.values(reached))
    if (target !== '' && kind !== 'unseen' && targets.size < MAX_LISTED) targets.set(key, reached)
  }
  return [...targets.values()]
}

/** Secrets that flowed over these hops: each, at each place that it was tried at, once. */
export function rotationsOf(links: readonly Link[]): CredentialToRotate[] {
  const found = new Map<string, CredentialToRotate>()
  for (const { hop, to } of links) {
    const { observable, fromAt, toAt } = hop
    if (observable?.kind !== 'credential' && observable?.kind !== 'key') continue
    const key = JSON.stringify([observable.kind, observable.digest, to.target, to.account])
    const before = found.get(key)
    const wasAccepted = isAccepted(to) || (before?.wasAccepted ?? false)
    const { kind, digest } = observable
    const seen = before ?? { kind, digest, seenAt: fromAt, usedAt: toAt, target: to.target, account: to.account }
    if (before || found.size < MAX_LISTED) found.set(key, { ...seen, wasAccepted })
  }
  return [...found.values()]
}

/** A session was opened; of a request in one over HTTP the same is known. A command that names a secret is not yet a login. */
function isAccepted({ kind, protocol }: AccessFacts): boolean {
  return kind === 'session' || (kind === 'use' && (protocol === 'http' || protocol === 'kubernetes'))
}

/** Different ones in their order; nulls and empty texts left out. */
export function distinct<T extends string>(values: readonly (T | null)[]): T[] {
  return [...new Set(values.filter((value): value is T => value !== null && value !== ''))].slice(0, MAX_LISTED)
}
