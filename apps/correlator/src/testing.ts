import {
  type DigestKey,
  type EventBody,
  EventChain,
  Observer,
  observeHttpRequest,
  observeHttpResponse,
  observeKubernetesRequest,
  observePivot,
  type PivotRelation,
  type Protocol,
  type SessionEnvelope,
  uuidv7,
} from '@hoptrace/events'

/** Recordings as gateways make them, for tests: encoded events with real observables. Minutes count from 2026-10-03T09:00Z. */

const BEGAN_US = Date.UTC(2026, 9, 3, 9) * 1000
const KEY: DigestKey = { id: 'k1', secret: Buffer.alloc(32, 7) }

let serial = 0
/** The next ids are those that follow `first`: two stories told with the same ids differ in their tenants alone. */
export function idsFrom(first: number): void {
  serial = first
}
export function anId(minute: number): string {
  serial += 1
  const random = Buffer.alloc(10)
  random.writeUInt32BE(serial)
  return uuidv7(Math.floor(usAt(minute) / 1000), random)
}

export function usAt(minute: number): number {
  return BEGAN_US + minute * 60_000_000
}

type Who = { run: string; lineage?: string[]; principal?: string; rootPrincipal?: string }
type Target = { protocol: Protocol; name: string; host?: string; address?: string }

/** A session that a test writes step by step. Each step takes one minute unless it says when. */
export class RecordedSession {
  readonly id: string
  readonly events: Buffer[] = []
  private readonly chain: EventChain

  constructor(
    readonly startMinute: number,
    { run, lineage = [], principal = 'agent', rootPrincipal = 'ana' }: Who,
    target: Target,
    options: { token?: string; from?: string; account?: string } = {},
    tenant = 'default',
  ) {
    this.id = anId(startMinute)
    const { protocol, name, host, address = '10.0.0.1:22' } = target
    const envelope: SessionEnvelope = {
      ...gateway,
      tenant,
      sessionId: this.id,
      run,
      lineage,
      principal,
      rootPrincipal,
      origin: { address: options.from ?? '127.0.0.1', port: 50_000, client: null },
      target: { name, protocol, address, account: options.account ?? 'app' },
    }
    this.chain = new EventChain(envelope)
    const observer = new Observer(KEY)
    if (options.token) observer.presented(options.token)
    if (host) observer.add({ kind: 'host', canonical: host, offset: 0 }, 'target', '/asked/target')
    const asked = { protocol, target: name, account: null, database: null }
    this.step(0, 'access.decided', { decision: 'allow', reason: null, asked, method: 'password', message: null }, observer)
  }

  /** A statement, and an answer of one row. */
  sql(minute: number, text: string, cells: string[]): this {
    const statement: EventBody<'sql.statement'> = {
      text,
      mode: 'simple',
      prepared: null,
      params: [],
      kind: 'SELECT',
      tables: [],
      transaction: 'idle',
    }
    this.step(minute, 'sql.statement', statement, new Observer(KEY).text(text, 'asked', '/text'))
    const answer = new Observer(KEY)
    cells.forEach((cell, column) => void answer.cell(cell, 'answered', `/sample/0/${column}`))
    return this.step(
      minute,
      'sql.result',
      {
        statement: this.chain.lastSeq,
        index: 0,
        tag: 'SELECT 1',
        rows: 1,
        bytes: 10,
        durationUs: 5,
        error: null,
        columns: cells.map((_, column) => ({ name: `c${column}`, oid: 25, type: 'text' })),
        sample: [cells],
        transaction: 'idle',
      },
      answer,
    )
  }

  /** A command over SSH, and what it printed. */
  exec(minute: number, command: string, output = ''): this {
    this.step(minute, 'ssh.exec', { channel: 0, command, pty: null }, new Observer(KEY).text(command, 'asked', '/command'))
    const printed = { channel: 0, stream: 'stdout', data: { utf8: output } } as const
    return this.step(minute, 'terminal.output', printed, new Observer(KEY).text(output, 'answered', '/data/utf8'))
  }

  /** A command that says where it will go, as a gateway tells it. */
  names(minute: number, host: string, { tool = 'ssh', relation = 'connect' as PivotRelation, port = null as number | null } = {}): this {
    const command = `${tool} ${host}`
    this.step(minute, 'ssh.exec', { channel: 0, command, pty: null }, new Observer(KEY).text(command, 'asked', '/command'))
    const said = { event: this.chain.lastSeq, at: '/command', tool, relation, host, port, account: null, object: null, on: null }
    const body: EventBody<'pivot.named'> = { ...said, command, offset: tool.length + 1 }
    const observer = new Observer(KEY)
    observePivot(observer, body)
    return this.step(minute, 'pivot.named', body, observer)
  }

  /** A request over HTTP, with a credential where it has one, and its answer. */
  http(minute: number, host: string, path: string, answer: string, secret?: string, trace?: string): this {
    const asked = { ...anyRequest, path, host }
    const observer = new Observer(KEY)
    observeHttpRequest(observer, asked, host)
    if (secret !== undefined) observer.presented(secret)
    if (trace !== undefined) observer.add({ kind: 'trace', canonical: trace, offset: 0 }, 'asked', '/headers')
    return this.step(minute, 'http.request', asked, observer).answered(minute, answer)
  }

  /** A request for a pod, or for all of a namespace, and its answer. */
  pods(minute: number, namespace: string, name: string | null, answer: string, secret?: string): this {
    const path = `/api/v1/namespaces/${namespace}/pods${name === null ? '' : `/${name}`}`
    const what = {
      verb: 'get',
      group: '',
      version: 'v1',
      resource: 'pods',
      subresource: null,
      namespace,
      name,
      query: [],
      isDiscovery: false,
    }
    const asked = { ...anyRequest, ...what, path }
    const observer = new Observer(KEY)
    observeKubernetesRequest(observer, asked)
    if (secret !== undefined) observer.presented(secret)
    return this.step(minute, 'kubernetes.request', asked, observer).answered(minute, answer, { resource: 'pods', namespace })
  }

  private answered(minute: number, text: string, context = {}): this {
    const body = { mediaType: 'application/json', encoding: null, data: { utf8: text } }
    const heads = { status: 200, headers: [], withheldHeaders: [], durationUs: 5, refused: null }
    const answer: EventBody<'http.response'> = { request: this.chain.lastSeq, ...heads, body }
    const observer = new Observer(KEY)
    observeHttpResponse(observer, answer, context)
    return this.step(minute, 'http.response', answer, observer)
  }

  /** Something was not recorded. */
  gap(minute: number, reason: EventBody<'recording.gap'>['reason']): this {
    return this.step(minute, 'recording.gap', { reason, message: '', fromSeq: null }, new Observer(KEY))
  }

  end(minute: number): this {
    return this.step(minute, 'session.ended', { reason: 'client', message: null }, new Observer(KEY))
  }

  private step<T extends Parameters<EventChain['next']>[0]>(minute: number, type: T, body: EventBody<T>, observer: Observer): this {
    const elapsedUs = minute * 60_000_000
    this.events.push(this.chain.next(type, body, { wallUs: usAt(this.startMinute) + elapsedUs, elapsedUs }, observer.result()))
    return this
  }
}

const anyRequest = { method: 'GET', headers: [], withheldHeaders: [], from: '127.0.0.1:50000', httpVersion: '1.1', body: null }

/** A gateway's own stream: runs that start, and attempts that it refuses. */
export class RecordedGateway {
  readonly id = gateway.bootId
  readonly events: Buffer[] = []
  private readonly chain: EventChain

  constructor(tenant = 'default') {
    this.chain = new EventChain({ ...gateway, tenant, sessionId: gateway.bootId, ...nobody })
  }

  runStarts(minute: number, runId: string, options: { lineage?: string[]; task?: string } = {}): this {
    const { lineage = [], task = 'look at the orders' } = options
    const expiresAt = String(usAt(minute + 600))
    const body = { runId, principal: 'agent', rootPrincipal: 'ana', lineage, agent: null, task, owner: 'ana', grants: [], expiresAt }
    return this.note(minute, 'run.started', body, new Observer(KEY).text(task, 'asked', '/task'))
  }

  refuses(minute: number, target: Target, secret: string, by: EventBody<'access.decided'>['by'] = null): this {
    const asked = { protocol: target.protocol, target: target.name, account: null, database: null }
    const observer = new Observer(KEY).presented(secret)
    if (target.host) observer.add({ kind: 'host', canonical: target.host, offset: 0 }, 'target', '/asked/target')
    const origin = { address: '127.0.0.1', port: 40_000, client: null }
    const body = { decision: 'deny', reason: 'unknown-token', asked, method: 'password', message: 'no', origin, by } as const
    return this.note(minute, 'access.decided', body, observer)
  }

  /** Says that it lives, and so that everything before is recorded. */
  beats(minute: number): this {
    return this.note(minute, 'gateway.heartbeat', { open: [] }, new Observer(KEY))
  }

  private note<T extends Parameters<EventChain['next']>[0]>(minute: number, type: T, body: EventBody<T>, observer: Observer): this {
    const moment = { wallUs: usAt(minute), elapsedUs: (minute + 60) * 60_000_000 }
    this.events.push(this.chain.next(type, body, moment, observer.result()))
    return this
  }
}

const gateway = { tenant: 'default', gatewayId: 'gw-1', bootId: '019aa0c0-0000-7000-8000-00000000b007' }
const nobody = { run: null, principal: null, rootPrincipal: null, lineage: [], origin: null, target: null }
