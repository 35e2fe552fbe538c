import type { EventBody, HttpBody } from './bodies.ts'
import { textOf } from './bytes.ts'
import { canonicalAddress, canonicalHost, urlForms } from './canonical-value.ts'
import { looksLikeJson } from './json-reader.ts'
import type { ObservableRole } from './observable.ts'
import type { Observer } from './observer.ts'
import { scanText } from './scan.ts'
import type { JsonContext } from './scan-json.ts'

type AskedOverHttp = Pick<EventBody<'http.request'>, 'path' | 'headers' | 'body'>

/**
 * What an HTTP request names, and where it goes.
 * @param host that it goes to, as the caller named it; null where that is the gateway's own, and names no target
 */
export function observeHttpRequest(observer: Observer, asked: AskedOverHttp, host: string | null): void {
  const { path } = asked
  if (host !== null) observeUrl(observer, host, path)
  const query = path.indexOf('?')
  observer.text(query < 0 ? path : path.slice(0, query), 'asked', '/path')
  observeAsked(observer, asked)
}

/** What a request to a Kubernetes API server names. The pod that it is about is where it goes. */
export function observeKubernetesRequest(observer: Observer, asked: EventBody<'kubernetes.request'>): void {
  const { resource, subresource, namespace, name } = asked
  if (resource === 'pods' && name !== null) observer.pod(namespace, name, 'target', '/name')
  if (resource === 'services' && subresource === 'proxy' && name !== null) observer.service(namespace, serviceOf(name), 'target', '/name')
  observeAsked(observer, asked, { resource, namespace })
}

/** What an answer over HTTP holds. @param context of the request that it answers, where that is known */
export function observeHttpResponse(observer: Observer, answer: EventBody<'http.response'>, context: JsonContext = {}): void {
  observeHeaders(observer, answer.headers, 'answered')
  if (answer.redirect) observer.text(answer.redirect.to, 'answered', '/redirect/to')
  observeHttpBody(observer, answer.body, 'answered', context)
}

export function observeHttpMessage(observer: Observer, { direction, data, kind }: EventBody<'http.message'>): void {
  if (kind === 'binary') return
  const text = textOf(data)
  const role = direction === 'toTarget' ? 'asked' : 'answered'
  observer.body(text, null, role, 'utf8' in data ? '/data/utf8' : '')
  // What only JSON tells stands where its lines were joined.
  const json = kind === 'event' ? sentData(text) : ''
  if (looksLikeJson(json)) observer.json(json, role, '')
}

/** The data of a server-sent event (WHATWG HTML, 9.2.6): its lines of that name, without it. */
function sentData(text: string): string {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.startsWith('data:'))
  return lines.map((line) => line.slice('data:'.length).replace(/^ /, '')).join('\n')
}

// `https:billing:8443` names the scheme and the port of the service beside it.
function serviceOf(name: string): string {
  const parts = name.split(':')
  return parts.length === 3 ? (parts[1] ?? '') : (parts[0] ?? '')
}

function observeAsked(observer: Observer, { path, headers, body }: AskedOverHttp, context: JsonContext = {}): void {
  const query = path.indexOf('?')
  if (query >= 0) observer.pairs(path.slice(query + 1), 'asked', '/path', query + 1)
  observeHeaders(observer, headers, 'asked')
  observeHttpBody(observer, body, 'asked', context)
}

/** Fields of the protocol's own that name nothing; nearly every message has them. Where `host` names a target it is looked at apart. */
const DULL: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'accept-ranges',
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'expires',
  'host',
  'if-modified-since',
  'keep-alive',
  'last-modified',
  'pragma',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-site',
  'sec-websocket-accept',
  'sec-websocket-key',
  'sec-websocket-version',
  'te',
  'transfer-encoding',
  'upgrade',
  'vary',
])

function observeHeaders(observer: Observer, headers: readonly [string, string][], role: ObservableRole): void {
  for (let n = 0; n < headers.length; n++) {
    const [name, value] = headers[n] ?? ['', '']
    if (DULL.has(name) || nothingIn.has(value)) continue
    const found = [...scanText(value)]
    if (found.length > 0) observer.addAll(found, role, `/headers/${n}/1`)
    else if (value.length <= MAX_KEPT_LENGTH) keep(value)
  }
}

/** Values of fields in which nothing was found: a caller sends the same ones with each of its requests. */
const nothingIn = new Set<string>()
const MAX_KEPT = 1024
const MAX_KEPT_LENGTH = 256

function keep(value: string): void {
  if (nothingIn.size >= MAX_KEPT) nothingIn.clear()
  nothingIn.add(value)
}

function observeHttpBody(observer: Observer, body: HttpBody | null, role: ObservableRole, context: JsonContext): void {
  if (!body?.data) return
  const at = 'utf8' in body.data ? '/body/data/utf8' : ''
  observer.body(textOf(body.data), body.mediaType, role, at, context)
}

// Whether the target is spoken to over TLS its name does not say: a URL that was read meets the one that is asked for under either.
function observeUrl(observer: Observer, host: string, path: string): void {
  const name = host.replace(/:\d{1,5}$/, '')
  const address = canonicalAddress(name)
  const canonical = address ? null : canonicalHost(name)
  if (address) observer.add({ kind: 'address', canonical: address, offset: 0 }, 'target', '/host')
  if (canonical) observer.add({ kind: 'host', canonical, offset: 0 }, 'target', '/host')
  if (!path.startsWith('/') || path === '/' || !(address || canonical)) return
  for (const form of formsUnderBothSchemes(host, path)) observer.add({ kind: 'url', canonical: form, offset: 0 }, 'target', '/path')
}

// The two differ in the port alone that need not be said.
function formsUnderBothSchemes(host: string, path: string): string[] {
  const plain = urlForms(`http://${host}${path}`)
  if (/:(?:80|443)$/.test(host)) return [...plain, ...urlForms(`https://${host}${path}`)]
  return [...plain, ...plain.map((form) => form.replace('http:', 'https:'))]
}
