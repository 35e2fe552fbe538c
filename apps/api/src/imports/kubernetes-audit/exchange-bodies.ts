import { type EventBody, type HttpBody, type RequestInfo, redactedJson, requestInfo, secretsIn, secretsOf } from '@hoptrace/events'
import type { AuditEvent } from './audit-event.ts'

/** Of a body, in bytes. */
const MAX_BODY = 64 * 1024
const MAX_QUERY = 256
const METHODS: ReadonlyMap<string, string> = new Map([
  ['get', 'GET'],
  ['list', 'GET'],
  ['watch', 'GET'],
  ['create', 'POST'],
  ['update', 'PUT'],
  ['patch', 'PATCH'],
  ['delete', 'DELETE'],
  ['deletecollection', 'DELETE'],
  ['connect', 'POST'],
])

/** What an audit event tells of a request. Its headers are those that it tells of; its body is the object, as JSON. */
export function requestOf(event: AuditEvent): EventBody<'kubernetes.request'> {
  const { requestURI, verb } = event
  const info = infoOf(event)
  const search = requestURI.indexOf('?')
  const query = [...new URLSearchParams(search < 0 ? '' : requestURI.slice(search + 1))].slice(0, MAX_QUERY)
  return {
    method: methodOf(verb),
    path: requestURI.toWellFormed(),
    headers: headersOf(event),
    withheldHeaders: [],
    from: event.sourceIPs?.at(-1) ?? '',
    // An audit log does not say.
    httpVersion: '',
    body: bodyOf(event.requestObject, info),
    ...info,
    query: query.map(([name, value]) => [name.toWellFormed(), value.toWellFormed()]),
  }
}

/** What it tells of the answer. @param request seq of the request */
export function responseOf(event: AuditEvent, request: number): EventBody<'http.response'> {
  const { auditID, responseStatus, responseObject, stage } = event
  const durationUs = durationOf(event)
  return {
    request,
    status: stage === 'Panic' ? 500 : (responseStatus?.code ?? null),
    headers: [['audit-id', auditID.toWellFormed()]],
    withheldHeaders: [],
    body: bodyOf(responseObject ?? failureOf(event), infoOf(event)),
    durationUs,
    refused: null,
    ...streamOf(event),
    ...(stage === 'ResponseStarted' ? {} : { end: endOf(event) }),
  }
}

/** Of the bodies on the wire an audit log tells nothing: their sizes are 0, and they have no digests. */
export function endOf(event: AuditEvent): NonNullable<EventBody<'http.response'>['end']> {
  const isPanic = event.stage === 'Panic'
  return {
    durationUs: durationOf(event),
    bytesToTarget: 0,
    sha256ToTarget: null,
    bytesToCaller: 0,
    sha256ToCaller: null,
    isComplete: !isPanic,
    message: isPanic ? 'the API server panicked' : null,
  }
}

// The server's own words for what was asked; of a request that names no object, its path's.
function infoOf(event: AuditEvent): RequestInfo {
  const { objectRef, requestURI, verb } = event
  const [path = '', search = ''] = requestURI.split('?', 2)
  const read = requestInfo(methodOf(verb), path, new URLSearchParams(search))
  const none = {
    group: '',
    version: '',
    resource: null,
    subresource: null,
    namespace: null,
    name: null,
    isDiscovery: read?.isDiscovery ?? false,
  }
  if (!objectRef) return { ...none, verb: verb.toLowerCase().toWellFormed() }
  const { apiGroup: group, apiVersion: version, resource, subresource, namespace, name } = objectRef
  const named = { resource: orNull(resource), subresource: orNull(subresource), namespace: orNull(namespace), name: orNull(name) }
  return { ...none, verb: verb.toLowerCase().toWellFormed(), group, version, ...named }
}

function methodOf(verb: string): string {
  return METHODS.get(verb) ?? verb.toUpperCase().toWellFormed()
}

function orNull(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text
}

function headersOf({ userAgent, impersonatedUser, sourceIPs }: AuditEvent): [string, string][] {
  const headers: [string, string][] = userAgent ? [['user-agent', userAgent]] : []
  const forwarded = sourceIPs?.slice(0, -1) ?? []
  if (forwarded.length > 0) headers.push(['x-forwarded-for', forwarded.slice(0, 16).join(', ')])
  if (impersonatedUser) headers.push(['impersonate-user', impersonatedUser.username])
  for (const group of impersonatedUser?.groups ?? []) headers.push(['impersonate-group', group])
  return headers
}

function streamOf({ verb, objectRef, requestURI, responseStatus }: AuditEvent): { stream?: 'watch' | 'log' | 'websocket' } {
  if (verb === 'watch') return { stream: 'watch' }
  if (objectRef?.subresource === 'log' && /[?&]follow=(?:true|1)(?:&|$)/.test(requestURI)) return { stream: 'log' }
  return responseStatus?.code === 101 ? { stream: 'websocket' } : {}
}

// Where the answer itself is not logged, what is said of its status is, when it tells more than the code.
function failureOf({ responseStatus }: AuditEvent): unknown {
  return responseStatus?.reason === undefined && responseStatus?.message === undefined ? undefined : { kind: 'Status', ...responseStatus }
}

function bodyOf(object: unknown, info: RequestInfo): HttpBody | null {
  if (object === undefined || object === null) return null
  const whole = textOf(object)
  if (whole === null) return { mediaType: 'application/json', encoding: null }
  const secrets = secretsIn(whole, secretsOf(info))
  const redacted = secrets && redactedJson(whole, secrets)
  const bytes = Buffer.from(redacted?.text ?? whole, 'utf8')
  const kept = cut(bytes)
  return {
    mediaType: 'application/json',
    encoding: null,
    data: { utf8: kept.toString('utf8') },
    ...(kept.length === bytes.length ? {} : { truncated: { kept: kept.length, total: bytes.length } }),
    ...(redacted && redacted.withheld.length > 0 ? { withheld: redacted.withheld } : {}),
  }
}

// What is nested deeper than can be written again was made to be.
function textOf(object: unknown): string | null {
  try {
    return JSON.stringify(object)
  } catch {
    return null
  }
}

// Not inside a character.
function cut(bytes: Buffer): Buffer {
  if (bytes.length <= MAX_BODY) return bytes
  let end = MAX_BODY
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.subarray(0, end)
}

function durationOf({ requestReceivedTimestamp, stageTimestamp }: AuditEvent): number {
  return Math.max(0, stageTimestamp - requestReceivedTimestamp)
}
