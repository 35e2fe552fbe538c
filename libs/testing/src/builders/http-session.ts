import { type Answer, type Asked, answer, askedOf, completionOf, observedIn } from './exchange.ts'
import { aBody, aDigest, aJsonBody, anObserver, SessionBuilder, type SessionOptions } from './session-builder.ts'

const JSON_TYPE: [string, string] = ['content-type', 'application/json; charset=utf-8']
const AGENT: [string, string][] = [
  ['host', 'billing.internal'],
  ['user-agent', 'reconciler/2.1 (undici 7.30)'],
  ['accept', 'application/json'],
]

/** Requests of one run to an HTTP service. */
export class HttpSessionBuilder extends SessionBuilder {
  constructor(options: SessionOptions = {}) {
    super({ target: { name: 'billing', protocol: 'http', address: '10.0.0.5:8080', account: 'svc-agent' }, ...options })
  }

  started(): this {
    this.add('session.started', { client: 'undici', database: null, tls: false })
    return this
  }

  /** A request that nothing answered yet. @returns its seq */
  ask(method: string, path: string, asked: Partial<Asked> = {}): number {
    const body = asked.body ?? null
    const found = observedIn(body, 'asked', [{ text: path, at: '/path' }])
    if (asked.withheldHeaders === undefined) found.presented('the-callers-own-credential')
    const request = { ...askedOf(method, path, { headers: AGENT, ...asked }), host: 'billing.internal', ...asked }
    return this.add('http.request', request, found.result())
  }

  /** A request and its answer. @returns the request's seq */
  exchange(method: string, path: string, given: Answer, asked: Partial<Asked> = {}): number {
    const request = this.ask(method, path, asked)
    answer(this, request, asked.body ?? null, { headers: given.body ? [JSON_TYPE] : [], ...given })
    return request
  }

  /** A tool that was called over JSON-RPC, in the answer's place of another request. @returns the call's seq */
  tool(name: string, args: unknown, result: unknown, { isError = false, id = 1 } = {}): number {
    const body = aJsonBody({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } })
    const request = this.ask('POST', '/mcp', { body })
    const text = JSON.stringify(args)
    const called = { request, protocol: 'mcp' as const, id: String(id), name, arguments: text }
    const call = this.add('tool.call', called, anObserver().text(text, 'asked', '/arguments').result())
    answer(this, request, body, { status: 200, headers: [JSON_TYPE], body: aJsonBody({ jsonrpc: '2.0', id, result }), tookMs: 48 })
    this.add('tool.result', { call, isError, result: JSON.stringify(result), durationUs: 48_300 })
    return call
  }

  ended(): this {
    this.after(300_000).add('session.ended', { reason: 'idle', message: null })
    return this
  }
}

/** The password that this session's answers and tools name: a reader without the right sees none of it. */
export const HTTP_SECRET = 'Kestrel-9f2b-77'

/** A session of an agent with an internal HTTP service: reads, writes, refusals, streams, tools, and a request that nobody answered. */
export function anHttpSession(options: SessionOptions = {}): HttpSessionBuilder {
  const session = new HttpSessionBuilder(options).started()
  reads(session)
  writes(session)
  tools(session)
  streams(session)
  session.after(200).ask('GET', '/v1/reports/2026-09?format=parquet')
  return session.ended()
}

function reads(session: HttpSessionBuilder): void {
  const invoices = Array.from({ length: 6 }, (_, n) => ({
    id: 7000 + n,
    customer: `c-${410 + n}`,
    total: 129.5 * (n + 1),
    paid: n % 2 === 0,
  }))
  session
    .after(120)
    .exchange('GET', '/v1/invoices?limit=6', { status: 200, body: aJsonBody({ items: invoices, next: 'cur_7006' }), tookMs: 34 })
  session
    .after(40)
    .exchange('GET', `/v1/export?token=${HTTP_SECRET}&format=csv`, { status: 200, body: aBody('id,total\r\n7000,129.5\r\n', 'text/csv') })
  const settings = {
    queue: { url: 'amqp://queue.internal:5672', user: 'billing', password: HTTP_SECRET },
    retries: 3,
    api_tokens: [HTTP_SECRET],
  }
  session
    .after(900)
    .exchange('GET', '/v1/admin/settings', { status: 200, body: aJsonBody(settings), withheldHeaders: ['set-cookie'], tookMs: 18 })
  session.after(25).exchange('GET', '/v1/invoices/9999', { status: 404, body: aJsonBody({ title: 'Not found', status: 404 }), tookMs: 6 })
  session.after(60).exchange('GET', '/v1/invoices/7001/pdf', {
    status: 200,
    headers: [['content-type', 'application/pdf']],
    body: { mediaType: 'application/pdf', encoding: null },
    bytes: 184_220,
    tookMs: 210,
  })
}

function writes(session: HttpSessionBuilder): void {
  const body = aJsonBody({ customer: 'c-410', lines: [{ sku: 'A-17', count: 3, price: 12.5 }], note: null, draft: false })
  session
    .after(700)
    .exchange(
      'POST',
      '/v1/invoices',
      { status: 201, body: aJsonBody({ id: 7010 }), headers: [['location', '/v1/invoices/7010'], JSON_TYPE] },
      { body },
    )
  session
    .after(80)
    .exchange('DELETE', '/v1/invoices/7010', { status: 403, body: aJsonBody({ title: 'Forbidden', detail: 'needs billing:write' }) })
  const redirect = { to: 'https://login.example.com/?next=%2Fv1%2Fadmin', isElsewhere: true }
  session.after(80).exchange('GET', '/v1/admin', { status: 302, headers: [['location', redirect.to]], redirect })
  const refused = 'the target did not answer within 30 s'
  session.after(300).exchange('POST', '/v1/reconcile', { status: 504, refused, tookMs: 30_002 }, { body: aJsonBody({ month: '2026-09' }) })
}

function tools(session: HttpSessionBuilder): void {
  session
    .after(500)
    .tool('search_invoices', { query: 'overdue', limit: 5 }, { content: [{ type: 'text', text: '2 invoices are overdue.' }] })
  const args = { host: 'ledger.internal', user: 'ledger', password: HTTP_SECRET }
  session
    .after(140)
    .tool('open_connection', args, { content: [{ type: 'text', text: 'connection refused' }], isError: true }, { isError: true, id: 2 })
}

function streams(session: HttpSessionBuilder): void {
  const events = session.after(400).ask('GET', '/v1/events')
  answer(session, events, null, { status: 200, headers: [['content-type', 'text/event-stream']], stream: 'sse', end: null })
  for (const [n, state] of ['queued', 'running', 'done'].entries()) {
    const data = { utf8: `id: ${n}\nevent: job\ndata: {"job":"rec-118","state":"${state}"}\n\n` }
    session.after(650).add('http.message', { request: events, direction: 'toCaller', kind: 'event', data })
  }
  const ended = { ...completionOf(2_120_000, null, 412), messages: { toTarget: 0, toCaller: 3 }, message: 'the target ended the stream' }
  session.after(130).add('http.ended', { request: events, ...ended })
  const socket = session.after(90).ask('GET', '/v1/live', { headers: [...AGENT, ['upgrade', 'websocket']] })
  answer(session, socket, null, { status: 101, headers: [['upgrade', 'websocket']], stream: 'websocket', end: null })
  const hello = { request: socket, kind: 'text' as const, data: { utf8: '{"subscribe":"invoices"}' } }
  session.after(20).add('http.message', { ...hello, direction: 'toTarget' })
  const cut = { data: { utf8: '{"invoice":7001,"state":"paid","lines":[' }, truncated: { kept: 41, total: 18_220 } }
  session.after(310).add('http.message', { request: socket, kind: 'text', direction: 'toCaller', ...cut })
  const closed = { ...completionOf(5_480_000, null, 18_400), sha256ToCaller: aDigest('w'), messages: { toTarget: 1, toCaller: 240 } }
  session.after(5000).add('http.ended', { request: socket, ...closed, isComplete: false, message: 'the caller went away' })
}
