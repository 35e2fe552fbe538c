import { generateKeyPairSync } from 'node:crypto'
import { digestValue, sshFingerprint } from '@hoptrace/events'
import { type FakeKubernetes, kubectlMissing, kubectlsFound } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aDigestKey } from '../recording/recordings.test-support.ts'
import {
  aCluster,
  aKubernetesGateway,
  bodiesOf,
  exchangesIn,
  type KubernetesGateway,
  ofType,
  SECRET_VALUE,
} from './gateway.test-support.ts'

it('has a kubectl from 1.27 on, in CI', () => {
  if (process.env.CI) expect(kubectlMissing()).toBeNull()
})

describe.skipIf(kubectlMissing() !== null && !process.env.CI)('requests of kubectl through the gateway', () => {
  let fake: FakeKubernetes
  let gateway: KubernetesGateway
  beforeAll(async () => {
    fake = await aCluster()
    gateway = await aKubernetesGateway(fake)
  })
  afterAll(async () => {
    expect(gateway.faults).toEqual([])
    await gateway.close()
    await fake.stop()
  })
  const digest = (kind: 'credential' | 'pod' | 'host', value: string) => digestValue(aDigestKey, kind, value)

  it('are recorded by verb, resource, namespace and name, with what was asked and answered', async () => {
    const run = gateway.aRun()
    expect((await run.kubectl(['get', 'pods'])).stdout).toMatch(/web-1 +1\/1 +Running/)
    const [{ asked, answer, end } = {}] = exchangesIn(run.events())
    expect(asked).toMatchObject({ method: 'GET', verb: 'list', group: '', version: 'v1', resource: 'pods', namespace: 'shop', name: null })
    expect(asked?.query).toContainEqual(['limit', '500'])
    expect(asked?.path).toMatch(/^\/api\/v1\/namespaces\/shop\/pods\?/)
    expect(answer).toMatchObject({ status: 200, refused: null })
    expect(answer?.body?.data).toMatchObject({ utf8: expect.stringContaining('"kind":"Table"') })
    expect(end).toMatchObject({ isComplete: true, message: null })
  })

  it('are one session a run, whose discovery is told apart', async () => {
    const run = gateway.aRun()
    await run.kubectl(['get', 'pods'])
    await run.kubectl(['get', 'configmaps'])
    const events = run.events()
    expect(new Set(events.map((event) => event.sessionId)).size).toBe(1)
    expect(bodiesOf(events, 'session.started')).toEqual([{ client: expect.stringContaining('kubectl'), database: null, tls: true }])
    const discovered = bodiesOf(events, 'kubernetes.request').filter((body) => body.isDiscovery)
    expect(discovered.map((body) => body.path.split('?')[0])).toContain('/api')
  })

  it("carry the gateway's credential and never the run token", async () => {
    const run = gateway.aRun()
    const before = fake.requests.length
    await run.kubectl(['get', 'pods'])
    const seen = fake.requests.slice(before)
    expect(new Set(seen.map(({ headers }) => headers.authorization))).toEqual(new Set([`Bearer ${fake.token}`]))
    expect(JSON.stringify(seen.map(({ headers, url }) => [headers, url]))).not.toContain(run.token)
    expect(gateway.spoolHolds(run.token)).toBe(false)
    expect(gateway.spoolHolds(fake.token)).toBe(false)
    const [request] = ofType(run.events(), 'kubernetes.request')
    expect(request?.body.withheldHeaders).toEqual(['authorization'])
  })

  it('that write are recorded with what they write', async () => {
    const run = gateway.aRun()
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { host: 'bastion.internal' } }
    expect((await run.kubectl(['apply', '-f', '-'], JSON.stringify(map))).stdout).toBe('configmap/settings created\n')
    expect((await run.kubectl(['apply', '-f', '-'], JSON.stringify({ ...map, data: { host: 'b2.internal' } }))).stdout).toContain(
      'configured',
    )
    await run.kubectl(['patch', 'configmap', 'settings', '-p', '{"data":{"port":"22"}}'])
    expect((await run.kubectl(['delete', 'configmap', 'settings'])).stdout).toContain('deleted')
    const written = exchangesIn(run.events()).filter(({ asked }) => ['create', 'patch', 'delete'].includes(asked.verb))
    expect(written.map(({ asked }) => [asked.verb, asked.name])).toEqual([
      ['create', null],
      ['patch', 'settings'],
      ['patch', 'settings'],
      ['delete', 'settings'],
    ])
    expect(written[0]?.asked.body?.data).toMatchObject({ utf8: expect.stringContaining('bastion.internal') })
    expect(written[2]?.asked.body).toMatchObject({
      mediaType: 'application/strategic-merge-patch+json',
      data: { utf8: '{"data":{"port":"22"}}' },
    })
    expect(written[0]?.event.observables).toContainEqual(
      expect.objectContaining({ role: 'asked', digest: digest('host', 'bastion.internal') }),
    )
  })

  it('of protobuf, which kubectl writes from 1.32 on, are recorded as their bytes', async () => {
    const run = gateway.aRun()
    expect((await run.kubectl(['create', 'configmap', 'plain', '--from-literal=host=bastion.internal'])).stdout).toContain('created')
    const created = exchangesIn(run.events()).find(({ asked }) => asked.verb === 'create')
    const { data } = created?.asked.body ?? {}
    expect(data && ('utf8' in data ? data.utf8 : Buffer.from(data.base64, 'base64').toString())).toContain('bastion.internal')
  })

  it('name the pod that they are about as where they go', async () => {
    const run = gateway.aRun()
    expect((await run.kubectl(['describe', 'pod', 'web-1'])).stdout).toContain('10.244.0.7')
    const got = exchangesIn(run.events()).find(({ asked }) => asked.verb === 'get')
    expect(got?.event.observables).toContainEqual(
      expect.objectContaining({ kind: 'pod', role: 'target', digest: digest('pod', 'shop/web-1') }),
    )
  })

  it('that list pods digest each of them as answered', async () => {
    const run = gateway.aRun()
    await run.kubectl(['get', 'pods'])
    const [answer] = ofType(run.events(), 'http.response').filter(({ body }) => JSON.stringify(body.body).includes('Table'))
    expect(answer?.observables).toContainEqual(
      expect.objectContaining({ kind: 'pod', role: 'answered', digest: digest('pod', 'shop/web-1') }),
    )
  })

  it('for a Secret give it to the caller, and its values to no recording', async () => {
    const run = gateway.aRun()
    const got = await run.kubectl(['get', 'secret', 'db', '-o', 'jsonpath={.data.password}'])
    expect(Buffer.from(got.stdout, 'base64').toString()).toBe(SECRET_VALUE)
    await run.kubectl(['get', 'secrets', '-o', 'yaml'])
    await run.kubectl(['get', 'secrets', '--all-namespaces'])
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'new' }, stringData: { password: 'first-Value-7' } }
    expect((await run.kubectl(['apply', '-f', '-'], JSON.stringify(secret))).stdout).toBe('secret/new created\n')
    await run.kubectl(['apply', '-f', '-'], JSON.stringify({ ...secret, stringData: { password: 'second-Value-8' } }))
    await run.kubectl(
      ['apply', '--server-side', '--force-conflicts', '-f', '-'],
      JSON.stringify({ ...secret, stringData: { password: 'third-Value-9' } }),
    )
    await run.kubectl([
      'patch',
      'secret',
      'new',
      '--type=json',
      '-p',
      '[{"op":"replace","path":"/stringData/password","value":"fourth-Value-10"}]',
    ])
    expect((await run.kubectl(['create', 'secret', 'generic', 'typed', '--from-literal=password=fifth-Value-11'])).stdout).toContain(
      'created',
    )
    for (const value of [SECRET_VALUE, 'first-Value-7', 'second-Value-8', 'third-Value-9', 'fourth-Value-10', 'fifth-Value-11']) {
      expect(gateway.spoolHolds(value), value).toBe(false)
    }
    const events = run.events()
    const [read] = exchangesIn(events)
    expect(read?.answer?.body?.withheld).toEqual(['/data/password'])
    const observed = (role: string, value: string) =>
      events.some(({ observables }) => observables.some((one) => one.role === role && one.digest === digest('credential', value)))
    expect(observed('answered', SECRET_VALUE)).toBe(true)
    expect(observed('presented', 'first-Value-7')).toBe(true)
    expect(observed('presented', 'fourth-Value-10')).toBe(true)
    expect(observed('presented', 'fifth-Value-11')).toBe(true)
  })

  it('for a Secret that holds a private key digest the key by its fingerprint', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    fake.create({ kind: 'Secret', metadata: { name: 'key', namespace: 'shop' }, data: { id: Buffer.from(pem).toString('base64') } })
    const run = gateway.aRun()
    await run.kubectl(['get', 'secret', 'key', '-o', 'name'])
    const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
    const field = (bytes: Buffer) => Buffer.concat([Buffer.of(0, 0, 0, bytes.length), bytes])
    const fingerprint = sshFingerprint(Buffer.concat([field(Buffer.from('ssh-ed25519')), field(raw)]))
    const found = run.events().flatMap(({ observables }) => observables)
    expect(found).toContainEqual(
      expect.objectContaining({ kind: 'key', role: 'answered', digest: digestValue(aDigestKey, 'key', fingerprint) }),
    )
  })

  it("for a service account's token give it to the caller, and to no recording", async () => {
    const run = gateway.aRun()
    const token = (await run.kubectl(['create', 'token', 'ci'])).stdout.trim()
    expect(token).toMatch(/^eyJ/)
    expect(gateway.spoolHolds(token)).toBe(false)
    const asked = exchangesIn(run.events()).find(({ asked: { subresource } }) => subresource === 'token')
    expect(asked?.answer?.body?.withheld).toEqual(['/status/token'])
    const [answer] = ofType(run.events(), 'http.response').filter(({ body }) => body.request === asked?.seq)
    expect(answer?.observables).toContainEqual(expect.objectContaining({ role: 'answered', digest: digest('credential', token) }))
  })

  it('that the server answers with an error are passed on as they are', async () => {
    const run = gateway.aRun()
    const got = await run.kubectl(['get', 'pod', 'gone'])
    expect(got).toMatchObject({ status: 1, stderr: 'Error from server (NotFound): pods "gone" not found\n' })
    expect(exchangesIn(run.events())[0]?.answer).toMatchObject({ status: 404, refused: null })
  })

  it('ask who they are, and are told who the gateway is', async () => {
    const run = gateway.aRun()
    expect((await run.kubectl(['auth', 'whoami'])).stdout).toContain('system:serviceaccount:default:gateway-sa')
    expect((await run.kubectl(['auth', 'can-i', 'get', 'pods'])).stdout).toBe('yes\n')
  })

  it('print a log', async () => {
    fake.log('shop', 'web-1', 'listening on 0.0.0.0:80')
    const run = gateway.aRun()
    expect((await run.kubectl(['logs', 'web-1'])).stdout).toBe('listening on 0.0.0.0:80\n')
    const log = exchangesIn(run.events()).find(({ asked }) => asked.subresource === 'log')
    expect(log?.answer?.body?.data).toEqual({ utf8: 'listening on 0.0.0.0:80\n' })
  })

  it.each(kubectlsFound())('work with kubectl $version', async ({ path }) => {
    const run = gateway.aRun()
    expect((await run.kubectl(['get', 'pods'], '', path)).stdout).toContain('web-1')
    const name = `by-${run.id.slice(-8)}`
    expect(
      (await run.kubectl(['create', 'secret', 'generic', name, '--from-literal=password=version-Value-12'], '', path)).stdout,
    ).toContain('created')
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: '1' } }
    expect((await run.kubectl(['apply', '-f', '-'], JSON.stringify(map), path)).stdout).toContain('created')
    expect((await run.kubectl(['delete', 'secret', name], '', path)).stdout).toContain('deleted')
    expect(gateway.spoolHolds('version-Value-12')).toBe(false)
    const verbs = exchangesIn(run.events()).map(({ asked }) => `${asked.verb} ${asked.resource}`)
    expect(verbs).toEqual(expect.arrayContaining(['list pods', 'create secrets', 'create configmaps', 'delete secrets']))
  })
})
