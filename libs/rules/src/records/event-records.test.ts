import { describe, expect, it } from 'vitest'
import { readRuleFile } from '../document/rule-file.ts'
import { RuleSet } from '../rule-set.ts'
import { aKubernetesRequest, anEventOf, jsonBody } from '../testing-events.ts'
import { type EventContext, recordOfConflict, recordsOfEvent } from './event-records.ts'

describe('the record of an event', () => {
  it('holds who, where, and what', () => {
    const event = anEventOf('ssh.exec', { channel: 0, command: 'id', pty: null }, { lineage: ['root-run'] })
    const [record] = recordsOfEvent(event, { isFirstSeen: true, agentTemplate: 'helper' })
    expect(record?.ref).toBe(`event:${event.sessionId}/7`)
    expect(record?.source).toEqual({ product: 'hoptrace', category: 'event' })
    expect(record?.fields).toMatchObject({
      type: 'ssh.exec',
      ms: 1500,
      principal: 'agent-1',
      rootPrincipal: 'ana',
      rootRun: 'root-run',
      lineageDepth: 1,
      agentTemplate: 'helper',
      isFirstSeen: true,
      origin: { address: '192.0.2.7' },
      target: { name: 'bastion', protocol: 'ssh', account: 'deploy' },
      body: { command: 'id' },
    })
  })

  it('of a refusal tells whose it was and what was asked, though it stands in a stream of the gateway', () => {
    const by = { run: 'r', principal: 'agent-9', rootPrincipal: 'bo', lineage: ['p'] }
    const event = anEventOf(
      'access.decided',
      {
        decision: 'deny',
        reason: 'not-granted',
        asked: { protocol: 'ssh', target: 'vault', account: 'root', database: null },
        method: 'bearer',
        message: null,
        origin: { address: '192.0.2.99', port: 1, client: null },
        by,
      },
      { target: null, origin: null, run: null, principal: null, rootPrincipal: null },
    )
    expect(recordsOfEvent(event)[0]?.fields).toMatchObject({
      principal: 'agent-9',
      rootPrincipal: 'bo',
      run: 'r',
      rootRun: 'p',
      target: { name: 'vault', protocol: 'ssh', account: 'root' },
      origin: { address: '192.0.2.99' },
    })
  })

  it('is made of what callers do, not of what terminals show', () => {
    const output = anEventOf('terminal.output', { channel: 0, stream: 'stdout', data: { utf8: 'x' } })
    expect(recordsOfEvent(output)).toEqual([])
  })

  it('is bounded, however large the event', () => {
    const [record] = recordsOfEvent(anEventOf('ssh.exec', { channel: 0, command: 'x'.repeat(400_000), pty: null }))
    expect(JSON.stringify(record).length).toBeLessThan(10_000)
    const wide = jsonBody(Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`k${n}`, 'v'.repeat(50)])))
    const records = recordsOfEvent(aKubernetesRequest('create', { body: wide }))
    expect(JSON.stringify(records).length).toBeLessThan(40_000)
    const deep = jsonBody(`{"spec":${'['.repeat(5000)}${']'.repeat(5000)}}`)
    expect(JSON.stringify(recordsOfEvent(aKubernetesRequest('create', { body: deep }))).length).toBeLessThan(20_000)
  })

  it('of a conflict has the fields of every event', () => {
    const [event] = recordsOfEvent(anEventOf('ssh.exec', { channel: 0, command: 'id', pty: null }))
    const fields = Object.keys(recordOfConflict({ session: 's', seq: 1, tsUs: 1 }).fields)
    expect(fields.sort()).toEqual(Object.keys(event?.fields ?? {}).sort())
  })
})

/** Rules as they are written for an API server's audit log: bare names, paths, wildcards, with a category and without. */
const auditRule = (title: string, selection: string, category = '') =>
  `title: ${title}\nlogsource:\n  product: kubernetes\n  service: audit\n${category}detection:\n  seen:\n${selection}  condition: seen\n---\n`
const application = '  category: application\n'
const AUDIT_RULES = [
  auditRule('more capabilities', "    verb: create\n    objectRef.resource: pods\n    capabilities: '*'\n", application),
  auditRule('node path', "    verb: create\n    objectRef.resource: pods\n    hostPath: '*'\n", application),
  auditRule('shell in a pod', '    verb: create\n    objectRef.resource: pods\n    objectRef.subresource: exec\n', application),
  auditRule('system namespace', '    verb: create\n    objectRef.resource: pods\n    objectRef.namespace: kube-system\n', application),
  auditRule(
    'bindings',
    '    objectRef.apiGroup: rbac.authorization.k8s.io\n    objectRef.resource:\n      - rolebindings\n      - clusterrolebindings\n    verb:\n      - create\n      - patch\n',
  ),
  auditRule('patched deployment', '    verb: patch\n    apiGroup: apps\n    objectRef.resource: deployments\n', application),
  auditRule('turned away', '    responseStatus.code:\n      - 401\n      - 403\n'),
  auditRule('shell by path', "    requestURI|contains:\n      - '%2fbin%2fsh'\n      - '/bin/sh'\n"),
  auditRule('odd client', '    userAgent|contains: hound\n'),
  auditRule('by whom', "    user.username|startswith: 'system:serviceaccount:ops:'\n    verb: delete\n"),
  auditRule('from outside', '    sourceIPs|cidr: 203.0.113.0/24\n'),
  auditRule('host network', '    requestObject.spec.hostNetwork: true\n'),
  auditRule('any privileged container', '    requestObject.spec.containers.securityContext.privileged: true\n'),
  auditRule('cluster admin', '    requestObject.roleRef.name: cluster-admin\n'),
  auditRule('secrets listed', '    verb: list\n    objectRef.resource: secrets\n'),
].join('')

describe('the audit record of a request to Kubernetes', () => {
  const { rules, problems } = readRuleFile(AUDIT_RULES, 'audit.yml')
  const found = (event: ReturnType<typeof aKubernetesRequest>, more: EventContext = {}) =>
    recordsOfEvent(event, more).flatMap((record) =>
      RuleSet.of(rules)
        .set.push(record)
        .map(({ rule }) => rule.title),
    )
  const container = (securityContext: object) => ({
    kind: 'Pod',
    spec: {
      containers: [
        { name: 'web', image: 'nginx' },
        { name: 'x', securityContext },
      ],
    },
  })
  const rbac = {
    group: 'rbac.authorization.k8s.io',
    resource: 'clusterrolebindings',
    namespace: null,
    path: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  }

  it('is read by rules that know nothing of Hoptrace', () => expect(problems).toEqual([]))

  it.each<[string, ReturnType<typeof aKubernetesRequest>, EventContext, string[]]>([
    ['an ordinary pod', aKubernetesRequest('create', { body: jsonBody(container({})) }), {}, []],
    [
      'one with a capability',
      aKubernetesRequest('create', { body: jsonBody(container({ capabilities: { add: ['NET_ADMIN'] } })) }),
      {},
      ['more capabilities'],
    ],
    [
      'a privileged second container',
      aKubernetesRequest('create', { body: jsonBody(container({ privileged: true })) }),
      {},
      ['more capabilities', 'any privileged container'],
    ],
    [
      "the node's files",
      aKubernetesRequest('create', { body: jsonBody({ spec: { volumes: [{ hostPath: { path: '/etc' } }] } }) }),
      {},
      ['node path'],
    ],
    ["the node's network", aKubernetesRequest('create', { body: jsonBody({ spec: { hostNetwork: true } }) }), {}, ['host network']],
    ['no such network', aKubernetesRequest('create', { body: jsonBody({ spec: { hostNetwork: false } }) }), {}, []],
    ['a pod among the system', aKubernetesRequest('create', { namespace: 'kube-system' }), {}, ['system namespace']],
    [
      'a shell that kubectl opens by GET',
      aKubernetesRequest('get', { subresource: 'exec', name: 'p', path: '/api/v1/namespaces/shop/pods/p/exec?command=%2fbin%2fsh' }),
      {},
      ['shell in a pod', 'shell by path'],
    ],
    [
      'a binding to the strongest role',
      aKubernetesRequest('create', { ...rbac, body: jsonBody({ roleRef: { kind: 'ClusterRole', name: 'cluster-admin' } }) }),
      {},
      ['bindings', 'cluster admin'],
    ],
    ['a binding that is read', aKubernetesRequest('get', rbac), {}, []],
    [
      'a patched deployment',
      aKubernetesRequest('patch', { group: 'apps', resource: 'deployments', name: 'web' }),
      {},
      ['patched deployment'],
    ],
    ['a refusal', aKubernetesRequest('list', { resource: 'secrets' }), { status: 403 }, ['turned away', 'secrets listed']],
    ['the same let through', aKubernetesRequest('list', { resource: 'secrets' }), { status: 200 }, ['secrets listed']],
    ['another client', aKubernetesRequest('list', { headers: [['user-agent', 'azurehound/2']] }), {}, ['odd client']],
    ['a deletion by the account that the gateway has', aKubernetesRequest('delete', { name: 'p' }), {}, ['by whom']],
    ['from elsewhere', aKubernetesRequest('list', {}, { origin: { address: '203.0.113.5', port: 1, client: null } }), {}, ['from outside']],
  ])('%s', (_, event, more, titles) => expect(found(event, more)).toEqual(titles))
})
