import type { EventBody } from '@hoptrace/events'
import type { Act } from '../facts/facts.ts'
import { risksOf } from './workloads.ts'

type Asked = EventBody<'kubernetes.request'>

const CHANGING = new Set(['create', 'update', 'patch', 'delete', 'deletecollection'])
const READING = new Set(['get', 'list', 'watch'])
const CONNECTING = new Set(['exec', 'attach', 'portforward', 'proxy'])
const RBAC = new Set(['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'])
/** Questions that are asked by creating an object that is never stored. */
const REVIEWS = /^(?:self)?subject(?:access|rules)?reviews$|^localsubjectaccessreviews$|^tokenreviews$/

/** Does a request change something in the cluster? A dry run does not, nor a question that has the form of an object. */
export function isKubernetesWrite({ verb, resource, subresource, query }: Asked): boolean {
  if (!CHANGING.has(verb) || resource === null || REVIEWS.test(resource)) return false
  if (CONNECTING.has(subresource ?? '') || (resource === 'serviceaccounts' && subresource === 'token')) return false
  return !query.some(([name, value]) => name === 'dryRun' && value !== '')
}

export function* kubernetesActs(asked: Asked): Generator<Act> {
  const { verb, group, resource, subresource, body } = asked
  if (resource === 'secrets' && READING.has(verb)) yield 'secret-read'
  if (resource === 'serviceaccounts' && subresource === 'token' && verb === 'create') yield 'token-request'
  if (!isKubernetesWrite(asked)) return
  yield 'write'
  if (group === 'rbac.authorization.k8s.io' && RBAC.has(resource ?? '')) yield 'rbac-write'
  if (verb === 'delete' || verb === 'deletecollection') return
  const { isPrivileged, hasHostPath } = risksOf(body)
  if (isPrivileged) yield 'privileged-pod'
  if (hasHostPath) yield 'host-path'
}
