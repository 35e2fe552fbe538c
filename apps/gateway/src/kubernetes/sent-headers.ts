import { isConnecting, type RequestInfo } from '@hoptrace/events'

const EXEC_PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io']
const FORWARD_PROTOCOLS = ['SPDY/3.1+portforward.k8s.io', 'v4.channel.k8s.io', 'portforward.k8s.io']
/** A bearer token, which a browser cannot put elsewhere. */
const TOKEN_PROTOCOL = 'base64url.bearer.authorization.k8s.io.'

/** What the header fields of a request become on their way, names and values in turn, beside credentials. */
export function sentHeaders(info: RequestInfo, flat: readonly string[]): string[] {
  const sent: string[] = []
  const isStream = info.verb === 'watch' || info.subresource === 'log'
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const [name = '', value = ''] = [flat[at], flat[at + 1]]
    const lower = name.toLowerCase()
    // A stream is read as it passes, line by line.
    if (lower === 'accept-encoding' && isStream) continue
    if (lower === 'accept') sent.push(name, acceptable(info, value))
    else if (lower === 'sec-websocket-protocol') sent.push(name, offered(info, value).join(', '))
    else sent.push(name, value)
  }
  return sent
}

/**
 * Objects are asked for in JSON alone: Kubernetes' protobuf and CBOR, and YAML, can be read by few, and a Secret must be
 * readable to be withheld. Every server has JSON.
 */
export function acceptable(info: RequestInfo, accept: string): string {
  if (info.resource === null || info.subresource === 'log' || info.subresource === 'proxy') return accept
  const types = accept.split(',').filter((type) => /^\s*application\/json\s*(?:;|$)/i.test(type))
  return types.length > 0 ? types.map((type) => type.trim()).join(',') : 'application/json'
}

/** The subprotocols that can be recorded, of those that a caller offers. */
export function offered(info: RequestInfo, value: string): string[] {
  const known = info.subresource === 'portforward' ? FORWARD_PROTOCOLS : EXEC_PROTOCOLS
  return isConnecting(info) ? subprotocols(value).filter((protocol) => known.includes(protocol)) : []
}

/** The token that a browser hides among its subprotocols; null where there is none. */
export function tokenAmong(value: string): string | null {
  const hidden = subprotocols(value).find((protocol) => protocol.startsWith(TOKEN_PROTOCOL))
  return hidden === undefined ? null : Buffer.from(hidden.slice(TOKEN_PROTOCOL.length), 'base64url').toString('utf8')
}

function subprotocols(value: string): string[] {
  return value.split(',').map((protocol) => protocol.trim())
}
