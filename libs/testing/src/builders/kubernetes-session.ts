import { type EventBody, WITHHELD_NOTE } from '@hoptrace/events'
import { type Answer, type Asked, answer, askedOf, completionOf, observedIn } from './exchange.ts'
import { aBody, aJsonBody, SessionBuilder, type SessionOptions } from './session-builder.ts'

type KubernetesRequest = EventBody<'kubernetes.request'>
type Where = Partial<Pick<KubernetesRequest, 'group' | 'version' | 'resource' | 'subresource' | 'namespace' | 'name' | 'isDiscovery'>>
type Step = { waitMs: number; text: string; input?: true }

const KUBECTL: [string, string][] = [
  ['user-agent', 'kubectl/v1.33.2 (linux/amd64) kubernetes/a57b6f7'],
  ['accept', 'application/json, application/vnd.kubernetes.protobuf'],
]
const NO_RESOURCE = { group: '', version: '', resource: null, subresource: null, namespace: null, name: null, isDiscovery: false }

/** Requests of one run to a Kubernetes API server. */
export class KubernetesSessionBuilder extends SessionBuilder {
  private channels = 0

  constructor(options: SessionOptions = {}) {
    super({ target: { name: 'prod', protocol: 'kubernetes', address: '10.0.0.1:6443', account: 'gateway-sa' }, ...options })
  }

  started(): this {
    this.add('session.started', { client: 'kubectl/v1.33.2', database: null, tls: true })
    return this
  }

  /** A request that nothing answered yet. @returns its seq */
  ask(method: string, verb: string, path: string, where: Where, asked: Partial<Asked> = {}): number {
    const query = [...new URL(path, 'https://k').searchParams]
    const found = observedIn(asked.body ?? null, 'asked', [{ text: path, at: '/path' }])
    const request = { ...askedOf(method, path, { headers: KUBECTL, ...asked }), ...NO_RESOURCE, version: 'v1', verb, query, ...where }
    return this.add('kubernetes.request', request, found.result())
  }

  /** A request and its answer. @returns the request's seq */
  exchange(method: string, verb: string, path: string, where: Where, given: Answer, asked: Partial<Asked> = {}): number {
    const request = this.ask(method, verb, path, where, asked)
    answer(this, request, asked.body ?? null, { headers: [['content-type', 'application/json']], ...given })
    return request
  }

  /** What a client asks before it asks anything else. */
  discovery(paths: readonly string[]): void {
    for (const path of paths) {
      const where = { version: '', isDiscovery: true }
      this.after(3).exchange('GET', 'get', path, where, { status: 200, body: aJsonBody({ kind: 'APIGroupList' }), tookMs: 4 })
    }
  }

  /** A command in a container with what its terminal showed. @returns seq of its `kubernetes.exec` */
  exec(namespace: string, pod: string, command: readonly string[], steps: readonly Step[], exitCode: number | null): number {
    const channel = this.channels
    this.channels += 1
    const query = new URLSearchParams({ container: 'app', tty: 'true' })
    for (const word of command) query.append('command', word)
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}/exec?${query}`
    const request = this.ask('GET', 'get', path, { resource: 'pods', subresource: 'exec', namespace, name: pod })
    const flags = { tty: true, stdin: true, stdout: true, stderr: false }
    const what = { namespace, pod, container: 'app', command: [...command], ...flags, subprotocol: 'v5.channel.k8s.io' }
    const seq = this.after(41).add('kubernetes.exec', { channel, request, kind: 'exec', ...what })
    answer(this, request, null, { status: 101, stream: 'websocket', end: null, tookMs: 0.4 })
    this.after(2).add('terminal.resize', { channel, cols: 100, rows: 28 })
    for (const step of steps) this.step(channel, step)
    const [status, reason, message] =
      exitCode === 0 ? (['Success', null, null] as const) : (['Failure', 'NonZeroExitCode', `exit code ${exitCode}`] as const)
    this.after(30).add('kubernetes.exit', { channel, exitCode, status, reason, message, stdoutBytes: 900, stderrBytes: 0, stdinBytes: 60 })
    this.add('http.ended', { request, ...completionOf(9_000_000, null, 960), messages: { toTarget: 30, toCaller: 28 } })
    return seq
  }

  private step(channel: number, { waitMs, text, input }: Step): void {
    this.after(waitMs)
    if (input) this.add('terminal.input', { channel, data: { utf8: text }, isEchoed: true })
    else this.add('terminal.output', { channel, stream: 'stdout', data: { utf8: text } })
  }

  ended(): this {
    this.after(300_000).add('session.ended', { reason: 'idle', message: null })
    return this
  }
}

/** The password that this session's answers and shell name. */
export const KUBERNETES_SECRET = 'Heron-41c8-0a'

/** A session of an agent with a cluster: discovery, reads, a pod that it makes and enters, a watch, logs, refusals, a tunnel. */
export function aKubernetesSession(options: SessionOptions = {}): KubernetesSessionBuilder {
  const session = new KubernetesSessionBuilder(options).started()
  const groups = ['apps', 'batch', 'networking.k8s.io', 'rbac.authorization.k8s.io', 'policy', 'autoscaling']
  session.discovery(['/api', '/apis', '/api/v1', ...groups.map((group) => `/apis/${group}/v1`)])
  reads(session)
  entersAPod(session)
  isRefused(session)
  streams(session)
  return session.ended()
}

const pod = (name: string, node: string) => ({
  metadata: { name, namespace: 'shop', labels: { app: name.split('-')[0] } },
  spec: {
    nodeName: node,
    containers: [{ name: 'app', image: 'registry.internal/shop/web:4.2', env: [{ name: 'DB_PASSWORD', value: KUBERNETES_SECRET }] }],
  },
  status: { phase: 'Running', podIP: '10.42.3.17' },
})

function reads(session: KubernetesSessionBuilder): void {
  const list = { kind: 'PodList', apiVersion: 'v1', items: [pod('web-7c9d', 'node-a'), pod('worker-55f1', 'node-b')] }
  session
    .after(40)
    .exchange(
      'GET',
      'list',
      '/api/v1/namespaces/shop/pods?limit=500',
      { resource: 'pods', namespace: 'shop' },
      { status: 200, body: aJsonBody(list), tookMs: 22 },
    )
  session
    .after(800)
    .exchange(
      'GET',
      'get',
      '/api/v1/namespaces/shop/pods/web-7c9d',
      { resource: 'pods', namespace: 'shop', name: 'web-7c9d' },
      { status: 200, body: aJsonBody(list.items[0]) },
    )
  const secret = {
    kind: 'Secret',
    metadata: { name: 'ledger', namespace: 'shop' },
    data: { password: WITHHELD_NOTE, user: WITHHELD_NOTE },
    type: 'Opaque',
  }
  const withheld = { ...aJsonBody(secret), withheld: ['/data/password', '/data/user'] }
  session
    .after(500)
    .exchange(
      'GET',
      'get',
      '/api/v1/namespaces/shop/secrets/ledger',
      { resource: 'secrets', namespace: 'shop', name: 'ledger' },
      { status: 200, body: withheld, tookMs: 9 },
    )
  const map = { kind: 'ConfigMap', metadata: { name: 'deploy' }, data: { 'bastion.host': 'bastion.internal', 'deploy.key': PEM } }
  session
    .after(90)
    .exchange(
      'GET',
      'get',
      '/api/v1/namespaces/shop/configmaps/deploy',
      { resource: 'configmaps', namespace: 'shop', name: 'deploy' },
      { status: 200, body: aJsonBody(map) },
    )
  session
    .after(60)
    .exchange(
      'GET',
      'list',
      '/apis/apps/v1/namespaces/shop/deployments',
      { group: 'apps', resource: 'deployments', namespace: 'shop' },
      { status: 200, body: aJsonBody({ kind: 'DeploymentList', items: [] }) },
    )
}

const PEM = `-----BEGIN PRIVATE KEY-----\n${'MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQi\n'.repeat(2)}-----END PRIVATE KEY-----\n`

function entersAPod(session: KubernetesSessionBuilder): void {
  const spec = {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name: 'probe', namespace: 'shop' },
    spec: { hostNetwork: true, containers: [{ name: 'app', image: 'registry.internal/tools/net:1' }] },
  }
  const where = { resource: 'pods', namespace: 'shop' }
  session
    .after(1400)
    .exchange(
      'POST',
      'create',
      '/api/v1/namespaces/shop/pods?fieldManager=kubectl-run',
      where,
      { status: 201, body: aJsonBody({ ...spec, status: { phase: 'Pending' } }), tookMs: 61 },
      { body: aJsonBody(spec) },
    )
  session.after(2100).exec('shop', 'probe', ['sh'], SHELL, 0)
  session
    .after(900)
    .exec(
      'shop',
      'web-7c9d',
      ['cat', '/etc/ledger/ledger.env'],
      [{ waitMs: 30, text: 'cat: /etc/ledger/ledger.env: No such file or directory\r\n' }],
      1,
    )
}

const PROMPT = '\u001b[?2004h/ # '
const SHELL: Step[] = [
  { waitMs: 90, text: PROMPT },
  ...typed('hostname', 'probe\r\n'),
  ...typed('env | grep LEDGER', `LEDGER_HOST=ledger.internal\r\nLEDGER_PASSWORD=${KUBERNETES_SECRET}\r\n`),
  ...typed('nc -vz ledger.internal 5432', '\u001b[32mledger.internal (10.0.4.9:5432) open\u001b[0m\r\n'),
  { waitMs: 700, text: 'exit', input: true },
  { waitMs: 5, text: 'exit' },
  { waitMs: 80, text: '\r', input: true },
  { waitMs: 4, text: '\u001b[?2004l\r\n' },
]

function typed(line: string, result: string): Step[] {
  const keys = [...line].flatMap((key): Step[] => [
    { waitMs: 60, text: key, input: true },
    { waitMs: 6, text: key },
  ])
  const entered: Step[] = [
    { waitMs: 180, text: '\r', input: true },
    { waitMs: 5, text: '\u001b[?2004l\r\n' },
  ]
  return [{ waitMs: 600, text: '' }, ...keys, ...entered, { waitMs: 220, text: result }, { waitMs: 3, text: PROMPT }].filter(
    ({ text }) => text !== '',
  )
}

function isRefused(session: KubernetesSessionBuilder): void {
  const status = (reason: string, code: number, message: string) =>
    aJsonBody({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code, message })
  const forbidden = 'pods "etcd-0" is forbidden: outside the namespaces of this run'
  session
    .after(1200)
    .exchange(
      'DELETE',
      'delete',
      '/api/v1/namespaces/kube-system/pods/etcd-0',
      { resource: 'pods', namespace: 'kube-system', name: 'etcd-0' },
      { status: 403, body: status('Forbidden', 403, forbidden), refused: 'not-granted', tookMs: 1 },
    )
  session
    .after(150)
    .exchange(
      'GET',
      'get',
      '/api/v1/namespaces/shop/pods/gone',
      { resource: 'pods', namespace: 'shop', name: 'gone' },
      { status: 404, body: status('NotFound', 404, 'pods "gone" not found') },
    )
  session
    .after(300)
    .exchange(
      'GET',
      'list',
      '/apis/batch/v1/jobs',
      { group: 'batch', resource: 'jobs' },
      { status: 500, body: status('InternalError', 500, 'etcdserver: request timed out'), tookMs: 7002 },
    )
}

function streams(session: KubernetesSessionBuilder): void {
  const where = { resource: 'pods', namespace: 'shop' }
  const watch = session.after(100).ask('GET', 'watch', '/api/v1/namespaces/shop/pods?watch=true&resourceVersion=48211', where)
  const added = `${JSON.stringify({ type: 'MODIFIED', object: pod('web-7c9d', 'node-a') })}\n`
  answer(session, watch, null, {
    status: 200,
    headers: [['content-type', 'application/json']],
    body: aBody(added),
    stream: 'watch',
    end: null,
  })
  const log = session.after(40).ask('GET', 'get', '/api/v1/namespaces/shop/pods/web-7c9d/log?follow=true&container=app', {
    ...where,
    subresource: 'log',
    name: 'web-7c9d',
  })
  const lines = '10:01:11 GET /cart 200 4ms\n10:01:12 GET /cart/items 200 9ms\n10:01:12 POST /checkout 502 31ms\n'
  answer(session, log, null, {
    status: 200,
    headers: [['content-type', 'text/plain']],
    body: aBody(lines, 'text/plain'),
    stream: 'log',
    end: null,
  })
  const forward = session.after(900).ask('GET', 'get', '/api/v1/namespaces/shop/pods/web-7c9d/portforward?ports=8080', {
    ...where,
    subresource: 'portforward',
    name: 'web-7c9d',
  })
  answer(session, forward, null, { status: 101, stream: 'websocket', end: null })
  const tunnel = { request: forward, namespace: 'shop', pod: 'web-7c9d', ports: [8080] }
  session.add('kubernetes.forward', { ...tunnel, phase: 'opened', bytesToTarget: 0, bytesToCaller: 0 })
  session.after(6100).add('kubernetes.forward', { ...tunnel, phase: 'closed', bytesToTarget: 2210, bytesToCaller: 88_120 })
  session.add('http.ended', { request: forward, ...completionOf(6_140_000, null, 88_120) })
  session
    .after(4000)
    .add('http.ended', { request: log, ...completionOf(11_000_000, null, 64_210), isComplete: false, message: 'the caller went away' })
  session.add('http.ended', {
    request: watch,
    ...completionOf(11_400_000, null, 9_120),
    messages: { toTarget: 0, toCaller: 14 },
    isComplete: false,
    message: 'the caller went away',
  })
}
