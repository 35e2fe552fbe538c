import type { EventBody, KnownEvent } from '@hoptrace/events'
import { describe, expect, it } from 'vitest'
import { aKubernetesRequest, anEventOf, jsonBody } from '../testing-events.ts'
import { actsOfEvent } from './event-acts.ts'
import { countsOfEvent } from './event-counts.ts'

const statement = (text: string) =>
  anEventOf('sql.statement', {
    text,
    mode: 'simple',
    prepared: null,
    params: [],
    kind: text.split(' ')[0]?.toUpperCase() ?? '',
    tables: [],
    transaction: 'idle',
  })
const result = (tag: string | null, rows: number | null, more: Partial<EventBody<'sql.result'>> = {}) =>
  anEventOf('sql.result', {
    statement: 1,
    index: 0,
    tag,
    rows,
    bytes: 900,
    durationUs: 10,
    error: null,
    columns: [],
    sample: [],
    transaction: 'idle',
    ...more,
  })
const exec = (command: string, more: Partial<KnownEvent> = {}) => anEventOf('ssh.exec', { channel: 0, command, pty: null }, more)
const http = (method: string, path: string, host = 'billing') =>
  anEventOf('http.request', { method, path, host, headers: [], withheldHeaders: [], from: '192.0.2.7:1', httpVersion: '1.1', body: null })
const forward = (phase: 'opened' | 'closed' | 'refused') =>
  anEventOf('ssh.forward', { channel: 0, direction: 'local', phase, host: 'db', port: 5432, bytesToTarget: 1, bytesToCaller: 70 })
const pivot = (more: Partial<EventBody<'pivot.named'>>, protocol: 'postgres' | 'ssh' = 'ssh') =>
  anEventOf(
    'pivot.named',
    {
      event: 3,
      at: '/command',
      tool: 'ssh',
      relation: 'connect',
      host: 'h',
      port: 22,
      account: null,
      object: null,
      on: null,
      command: 'x',
      offset: null,
      ...more,
    },
    { target: { name: 't', protocol, address: '10.0.0.5:1', account: 'a' } },
  )

const pod = (container: object, spec: object = {}) => ({ kind: 'Pod', spec: { containers: [{ name: 'x', ...container }], ...spec } })
const template = (container: object, spec: object = {}) => ({ kind: 'Deployment', spec: { template: pod(container, spec) } })
const privileged = { securityContext: { privileged: true } }
const mounts = { volumes: [{ name: 'v', hostPath: { path: '/etc' } }] }
const rbac = { group: 'rbac.authorization.k8s.io', resource: 'clusterrolebindings', namespace: null }

describe('what an event did', () => {
  it.each<[string, KnownEvent, string]>([
    ['an INSERT', result('INSERT 0 2', 2), 'write'],
    ['an UPDATE of nothing', result('UPDATE 0', 0), ''],
    [
      'a failed DROP',
      result('DROP TABLE', null, {
        error: { severity: 'ERROR', sqlstate: '42501', message: 'm', detail: null, hint: null, position: null },
      }),
      '',
    ],
    ['a GRANT', result('GRANT', null), 'write'],
    ['a SELECT', result('SELECT 9', 9), ''],
    ['rows copied in', result('COPY 4', 4, { copy: { direction: 'in', bytes: 9, chunks: 1, sample: { utf8: '' } } }), 'write'],
    ['rows copied out', result('COPY 4', 4, { copy: { direction: 'out', bytes: 9, chunks: 1, sample: { utf8: '' } } }), ''],
    ['a GET', http('GET', '/v1/invoices'), ''],
    ['a DELETE', http('DELETE', '/v1/invoices/7'), 'write'],
    ['an open tunnel', forward('opened'), 'tunnel'],
    ['a refused one', forward('refused'), ''],
    [
      'an upload',
      anEventOf('file.transfer', { channel: 0, protocol: 'scp', path: '/x', direction: 'upload', size: 9, sha256: null, isComplete: true }),
      'upload',
    ],
    [
      'a removal',
      anEventOf('file.operation', { channel: 0, operation: 'posix-rename@openssh.com', path: '/a', to: '/b', status: 0 }),
      'write',
    ],
    ['a removal that failed', anEventOf('file.operation', { channel: 0, operation: 'remove', path: '/a', to: null, status: 3 }), ''],
    ['a listing', anEventOf('file.operation', { channel: 0, operation: 'opendir', path: '/a', to: null, status: 0 }), ''],
    ['a statement that makes the database go out', pivot({ tool: 'dblink' }, 'postgres'), 'outbound-sql'],
    ['a command that goes on', pivot({}), ''],
    ['a command that forwards', pivot({ relation: 'forward' }), 'tunnel'],
    ['docker exec', pivot({ relation: 'exec', tool: 'docker' }), 'exec'],
  ])('%s', (_, event, acts) => expect(actsOfEvent(event).join()).toBe(acts))

  it.each<[string, KnownEvent, string]>([
    ['list secrets', aKubernetesRequest('list', { resource: 'secrets' }), 'secret-read'],
    ['delete a secret', aKubernetesRequest('delete', { resource: 'secrets', name: 's' }), 'write'],
    ['list pods', aKubernetesRequest('list'), ''],
    ['create a pod', aKubernetesRequest('create', { body: jsonBody(pod({})) }), 'write'],
    ['a dry run', aKubernetesRequest('create', { query: [['dryRun', 'All']], body: jsonBody(pod(privileged)) }), ''],
    ['a privileged pod', aKubernetesRequest('create', { body: jsonBody(pod(privileged)) }), 'write,privileged-pod'],
    [
      'a deployment of one',
      aKubernetesRequest('create', { group: 'apps', resource: 'deployments', body: jsonBody(template(privileged)) }),
      'write,privileged-pod',
    ],
    [
      'its second container',
      aKubernetesRequest('create', { body: jsonBody({ spec: { containers: [{}, privileged] } }) }),
      'write,privileged-pod',
    ],
    [
      'an ephemeral one',
      aKubernetesRequest('patch', { subresource: 'ephemeralcontainers', body: jsonBody({ spec: { ephemeralContainers: [privileged] } }) }),
      'write,privileged-pod',
    ],
    ["the node's network", aKubernetesRequest('create', { body: jsonBody(pod({}, { hostNetwork: true })) }), 'write,privileged-pod'],
    [
      'strong capabilities',
      aKubernetesRequest('create', { body: jsonBody(pod({ securityContext: { capabilities: { add: ['SYS_ADMIN'] } } })) }),
      'write,privileged-pod',
    ],
    [
      'weak ones',
      aKubernetesRequest('create', {
        body: jsonBody(pod({ securityContext: { capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] } } })),
      }),
      'write',
    ],
    ["the node's files", aKubernetesRequest('create', { body: jsonBody(pod({}, mounts)) }), 'write,host-path'],
    [
      'a patch by steps',
      aKubernetesRequest('patch', {
        body: jsonBody([{ op: 'add', path: '/spec/template/spec/containers/0/securityContext/privileged', value: true }]),
      }),
      'write,privileged-pod',
    ],
    [
      'a patch of volumes',
      aKubernetesRequest('patch', { body: jsonBody([{ op: 'add', path: '/spec/volumes/-', value: { hostPath: { path: '/' } } }]) }),
      'write,host-path',
    ],
    [
      'YAML',
      aKubernetesRequest('patch', {
        body: jsonBody('spec:\n  containers:\n  - securityContext:\n      privileged: true\n', 'application/apply-patch+yaml'),
      }),
      'write,privileged-pod',
    ],
    [
      'JSON that was cut',
      aKubernetesRequest('create', { body: jsonBody('{"spec":{"volumes":[{"hostPath":{"path":"/"}}],"cont') }),
      'write,host-path',
    ],
    ['a pod that is deleted', aKubernetesRequest('delete', { name: 'p', body: jsonBody(pod(privileged)) }), 'write'],
    ['bind a role', aKubernetesRequest('create', rbac), 'write,rbac-write'],
    ['list bindings', aKubernetesRequest('list', rbac), ''],
    ['ask for a token', aKubernetesRequest('create', { resource: 'serviceaccounts', subresource: 'token', name: 'a' }), 'token-request'],
    ['ask what one may', aKubernetesRequest('create', { group: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews' }), ''],
    ['open a program', aKubernetesRequest('create', { subresource: 'exec', name: 'p' }), ''],
  ])('in a cluster: %s', (_, event, acts) => expect(actsOfEvent(event).join()).toBe(acts))

  it.each<[string, boolean]>([
    ['curl http://169.254.169.254/latest/meta-data/', true],
    ['curl http://[fd00:ec2::254]/', true],
    ['curl -H Metadata-Flavor:Google metadata.google.internal/computeMetadata', true],
    ['wget -qO- 100.100.100.200/latest', true],
    ['curl http://2852039166/', true],
    ['curl http://0xA9FEA9FE/', true],
    ['curl http://169.254.169.25/', false],
    ['ping 1169.254.169.254', false],
    ['curl http://169.254.169.254.example.com/', false],
    ['dig my-metadata.google.internal', false],
    ['at 169.254.169.254.', true],
  ])('%s asks a metadata service: %s', (command, isTrue) => expect(actsOfEvent(exec(command)).includes('metadata-service')).toBe(isTrue))

  it('knows the metadata service by its canonical address, too', () => {
    const observable = { kind: 'address', digest: 'a'.repeat(32), keyId: 'k', at: '/command', value: '169.254.169.254' } as const
    expect(actsOfEvent(exec('curl $(x)', { observables: [{ ...observable, role: 'asked' }] }))).toEqual(['metadata-service'])
    expect(actsOfEvent(exec('ip route', { observables: [{ ...observable, role: 'answered' }] }))).toEqual([])
  })

  it.each<[KnownEvent, boolean]>([
    [exec('cat /var/run/secrets/kubernetes.io/serviceaccount/token'), true],
    [exec('cd /run/secrets/kubernetes.io/serviceaccount && cat token'), true],
    [statement("SELECT pg_read_file('/var/run/secrets/kubernetes.io/serviceaccount/token')"), true],
    [http('GET', '/..%2f..%2fvar/run/secrets/kubernetes.io/serviceaccount/token'), true],
    [
      anEventOf('terminal.input', {
        channel: 0,
        data: { utf8: 'cat /var/run/secrets/eks.amazonaws.com/serviceaccount/token\r' },
        isEchoed: true,
      }),
      true,
    ],
    [exec('cat /var/run/secrets/kubernetes.io/serviceaccount/ca.crt'), false],
    [exec('ls /var/run/secrets'), false],
    [anEventOf('terminal.output', { channel: 0, stream: 'stdout', data: { utf8: 'kubernetes.io/serviceaccount/token' } }), false],
  ])('tells a token file that is asked for', (event, isTrue) => expect(actsOfEvent(event).includes('service-account-token')).toBe(isTrue))

  it('takes time that grows with the text alone', () => {
    const long = '169.254.169.254x kubernetes.io/serviceaccount/ca.crt {"privileged":'.repeat(8000)
    expect(actsOfEvent(exec(long))).toEqual([])
    expect(actsOfEvent(aKubernetesRequest('create', { body: jsonBody(`{${long}`) }))).toEqual(['write'])
  })
})

describe('what an event counts', () => {
  it.each<[string, KnownEvent, number[]]>([
    ['a statement', statement('SELECT 1'), [1, 0, 0, 0]],
    ['rows that it answered', result('SELECT 9', 9, { columns: [{ name: 'a', oid: 25, type: 'text' }] }), [0, 0, 9, 900]],
    ['rows that it changed', result('UPDATE 3', 3), [0, 1, 0, 900]],
    ['a shell', anEventOf('ssh.exec', { channel: 0, command: null, pty: null }), [0, 0, 0, 0]],
    ['a command', exec('id'), [1, 0, 0, 0]],
    [
      'its end',
      anEventOf('ssh.exit', { channel: 0, status: 0, signal: null, stdoutBytes: 50, stderrBytes: 2, stdinBytes: 7 }),
      [0, 0, 0, 52],
    ],
    ['what went through a tunnel', forward('closed'), [0, 0, 0, 70]],
    ['a request that changes', http('POST', '/v1'), [1, 1, 0, 0]],
    ['what a client looks up first', aKubernetesRequest('get', { resource: null, isDiscovery: true }), [0, 0, 0, 0]],
  ])('%s', (_, event, counts) => expect(Object.values(countsOfEvent(event))).toEqual(counts))
})
