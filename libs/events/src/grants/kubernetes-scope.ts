import type { KubernetesScope } from '../bodies/grant.ts'
import { coversEach, isSame, permits } from './patterns.ts'
import { resourcePattern } from './resource-pattern.ts'

/** A request to a Kubernetes API server, its names as the path has them. */
export type AskedOfKubernetes = {
  /** As RBAC names it; of `exec`, `attach`, `portforward` and `proxy` whichever the method gives. */
  verb: string
  /** Empty for the core group. */
  group: string
  /** Null where the path names none: `/version`, `/metrics`. */
  resource: string | null
  subresource: string | null
  /** Null where the request names none: a node, or the pods of all namespaces. */
  namespace: string | null
  /** Does it only read what the server offers (`/api`, `/apis/apps/v1`, `/openapi/v3`, `/version`)? Every grant allows that: no client works without. */
  isDiscovery: boolean
}

/** They lead into a container or through it by whichever method: kubectl execs with GET, and `get` gives nobody a shell. */
const CONNECTING = new Set(['exec', 'attach', 'portforward', 'proxy'])
const CONNECTING_VERBS = ['connect', 'create']

export function allowsKubernetes(scope: KubernetesScope, asked: AskedOfKubernetes): boolean {
  if (asked.isDiscovery) return true
  const verbs = CONNECTING.has(asked.subresource ?? '') ? CONNECTING_VERBS : [asked.verb]
  return (
    permits(scope.verbs, (pattern) => verbs.includes(pattern)) &&
    permits(scope.namespaces, (pattern) => pattern === asked.namespace) &&
    permits(scope.resources, (pattern) => namesResource(pattern, asked))
  )
}

export function coversKubernetes(held: KubernetesScope, asked: KubernetesScope): boolean {
  return (
    coversEach(held.verbs, asked.verbs, isSame) &&
    coversEach(held.namespaces, asked.namespaces, isSame) &&
    coversEach(held.resources, asked.resources, isResourceWithin)
  )
}

function namesResource(pattern: string, { group, resource, subresource }: AskedOfKubernetes): boolean {
  const named = resourcePattern(pattern)
  if (!named || named.resource !== resource || named.group !== group) return false
  return named.subresource === '*' || named.subresource === subresource
}

function isResourceWithin(asked: string, held: string): boolean {
  const [inner, outer] = [resourcePattern(asked), resourcePattern(held)]
  if (!outer || !inner || outer.resource !== inner.resource || outer.group !== inner.group) return false
  return outer.subresource === '*' || outer.subresource === inner.subresource
}
