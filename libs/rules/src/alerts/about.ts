import type { AccessFacts } from '../facts/facts.ts'
import { compareText, type Link } from '../records/order.ts'
import type { Alert, CredentialToRotate, Reach } from './alert.ts'

/** Members that each list of an alert keeps. */
const MAX_LISTED = 256

/** What accesses reached: each target by each protocol and account once. */
export function reachOf(accesses: readonly AccessFacts[]): Reach {
  const targets = new Map<string, Reach['targets'][number]>()
  for (const { target, protocol, account, kind } of accesses) {
    const reached = { target, protocol, account, isRefused: kind === 'refused' }
    const key = JSON.stringify(Object.values(reached))
    if (target !== '' && kind !== 'unseen' && !targets.has(key) && targets.size < MAX_LISTED) targets.set(key, reached)
  }
  const sum = (name: 'writes' | 'rows' | 'bytes') => accesses.reduce((total, access) => total + access[name], 0)
  return { targets: [...targets.values()], writes: sum('writes'), rows: sum('rows'), bytes: sum('bytes') }
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

export function weakestOf(links: readonly Link[]): Alert['weakest'] {
  const [weakest] = [...links].sort((a, b) => a.hop.score - b.hop.score || compareText(a.hop.id, b.hop.id))
  return weakest ? { hop: weakest.hop.id, score: weakest.hop.score } : null
}

/** Different ones in their order; nulls and empty texts left out. */
export function distinct<T extends string>(values: readonly (T | null)[]): T[] {
  return [...new Set(values.filter((value): value is T => value !== null && value !== ''))].slice(0, MAX_LISTED)
}
