import { type AskedScope, type Grant, type GrantedUse, grantAllows, grantText, narrowestGrants, printable } from '@hoptrace/events'
import type { GrantUse, PrincipalDetail, RunSummary, VerbCount } from '../contract/index.ts'
import { addressSecrets } from '../masking/request-secrets.ts'
import type { UseRow } from './principals.queries.ts'

const MAX_VERBS = 50
/** Stands for a segment that may be a secret: it is not told, and any will do. */
const SECRET = '*'

/** Of what was done, how often each verb at each target. By `target NUL protocol`. */
export function verbsOf(uses: readonly UseRow[]): Map<string, VerbCount[]> {
  const byTarget = new Map<string, Map<string, number>>()
  for (const { target, protocol, verb, count } of uses) {
    const key = `${target}\0${protocol}`
    const verbs = byTarget.get(key) ?? new Map<string, number>()
    byTarget.set(key, verbs.set(printable(verb), (verbs.get(printable(verb)) ?? 0) + count))
  }
  return new Map([...byTarget].map(([key, verbs]) => [key, mostFrequent(verbs)]))
}

/** What was done, in words of grants. A session that asked for nothing needed its target all the same. */
export function grantedUses(
  uses: readonly UseRow[],
  sessions: readonly { target: string; protocol: GrantedUse['protocol'] }[],
): CountedUse[] {
  const asked = uses.map(asGranted)
  const bare = sessions.filter(({ protocol }) => protocol === 'postgres' || protocol === 'ssh').map((use) => ({ use, count: 1 }))
  return [...bare, ...asked.filter(({ use }) => use.kubernetes || use.http || use.forward)]
}

export type CountedUse = { use: GrantedUse; count: number }

/** Each grant of these runs once, with how often what it allows was done; never used ones first, then as granted last. */
export function grantUses(runs: readonly RunSummary[], uses: readonly CountedUse[]): GrantUse[] {
  const granted = new Map<string, GrantUse>()
  for (const { grants, startedAt } of runs) {
    for (const [text, grant] of new Map(grants.map((each) => [grantText(each), each]))) {
      const known = granted.get(text) ?? { grant, text, runs: 0, lastGrantedAt: startedAt, uses: usesOf(grant, uses) }
      const lastGrantedAt = startedAt > known.lastGrantedAt ? startedAt : known.lastGrantedAt
      granted.set(text, { ...known, runs: known.runs + 1, lastGrantedAt })
    }
  }
  return [...granted.values()].sort(
    (a, b) => Number(a.uses > 0) - Number(b.uses > 0) || ordered(b.lastGrantedAt, a.lastGrantedAt) || ordered(a.text, b.text),
  )
}

/**
 * The narrowest grants that would have been enough for all that was done.
 * @param hasContent without it no path is told: what was asked for is content
 */
export function sufficientGrants(uses: readonly CountedUse[], hasContent: boolean): PrincipalDetail['sufficient'] {
  const told = uses.map(({ use }) => (hasContent || !use.http ? use : { ...use, http: { ...use.http, path: '' } }))
  return narrowestGrants(told).map((grant) => ({ grant, text: grantText(grant) }))
}

function ordered(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function usesOf(grant: Grant, uses: readonly CountedUse[]): number {
  return uses.reduce((sum, { use, count }) => (allows(grant, use) ? sum + count : sum), 0)
}

function allows(grant: Grant, { target, protocol, kubernetes, http }: GrantedUse): boolean {
  if (grant.target !== target || grant.protocol !== protocol) return false
  const asked: AskedScope | undefined = kubernetes ? { kubernetes } : http ? { http: { ...http, isOverridden: false } } : undefined
  return grantAllows(grant, asked)
}

function asGranted(row: UseRow): CountedUse {
  const { target, protocol, type, verb, count } = row
  if (type === 'kubernetes.request') {
    const { group, resource, subresource, namespace, isDiscovery } = row
    const kubernetes = {
      verb,
      group,
      resource: resource || null,
      subresource: subresource || null,
      namespace: namespace || null,
      isDiscovery,
    }
    return { use: { target, protocol, kubernetes, ...(subresource === 'portforward' ? { forward: true } : {}) }, count }
  }
  if (type === 'http.request') return { use: { target, protocol, http: { method: verb, path: withoutSecrets(row.path) } }, count }
  return { use: { target, protocol, ...(verb === 'forward' ? { forward: true } : {}) }, count }
}

function withoutSecrets(path: string): string {
  const spans = addressSecrets(path)
  if (spans.length === 0) return path
  return path
    .split('/')
    .map((segment, index, all) => {
      const start = all.slice(0, index).reduce((sum, each) => sum + each.length + 1, 0)
      return spans.some(([from, to]) => from < start + segment.length && to > start) ? SECRET : segment
    })
    .join('/')
}

function mostFrequent(verbs: ReadonlyMap<string, number>): VerbCount[] {
  const counts = [...verbs].map(([verb, count]) => ({ verb, count }))
  return counts.sort((a, b) => b.count - a.count || (a.verb < b.verb ? -1 : 1)).slice(0, MAX_VERBS)
}
