import type { EventBody } from './bodies.ts'
import type { Observer } from './observer.ts'

type Destination = Pick<EventBody<'pivot.named'>, 'tool' | 'host' | 'object' | 'offset'>

const OF_KUBERNETES: ReadonlySet<string> = new Set(['kubectl', 'oc'])
/** How a pod and a service are called before their names (kubectl api-resources). */
const PODS: ReadonlySet<string> = new Set(['pod', 'pods', 'po'])
const SERVICES: ReadonlySet<string> = new Set(['service', 'services', 'svc'])
const LABELLED = /^[a-z0-9.-]{1,253}$/

/** The destination that a `pivot.named` says: a host or an address, or the pod that a client of Kubernetes enters. */
export function observePivot(observer: Observer, { tool, host, object, offset }: Destination): void {
  if (host !== null) observer.place(host, 'named', offset === null ? '/host' : '/command', offset ?? 0)
  if (object !== null && OF_KUBERNETES.has(tool)) observeObject(observer, object, offset)
}

// `pod`, `namespace/pod`, `svc/name`, `namespace/svc/name`; what is neither a pod nor a service, `deploy/web`, has no name of its own.
function observeObject(observer: Observer, object: string, offset: number | null): void {
  const at = offset === null ? '/object' : '/command'
  const parts = object.split('/')
  if (!parts.every((part) => LABELLED.test(part))) return
  const [first = '', second, third] = parts
  if (third !== undefined) observeKind(observer, first, second ?? '', third, at, offset)
  else if (second !== undefined && (PODS.has(first) || SERVICES.has(first))) observeKind(observer, null, first, second, at, offset)
  else if (second !== undefined) observer.pod(first, second, 'named', at, offset ?? 0)
  else observer.pod(null, first, 'named', at, offset ?? 0)
}

function observeKind(observer: Observer, namespace: string | null, kind: string, name: string, at: string, offset: number | null): void {
  if (PODS.has(kind)) observer.pod(namespace, name, 'named', at, offset ?? 0)
  else if (SERVICES.has(kind)) observer.service(namespace, name, 'named', at, offset ?? 0)
}
