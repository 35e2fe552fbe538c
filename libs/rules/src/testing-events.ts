import type { EventBody, EventOf, EventType, HttpBody, KnownEvent } from '@hoptrace/events'
import { SOMETIME_US } from './testing.ts'

const SESSION = '01928b2f-0000-7000-8000-0000000000aa'
const HASH = '0'.repeat(64)
const TARGETS: Readonly<Record<string, KnownEvent['target']>> = {
  sql: { name: 'shop-db', protocol: 'postgres', address: '10.0.0.5:5432', account: 'app' },
  kubernetes: { name: 'prod', protocol: 'kubernetes', address: '10.0.0.1:6443', account: 'system:serviceaccount:ops:agent' },
  http: { name: 'billing', protocol: 'http', address: '10.0.0.7:443', account: 'agent' },
}

/** An event of an agent's session; its target follows from its type. */
export function anEventOf<T extends EventType>(type: T, body: EventBody<T>, envelope: Partial<KnownEvent> = {}): EventOf<T> {
  const target = TARGETS[type.split('.')[0] ?? ''] ?? { name: 'bastion', protocol: 'ssh', address: '10.0.0.9:22', account: 'deploy' }
  const event = {
    v: 1,
    tenant: 'default',
    sessionId: SESSION,
    seq: 7,
    ts: String(SOMETIME_US),
    elapsedUs: 1_500_000,
    gatewayId: 'gw-1',
    bootId: SESSION,
    run: '01928b2f-0000-7000-8000-000000000001',
    principal: 'agent-1',
    rootPrincipal: 'ana',
    lineage: [],
    origin: { address: '192.0.2.7', port: 40_122, client: null },
    target,
    observables: [],
    prevHash: HASH,
    hash: HASH,
    ...envelope,
    type,
    body,
  }
  return event as unknown as EventOf<T>
}

export function jsonBody(value: unknown, mediaType = 'application/json'): HttpBody {
  return { mediaType, encoding: null, data: { utf8: typeof value === 'string' ? value : JSON.stringify(value) } }
}

type Asked = EventBody<'kubernetes.request'>

/** A request to a Kubernetes API: `verb` on what `where` names. */
export function aKubernetesRequest(
  verb: string,
  where: Partial<Asked> = {},
  envelope: Partial<KnownEvent> = {},
): EventOf<'kubernetes.request'> {
  const body: Asked = {
    method: 'POST',
    path: '/api/v1/namespaces/shop/pods',
    headers: [['user-agent', 'kubectl/v1.33.2']],
    withheldHeaders: [],
    from: '192.0.2.7:40122',
    httpVersion: '1.1',
    body: null,
    group: '',
    version: 'v1',
    resource: 'pods',
    subresource: null,
    namespace: 'shop',
    name: null,
    query: [],
    isDiscovery: false,
    ...where,
    verb,
  }
  return anEventOf('kubernetes.request', body, envelope)
}
