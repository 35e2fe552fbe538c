import { isConnecting, type RequestInfo } from '@hoptrace/events'
import type { HeaderFields, Refusal } from '../http/index.ts'
import { offered } from './sent-headers.ts'

/**
 * Why a request that opens a connection into a pod, or wants its own upgraded, does not go on: SPDY and other protocols
 * cannot be recorded. Null where it may.
 */
export function refusedUpgrade(info: RequestInfo, isWebSocket: boolean, fields: HeaderFields): Refusal | null {
  if (!isConnecting(info)) return isWebSocket ? refusal('WebSockets are passed on for exec, attach and port-forward alone') : null
  if (!isWebSocket) {
    const first = info.subresource === 'portforward' ? '1.31' : '1.30'
    return refusal(`${info.subresource} goes over WebSocket alone, not over SPDY: use kubectl ${first} or later`)
  }
  const isOffered = offered(info, fields.first('sec-websocket-protocol') ?? '').length > 0
  return isOffered ? null : refusal(`none of the subprotocols that are offered for ${info.subresource} can be recorded`)
}

function refusal(detail: string): Refusal {
  return { status: 403, reason: 'not-offered', detail }
}
