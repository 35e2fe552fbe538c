import { apiSegments } from './api-path.ts'

/** What a request asks of the API server, in the words of its authorisation. */
export type RequestInfo = {
  /** As RBAC names it; of what is no resource the method in lower case. */
  verb: string
  /** Empty for the core group. */
  group: string
  version: string
  /** Plural; null where the path names none. */
  resource: string | null
  subresource: string | null
  namespace: string | null
  name: string | null
  /** Does it read only what the server offers? */
  isDiscovery: boolean
}

const VERBS: Readonly<Record<string, string>> = { POST: 'create', GET: 'get', HEAD: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }
const SPECIAL_VERBS = ['proxy', 'watch']
const NAMESPACE_SUBRESOURCES = ['status', 'finalize']
const DISCOVERY = /^\/(?:api|api\/[^/]+|apis|apis\/[^/]+|apis\/[^/]+\/[^/]+|openapi(?:\/.*)?|swagger-2\.0\.0\.pb-v1|version)\/?$/

/**
 * Reads a request as RequestInfo of the API server does (k8s.io/apiserver, pkg/endpoints/request/requestinfo.go), so
 * that a grant's scope is held against what the server will do.
 * @param path without the query
 * @returns null for a path that cannot be read in one way only: it must not go on
 */
export function requestInfo(method: string, path: string, query: URLSearchParams): RequestInfo | null {
  const segments = apiSegments(path)
  if (segments === null) return null
  const info = notResource(method, path)
  const [prefix, ...parts] = segments
  if (prefix !== 'api' && prefix !== 'apis') return info
  if (parts.length < (prefix === 'api' ? 2 : 3)) return info
  const group = prefix === 'apis' ? (parts.shift() ?? '') : ''
  const version = parts.shift() ?? ''
  return resourceRequest({ ...info, group, version, isDiscovery: false }, method, parts, query)
}

function notResource(method: string, path: string): RequestInfo {
  const isDiscovery = (method === 'GET' || method === 'HEAD') && DISCOVERY.test(path)
  const verb = method.toLowerCase()
  return { verb, group: '', version: '', resource: null, subresource: null, namespace: null, name: null, isDiscovery }
}

function resourceRequest(info: RequestInfo, method: string, parts: string[], query: URLSearchParams): RequestInfo | null {
  const special = SPECIAL_VERBS.includes(parts[0] ?? '') ? parts.shift() : undefined
  if (parts.length === 0) return null
  const verb = special ?? VERBS[method] ?? ''
  let namespace: string | null = null
  let rest = parts
  if (parts[0] === 'namespaces' && parts.length > 1) {
    namespace = parts[1] ?? null
    if (parts.length > 2 && !NAMESPACE_SUBRESOURCES.includes(parts[2] ?? '')) rest = parts.slice(2)
  }
  const [resource = null, name = null, third = null] = rest
  const subresource = special === undefined ? third : null
  return named({ ...info, verb, resource, namespace, name, subresource }, query)
}

// Without a name, a read is a list or a watch, and a deletion is of all.
function named(info: RequestInfo, query: URLSearchParams): RequestInfo {
  if (info.name !== null) return info
  if (info.verb === 'delete') return { ...info, verb: 'deletecollection' }
  if (info.verb !== 'get') return info
  return { ...info, verb: isSet(query.get('watch')) ? 'watch' : 'list', name: selectedName(query.get('fieldSelector') ?? '') }
}

// As the server converts queries: what is there and does not say no says yes.
function isSet(value: string | null): boolean {
  return value !== null && !['0', 'false'].includes(value.toLowerCase())
}

function selectedName(selector: string): string | null {
  const name = /(?:^|,)metadata\.name==?([^,!=]+)(?:,|$)/.exec(selector)?.[1]
  return name !== undefined && /^[^/%]+$/.test(name) && name !== '.' && name !== '..' ? name : null
}

/** For people: `delete pods/web-1 in shop`, `get pods/web-1/log in shop`, `get /version`. */
export function actionOf({ verb, group, resource, subresource, namespace, name }: RequestInfo, path: string): string {
  if (resource === null) return `${verb} ${path}`
  const kind = group === '' ? resource : `${resource}.${group}`
  const parts = [kind, name, subresource].filter((part) => part !== null)
  return `${verb} ${parts.join('/')}${namespace === null ? '' : ` in ${namespace}`}`
}

/** A cheap look at where a request leads, for what must be known before its body. */
export function isConnecting(info: RequestInfo): boolean {
  return info.resource === 'pods' && ['exec', 'attach', 'portforward'].includes(info.subresource ?? '')
}
