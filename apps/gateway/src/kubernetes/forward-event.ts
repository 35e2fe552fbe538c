import { type EventBody, Observer } from '@hoptrace/events'
import type { EventLog } from '../http/index.ts'

/** Which tunnel, of which request. */
export type ForwardAsked = Pick<EventBody<'kubernetes.forward'>, 'request' | 'namespace' | 'pod' | 'ports'>

export function appendForward(
  log: EventLog,
  { request, namespace, pod, ports }: ForwardAsked,
  phase: EventBody<'kubernetes.forward'>['phase'],
  bytes = { toTarget: 0, toCaller: 0 },
): void {
  const found = new Observer(log.digestKey).pod(namespace, pod, 'target', '/pod').result()
  const body = { request, phase, namespace, pod, ports, bytesToTarget: bytes.toTarget, bytesToCaller: bytes.toCaller }
  log.append('kubernetes.forward', body, found)
}
