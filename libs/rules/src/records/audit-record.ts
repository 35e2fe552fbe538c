import type { EventOf } from '@hoptrace/events'
import { objectOf, risksOf } from '../acts/workloads.ts'
import type { RuleRecord } from '../record.ts'
import { bounded } from './bounded.ts'

const AUDIT = { product: 'kubernetes', service: 'audit', category: 'application' }
/** What an API server audits as `create`, though kubectl opens it by GET. */
const OPENED = new Set(['exec', 'attach', 'portforward'])

/** Objects of Kubernetes nest deeper than bodies of events. */
const OBJECT_PARTS = ['apiVersion', 'kind', 'metadata', 'spec', 'data', 'roleRef', 'subjects', 'rules', 'webhooks'] as const

/**
 * A request to a Kubernetes API server as a rule for its audit log expects it (audit.k8s.io/v1, Event), so that public rules work
 * unchanged. The fields that those rules name without a path (`capabilities`, `hostPath`, `apiGroup`) stand beside the event's own.
 * The user is the account with which the gateway asks; who asked the gateway is `hoptrace`.
 * @param status of the answer; null while there is none
 */
export function auditRecord(event: EventOf<'kubernetes.request'>, ref: string, tsUs: number, status: number | null): RuleRecord {
  const { body } = event
  const { capabilities, hostPaths, hasHostPath, isPrivileged } = risksOf(body.body)
  const fields = {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    stage: status === null ? 'RequestReceived' : 'ResponseComplete',
    verb: OPENED.has(body.subresource ?? '') ? 'create' : body.verb,
    requestURI: body.path.slice(0, 8192),
    userAgent: headerOf(body.headers, 'user-agent') ?? event.origin?.client ?? '',
    user: { username: event.target?.account ?? '', groups: [] },
    sourceIPs: event.origin ? [event.origin.address] : [],
    objectRef: objectRefOf(body),
    ...(body.group === '' ? {} : { apiGroup: body.group }),
    ...(status === null ? {} : { responseStatus: { code: status }, 'annotations.authorization.k8s.io/decision': decisionOf(status) }),
    ...(capabilities.length > 0 ? { capabilities } : {}),
    ...(hasHostPath ? { hostPath: hostPaths.length > 0 ? hostPaths : [''] } : {}),
    ...(isPrivileged ? { privileged: true } : {}),
    ...requestObjectOf(body.body),
    hoptrace: { principal: event.principal, rootPrincipal: event.rootPrincipal, run: event.run, target: event.target?.name ?? null },
  }
  return { ref, tsUs, source: AUDIT, fields }
}

function objectRefOf({ resource, subresource, namespace, name, group, version }: EventOf<'kubernetes.request'>['body']) {
  const parts = {
    resource,
    subresource,
    namespace,
    name,
    apiGroup: group === '' ? null : group,
    apiVersion: version === '' ? null : version,
  }
  return resource === null ? undefined : Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== null))
}

function requestObjectOf(body: EventOf<'kubernetes.request'>['body']['body']): { requestObject?: unknown } {
  const object = objectOf(body)
  if (typeof object !== 'object' || object === null) return {}
  if (Array.isArray(object)) return { requestObject: bounded(object) }
  const known: Partial<Record<string, unknown>> = { ...object }
  return { requestObject: Object.fromEntries(OBJECT_PARTS.filter((part) => part in known).map((part) => [part, bounded(known[part])])) }
}

function decisionOf(status: number): string {
  return status === 401 || status === 403 ? 'forbid' : 'allow'
}

function headerOf(headers: readonly (readonly [string, string])[], name: string): string | undefined {
  return headers.find(([each]) => each === name)?.[1]
}
