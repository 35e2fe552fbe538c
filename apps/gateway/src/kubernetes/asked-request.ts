import type { IncomingMessage } from 'node:http'
import { actionOf, type RequestInfo, requestInfo } from '@hoptrace/events'
import type { AccessRequest } from '../access/access-control.ts'
import { clientNameOf, HeaderFields, malformedHead, type PresentedToken, presentedToken, type Refusal } from '../http/index.ts'
import { clusterPath } from './cluster-path.ts'

/** A request as far as it can be read without its body. */
export type AskedRequest = {
  fields: HeaderFields
  token: PresentedToken
  /** Name of the target. */
  cluster: string
  /** Path and query as they go to the target. */
  path: string
  query: URLSearchParams
  info: RequestInfo
  /** For people: `delete pods/web-1 in shop`. */
  action: string
}

/** Shorter tokens stand in any path. */
const MIN_TOKEN = 8

/** Reads what is asked. `unread` is what goes no further, with as much of it as can be told. */
export function readAsked(
  req: IncomingMessage,
): { kind: 'asked'; asked: AskedRequest } | { kind: 'unread'; refusal: Refusal; of: AccessRequest } {
  const { method = '', url = '' } = req
  const fields = new HeaderFields(req.rawHeaders)
  const token = presentedToken(fields)
  const place = clusterPath(url)
  const [path, search] = split(place?.path ?? '')
  const query = new URLSearchParams(search)
  const info = place && requestInfo(method, path, query)
  const refusal = malformedHead(req, fields) ?? unreadable(place?.path ?? null, info, search, secretOf(token))
  if (refusal || !place || !info) {
    return {
      kind: 'unread',
      refusal: refusal ?? malformed(''),
      of: accessRequest(req, { fields, token, cluster: place?.name ?? '', action: method }),
    }
  }
  return { kind: 'asked', asked: { fields, token, cluster: place.name, path: place.path, query, info, action: actionOf(info, path) } }
}

function unreadable(path: string | null, info: RequestInfo | null, search: string, token: string | null): Refusal | null {
  if (path === null) return malformed('the request names no cluster: /clusters/NAME/…')
  if (info === null || namesNothing(info)) return malformed('the path can be read in more than one way')
  // What is proxied reads its query in its own way.
  if (info.subresource !== 'proxy' && !isPlainQuery(search)) return malformed('the query can be read in more than one way')
  const isTokenShown = token !== null && token.length >= MIN_TOKEN && path.includes(token)
  return isTokenShown ? malformed('the run token stands in the path') : null
}

// Behind `proxy` segments may be empty, and a namespace may be called so: there the server would list what it is not asked to.
function namesNothing({ resource, namespace, name, subresource }: RequestInfo): boolean {
  return [resource, namespace, name, subresource].includes('')
}

/**
 * Is a query the same to every reader? The API server drops a parameter with a semicolon or a broken escape, and others do
 * not: then another command would run than the one that is recorded.
 */
export function isPlainQuery(search: string): boolean {
  if (!/^[\x21-\x7e]*$/.test(search) || search.startsWith('?') || search.includes(';')) return false
  try {
    decodeURIComponent(search)
    return true
  } catch {
    return false
  }
}

function malformed(detail: string): Refusal {
  return { status: 400, reason: 'malformed', detail }
}

/** The same for the decision on it. Without `info` it is within no scope. */
export function accessRequest(
  { socket }: IncomingMessage,
  { fields, token, cluster, action, info }: Pick<AskedRequest, 'fields' | 'token' | 'cluster' | 'action'> & { info?: RequestInfo },
): AccessRequest {
  const { remoteAddress: address = '', remotePort: port = 0 } = socket
  return {
    protocol: 'kubernetes',
    presented: token.presented,
    asked: { target: cluster, account: null, database: null, action, ...(info ? { scope: { kubernetes: info } } : {}) },
    origin: { address, port, client: clientNameOf(fields) },
  }
}

/** The run token; null where none was presented. */
export function secretOf({ presented }: PresentedToken): string | null {
  return 'secret' in presented ? presented.secret : null
}

function split(path: string): [path: string, query: string] {
  const at = path.indexOf('?')
  return at < 0 ? [path, ''] : [path.slice(0, at), path.slice(at + 1)]
}
