import type { EventBody, EventType } from '../bodies.ts'
import { EventChain } from '../chain.ts'

const id = '019aa0c0-0000-7000-8000-000000000001'
const channel = 0
const truncated = { kept: 1, total: 2 }

const httpBody = { mediaType: 'application/json', encoding: 'gzip', data: { utf8: '{}' }, truncated, withheld: ['/data/password'] }
const asked = {
  method: 'POST',
  path: '/v1/invoices?limit=1',
  headers: [['accept', '*/*']] as [string, string][],
  withheldHeaders: ['authorization'],
  from: '192.0.2.7:4000',
  httpVersion: '1.1',
  body: httpBody,
}
const completion = {
  durationUs: 12,
  bytesToTarget: 1,
  sha256ToTarget: 'ab'.repeat(32),
  bytesToCaller: 2,
  sha256ToCaller: null,
  messages: { toTarget: 1, toCaller: 2 },
  isComplete: false,
  message: 'the caller went away',
}

/** A body of every type, with what is optional in it. */
export const sampleBodies: { [T in EventType]: EventBody<T> } = {
  'run.started': {
    runId: id,
    principal: 'agent',
    rootPrincipal: 'ana',
    lineage: [id],
    agent: { template: 'reconciler', version: '2.1' },
    task: 'Count the orders',
    owner: 'ana',
    grants: [
      { target: 'orders', protocol: 'postgres' },
      { target: 'bastion', protocol: 'ssh', forward: true },
      { target: 'prod', protocol: 'kubernetes', kubernetes: { namespaces: ['shop'], resources: ['pods/*'], verbs: ['get'] } },
      { target: 'billing', protocol: 'http', http: { methods: ['GET'], paths: ['/v1/**'] } },
    ],
    expiresAt: '1795000000000000',
  },
  'run.revoked': { runId: id, by: 'ana', reason: 'enough' },
  'run.expired': { runId: id },
  'session.started': {
    client: null,
    database: 'shop',
    tls: true,
    imported: { file: 'a.cast', sha256: 'ab'.repeat(32), format: 'asciicast 2' },
    previousBoot: { bootId: id, lastSeq: 3, hash: 'ab'.repeat(32) },
  },
  'session.ended': { reason: 'client', message: null },
  'access.decided': {
    decision: 'deny',
    reason: 'not-granted',
    asked: { protocol: 'ssh', target: 'bastion', account: 'root', database: null },
    method: 'password',
    message: 'no grant',
    origin: { address: '192.0.2.7', port: 4000, client: 'SSH-2.0-x' },
    by: { run: id, principal: 'agent', rootPrincipal: 'ana', lineage: [] },
  },
  'sql.statement': {
    text: 'SELECT $1',
    truncated,
    tail: 'x',
    tailRaw: { base64: '/w==' },
    tailFrom: 9,
    sha256: 'ab'.repeat(32),
    textOf: 1,
    paramsOf: 1,
    raw: { base64: '/w==' },
    mode: 'extended',
    prepared: '',
    params: [{ oid: 25, value: 'x', encoding: 'text', truncated }],
    paramsTruncated: truncated,
    kind: 'SELECT',
    tables: ['orders'],
    transaction: 'idle',
    parts: [[0, 9]],
  },
  'sql.result': {
    statement: 1,
    index: 0,
    tag: 'SELECT 1',
    rows: 1,
    bytes: 20,
    durationUs: 1200,
    error: { severity: 'ERROR', sqlstate: '42P01', message: 'gone', detail: null, hint: null, position: 8 },
    columns: [{ name: 'n', oid: 23, type: 'int4' }],
    columnsTruncated: truncated,
    sample: [['1', null]],
    truncated,
    cutCells: [[0, 0, 9000]],
    hexCells: [[0, 1]],
    copy: { direction: 'out', bytes: 1, chunks: 1, sample: { utf8: 'a' }, truncated },
    transaction: 'failed',
    incomplete: true,
  },
  'sql.notice': { kind: 'copy', severity: null, sqlstate: null, message: '', channel: null, data: { utf8: 'a' }, truncated },
  'terminal.output': { channel, stream: 'stdout', data: { utf8: 'bastion.internal\r\n' }, search: { truncated } },
  'terminal.input': { channel, data: { base64: '/w==' }, isEchoed: false },
  'terminal.resize': { channel, cols: 80, rows: 24 },
  'terminal.marker': { channel, label: 'here' },
  'ssh.exec': { channel, command: 'ls', bytes: { base64: '/w==' }, truncated, pty: { term: 'xterm', cols: 80, rows: 24 } },
  'ssh.exit': { channel, status: 0, signal: null, stdoutBytes: 1, stderrBytes: 0, stdinBytes: 0 },
  'ssh.subsystem': { channel, name: 'sftp', isAccepted: true },
  'ssh.env': { channel, name: 'LANG', value: 'C', isAccepted: false },
  'ssh.signal': { channel, signal: 'INT' },
  'ssh.forward': { channel: null, direction: 'local', phase: 'opened', host: 'db', port: 5432, bytesToTarget: 0, bytesToCaller: 0 },
  'ssh.agent': { channel: null, isRefused: true },
  'file.transfer': { channel, protocol: 'sftp', path: '/etc/hosts', direction: 'download', size: 9, sha256: null, isComplete: true },
  'file.operation': { channel, operation: 'rename', path: '/a', to: '/b', status: 0 },
  'http.request': {
    ...asked,
    host: 'billing.internal',
  },
  'http.response': {
    request: 2,
    status: 302,
    headers: [['location', 'https://elsewhere.example/']],
    withheldHeaders: ['set-cookie'],
    body: httpBody,
    durationUs: 10,
    refused: null,
    redirect: { to: 'https://elsewhere.example/', isElsewhere: true },
    stream: 'sse',
    end: completion,
  },
  'http.message': { request: 2, direction: 'toCaller', kind: 'event', data: { utf8: 'data: 1' }, truncated },
  'http.ended': { request: 2, ...completion },
  'kubernetes.request': {
    ...asked,
    verb: 'get',
    group: 'apps',
    version: 'v1',
    resource: 'deployments',
    subresource: 'scale',
    namespace: 'shop',
    name: 'web',
    query: [['limit', '500']],
    isDiscovery: false,
  },
  'kubernetes.exec': {
    channel,
    request: 2,
    kind: 'exec',
    namespace: 'shop',
    pod: 'web-1',
    container: 'app',
    command: ['sh', '-c', 'id'],
    truncated,
    tty: true,
    stdin: true,
    stdout: true,
    stderr: false,
    subprotocol: 'v5.channel.k8s.io',
  },
  'kubernetes.exit': {
    channel,
    exitCode: 1,
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: 'command terminated with non-zero exit code',
    stdoutBytes: 1,
    stderrBytes: 0,
    stdinBytes: 2,
  },
  'kubernetes.forward': { request: 2, phase: 'closed', namespace: 'shop', pod: 'web-1', ports: [8080], bytesToTarget: 1, bytesToCaller: 2 },
  'tool.call': { request: 2, protocol: 'mcp', id: '1', name: 'read_file', arguments: '{"path":"/etc/hosts"}', truncated },
  'tool.result': { call: 3, isError: false, result: '{"content":[]}', truncated, durationUs: 5 },
  'recording.gap': { reason: 'crash', message: 'the gateway ended', fromSeq: 4 },
  'recording.viewed': { viewer: 'ana', resource: 'session', id, span: 'seq 0-4', isContent: true },
  'gateway.heartbeat': { open: [[id, 4]], heads: ['ab'.repeat(16)], truncated },
}

/** One session with an event of every type, encoded. */
export function sampleEvents(): Buffer[] {
  const origin = { address: '192.0.2.7', port: 4000, client: 'psql' }
  const target = { name: 'orders', protocol: 'postgres', address: 'db.internal:5432', account: 'app' } as const
  const whose = { run: id, principal: 'agent', rootPrincipal: 'ana', lineage: [id] }
  const chain = new EventChain({ tenant: 'default', sessionId: id, gatewayId: 'gw-1', bootId: id, ...whose, origin, target })
  const observable = { kind: 'host', digest: 'ab'.repeat(16), keyId: 'k1', role: 'asked', at: '/text', offset: 3, value: 'db' } as const
  const types = Object.keys(sampleBodies) as EventType[]
  return types.map((type, n) =>
    chain.next(type, sampleBodies[type], { wallUs: 1_795_000_000_000_000 + n, elapsedUs: n }, { observables: [observable], truncated }),
  )
}
