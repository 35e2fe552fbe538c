import type { Grant, KubernetesScope } from '../bodies/grant.ts'
import type { Protocol } from '../identifiers.ts'
import { GrantRequest } from './grant-request.ts'
import type { AskedOfKubernetes } from './kubernetes-scope.ts'
import { pathSegments } from './request-path.ts'

/** What was done at a target under a grant. `forward`: a tunnel was opened. */
export type GrantedUse = {
  target: string
  protocol: Protocol
  forward?: boolean
  kubernetes?: AskedOfKubernetes
  http?: { method: string; path: string }
}

/** A list of a grant's scope holds 64 patterns at most. */
const MAX_PATTERNS = 64
/** Grants for one target; where more would be needed, they are drawn together. */
const MAX_GRANTS = 16
const CONNECTING: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward', 'proxy'])
/** Parts of a path that name one thing of many: numbers, UUIDs, digests. */
const NAMES_ONE = /^(?:\d+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{16,})$/i

/**
 * The narrowest grants under which all of this would have been allowed, in the order of targets. Sufficient for what was done, and
 * for little beside it: namespaces, resources and verbs (methods and paths) that were used together are granted together, ids in
 * paths stand as `*`. What no scope can tell (a path that servers read in different ways) is granted without one. Pure and
 * deterministic; O(uses).
 */
export function narrowestGrants(uses: readonly GrantedUse[]): Grant[] {
  const byTarget = new Map<string, GrantedUse[]>()
  for (const use of uses) {
    const key = `${use.target}\0${use.protocol}`
    const known = byTarget.get(key)
    if (known) known.push(use)
    else byTarget.set(key, [use])
  }
  return [...byTarget.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, all]) => grantsFor(all))
}

function grantsFor(uses: readonly GrantedUse[]): Grant[] {
  const [first] = uses
  if (!first) return []
  const { target, protocol } = first
  const forward = uses.some((use) => use.forward) ? { forward: true } : {}
  if (protocol === 'kubernetes') {
    const asked = uses.flatMap(({ kubernetes }) => (kubernetes && !kubernetes.isDiscovery ? [kubernetes] : []))
    return kubernetesScopes(asked).map((scope) => ({ target, protocol, ...forwardFor(scope, forward), kubernetes: scope }))
  }
  if (protocol === 'http') {
    const asked = uses.flatMap(({ http }) => (http ? [http] : []))
    return httpGrants({ target, protocol }, asked)
  }
  return [{ target, protocol, ...(protocol === 'ssh' ? forward : {}) }]
}

function forwardFor({ resources }: KubernetesScope, forward: { forward?: boolean }): { forward?: boolean } {
  return resources === undefined || resources.some((resource) => resource.endsWith('/portforward')) ? forward : {}
}

type Cell = { namespaces: Set<string> | null; resources: Set<string> | null; verbs: Set<string> }

// Where namespaces are stated, what has none is out of reach: that needs a grant of its own.
function kubernetesScopes(asked: readonly AskedOfKubernetes[]): KubernetesScope[] {
  const byResource = new Map<string, Cell>()
  for (const { namespace, resource, group, subresource, verb } of asked) {
    const named = resource === null ? null : `${resource}${group === '' ? '' : `.${group}`}${subresource === null ? '' : `/${subresource}`}`
    const key = `${namespace === null ? 'cluster' : 'namespaced'}\0${named}`
    const cell = byResource.get(key) ?? {
      namespaces: namespace === null ? null : new Set(),
      resources: named === null ? null : new Set(),
      verbs: new Set(),
    }
    if (namespace !== null) cell.namespaces?.add(namespace)
    if (named !== null) cell.resources?.add(named)
    cell.verbs.add(CONNECTING.has(subresource ?? '') ? 'connect' : verb)
    byResource.set(key, cell)
  }
  const alike = mergedBy([...byResource.values()], ({ namespaces, resources, verbs }) => [
    listOf(namespaces),
    resources === null,
    listOf(verbs),
  ])
  const few = alike.length <= MAX_GRANTS ? alike : mergedBy(alike, ({ namespaces, resources }) => [namespaces === null, resources === null])
  return few.map(({ namespaces, resources, verbs }) => ({
    ...bounded('namespaces', namespaces),
    ...bounded('resources', resources),
    ...bounded('verbs', verbs),
  }))
}

function mergedBy(cells: readonly Cell[], keyOf: (cell: Cell) => unknown): Cell[] {
  const merged = new Map<string, Cell>()
  for (const cell of cells) {
    const key = JSON.stringify(keyOf(cell))
    const known = merged.get(key)
    merged.set(key, known ? together(known, cell) : cell)
  }
  return [...merged.values()]
}

function together(a: Cell, b: Cell): Cell {
  const union = (one: Set<string> | null, other: Set<string> | null) => (one && other ? new Set([...one, ...other]) : null)
  return {
    namespaces: union(a.namespaces, b.namespaces),
    resources: union(a.resources, b.resources),
    verbs: new Set([...a.verbs, ...b.verbs]),
  }
}

function httpGrants(base: Pick<Grant, 'target' | 'protocol'>, asked: readonly { method: string; path: string }[]): Grant[] {
  const untold = new Set<string>()
  const methodsOf = new Map<string, Set<string>>()
  for (const { method, path } of asked) {
    const segments = pathSegments(path)
    if (segments === null) untold.add(method)
    else {
      const pattern = `/${segments.map((segment) => (NAMES_ONE.test(segment) ? '*' : segment)).join('/')}`
      methodsOf.set(pattern, (methodsOf.get(pattern) ?? new Set()).add(method))
    }
  }
  const byMethods = new Map<string, { methods: Set<string>; paths: Set<string> }>()
  for (const [path, methods] of methodsOf) {
    const key = listOf(methods).join()
    const known = byMethods.get(key) ?? { methods, paths: new Set() }
    known.paths.add(path)
    byMethods.set(key, known)
  }
  const told = [...byMethods.values()].map(({ methods, paths }) => ({
    ...base,
    http: { methods: listOf(methods), paths: prefixed(paths) },
  }))
  const whole = untold.size === 0 ? [] : [{ ...base, http: { ...bounded('methods', untold) } }]
  // A method or a path that nobody can ask a grant for is granted without that part.
  return [...told, ...whole].map((grant) => (GrantRequest.safeParse(grant).success ? grant : base))
}

/** At most 64 patterns: where there are more, those below one first segment stand together, then all. */
function prefixed(paths: ReadonlySet<string>): string[] {
  if (paths.size <= MAX_PATTERNS) return listOf(paths)
  const heads = new Set([...paths].map((path) => (path.indexOf('/', 1) < 0 ? path : `${path.slice(0, path.indexOf('/', 1))}/**`)))
  return heads.size <= MAX_PATTERNS ? listOf(heads) : ['/**']
}

function listOf(set: ReadonlySet<string>): string[]
function listOf(set: ReadonlySet<string> | null): string[] | null
function listOf(set: ReadonlySet<string> | null): string[] | null {
  return set && [...set].sort()
}

function bounded<K extends string>(key: K, set: ReadonlySet<string> | null): { [P in K]?: string[] } {
  return (set === null || set.size > MAX_PATTERNS ? {} : { [key]: listOf(set) }) as { [P in K]?: string[] }
}
