import { request as ask } from 'node:https'
import { type DenyReason, digestValue, type Grant } from '@hoptrace/events'
import { type FakeKubernetes, kubectlMissing, runKubectl, writeKubeconfig } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aDigestKey } from '../recording/recordings.test-support.ts'
import { aCluster, aKubernetesGateway, bodiesOf, type KubernetesGateway, newest, ofType } from './gateway.test-support.ts'

describe.skipIf(kubectlMissing() !== null && !process.env.CI)('the door to Kubernetes', () => {
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
  const denials = (reason: DenyReason) => bodiesOf(gateway.events(), 'access.decided').filter((body) => body.reason === reason)
  const asked = (path: string) => fake.requests.filter(({ url }) => url.startsWith(path)).length

  it.each<[string, Grant['kubernetes'], string[], string]>([
    ['namespace', { namespaces: ['shop'] }, ['get', 'pods', '-n', 'vault'], 'list pods in vault'],
    ['namespace', { namespaces: ['shop'] }, ['get', 'nodes'], 'list nodes'],
    ['resource', { resources: ['pods'] }, ['get', 'secrets'], 'list secrets in shop'],
    ['subresource', { resources: ['pods'] }, ['exec', 'web-1', '--', 'true'], 'create pods/web-1/exec in shop'],
    ['verb', { verbs: ['get', 'list', 'watch'] }, ['delete', 'pod', 'web-1', '--wait=false'], 'delete pods/web-1 in shop'],
    ['verb', { verbs: ['get', 'list'] }, ['exec', 'web-1', '--', 'true'], 'create pods/web-1/exec in shop'],
  ])('lets nobody past the %s of a grant, and kubectl says why', async (_, kubernetes, args, action) => {
    const run = gateway.aRun({ kubernetes })
    const ran = await run.kubectl(args)
    expect(ran.status).toBe(1)
    expect(ran.stderr).toContain(`Hoptrace: ${action}: the run's grant for prod does not include this`)
    expect(denials('not-granted')).toContainEqual(
      expect.objectContaining({
        decision: 'deny',
        by: expect.objectContaining({ run: run.id }),
        asked: expect.objectContaining({ action }),
      }),
    )
  })

  it('lets through what a narrow grant has', async () => {
    const run = gateway.aRun({ kubernetes: { namespaces: ['shop'], resources: ['pods', 'pods/exec'], verbs: ['get', 'list', 'create'] } })
    expect((await run.kubectl(['get', 'pods'])).stdout).toContain('web-1')
    expect((await run.kubectl(['exec', 'web-1', '--', 'echo', 'in'])).stdout).toBe('in\n')
  })

  it('lets nobody act as somebody else', async () => {
    const run = gateway.aRun()
    const before = asked('/api/v1/namespaces/shop/secrets')
    const ran = await run.kubectl(['get', 'secrets', '--as', 'admin', '--as-group', 'system:masters'])
    expect(ran.stderr).toContain('Hoptrace: impersonate-')
    expect(ran.stderr).toContain('Forbidden')
    expect(asked('/api/v1/namespaces/shop/secrets')).toBe(before)
    expect(denials('impersonation')).toContainEqual(
      expect.objectContaining({
        by: expect.objectContaining({ run: run.id }),
        asked: expect.objectContaining({ action: expect.stringMatching(/^(list|get) .* as (admin|system:masters)$/) }),
      }),
    )
  })

  it('lets nobody in without a token that is known, and kubectl says so', async () => {
    const stranger = writeKubeconfig({ server: gateway.server, ca: gateway.ca, token: 'hop_nobody-knows-this-one' })
    const ran = await runKubectl(newest?.path ?? '', stranger, ['get', 'pods'])
    expect(ran.stderr).toContain('You must be logged in to the server')
    expect(denials('unknown-token').length).toBeGreaterThan(0)
    expect(gateway.spoolHolds('hop_nobody-knows-this-one')).toBe(false)
  })

  it('lets nobody in whose run has expired or was revoked', async () => {
    const expired = gateway.aRun({}, 1)
    await expect.poll(async () => (await expired.kubectl(['get', 'pods'])).stderr, { timeout: 10_000 }).toContain('the run has expired')
    const revoked = gateway.aRun()
    gateway.revoke(revoked.id)
    expect((await revoked.kubectl(['get', 'pods'])).stderr).toContain('the run was revoked')
  })

  it('knows no other cluster than its own', async () => {
    const run = gateway.aRun()
    const elsewhere = writeKubeconfig({ server: gateway.server.replace('/prod', '/other'), ca: gateway.ca, token: run.token })
    const ran = await runKubectl(newest?.path ?? '', elsewhere, ['get', 'pods'])
    expect(ran.stderr).toContain('there is no kubernetes target of that name')
  })

  it.each([
    ['GET', '/clusters/prod/api/v1/namespaces/shop/pods/../secrets', 400],
    ['GET', '/clusters/prod/api/v1/namespaces/shop%2fsecrets', 400],
    ['GET', '/api/v1/pods', 400],
    ['GET', '/clusters/', 400],
    ['GET', '/clusters/prod/api/v1/pods/%ff', 400],
  ])('answers %s %s with a Status, and passes nothing on', async (method, path, status) => {
    const run = gateway.aRun()
    const before = fake.requests.length
    const { body, code } = await raw(method, path, { authorization: `Bearer ${run.token}` })
    expect(code).toBe(status)
    expect(JSON.parse(body)).toMatchObject({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status })
    expect(fake.requests.length).toBe(before)
    expect(denials('malformed').length).toBeGreaterThan(0)
  })

  it('passes on nothing by which a proxy would vouch for a user', async () => {
    const run = gateway.aRun()
    const { code } = await raw('GET', '/clusters/prod/api/v1/pods', { authorization: `Bearer ${run.token}`, 'X-Remote-User': 'admin' })
    expect(code).toBe(403)
  })

  it('asks for JSON alone, so that what is answered can be read', async () => {
    const run = gateway.aRun()
    const accept = 'application/vnd.kubernetes.protobuf, application/yaml;q=0.9, application/cbor'
    const path = '/clusters/prod/api/v1/namespaces/shop/secrets/db'
    expect((await raw('GET', path, { authorization: `Bearer ${run.token}`, accept })).code).toBe(200)
    expect(fake.requests.at(-1)?.headers.accept).toBe('application/json')
  })

  it('upgrades nothing that it cannot record', async () => {
    const run = gateway.aRun()
    const upgrade = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    }
    const authorization = `Bearer ${run.token}`
    const watch = await raw('GET', '/clusters/prod/api/v1/secrets?watch=true', { authorization, ...upgrade })
    expect([watch.code, watch.body]).toEqual([403, expect.stringContaining('WebSockets are passed on for exec')])
    const exec = '/clusters/prod/api/v1/namespaces/shop/pods/web-1/exec?command=true'
    const base64 = await raw('GET', exec, { authorization, ...upgrade, 'sec-websocket-protocol': 'base64.channel.k8s.io' })
    expect([base64.code, base64.body]).toEqual([403, expect.stringContaining('none of the subprotocols')])
    const refused = bodiesOf(run.events(), 'http.response').map((body) => body.refused)
    expect(refused).toEqual([expect.stringContaining('WebSockets'), expect.stringContaining('subprotocols')])
  })

  it('speaks to a server of its own certificate, where the target has one', async () => {
    const { mkdtempSync, writeFileSync } = await import('node:fs')
    const dir = mkdtempSync('/tmp/hoptrace-client-')
    writeFileSync(`${dir}/client.pem`, fake.clientCertificate.cert)
    writeFileSync(`${dir}/client.key`, fake.clientCertificate.key)
    const credential = { clientCertificate: `${dir}/client.pem`, clientKey: { file: `${dir}/client.key` } }
    const other = await aKubernetesGateway(fake, { credential, serverName: 'kubernetes' })
    const run = other.aRun()
    expect((await run.kubectl(['auth', 'whoami'])).stdout).toContain('gateway-sa')
    expect((await run.kubectl(['exec', 'web-1', '--', 'echo', 'in'])).stdout).toBe('in\n')
    expect(fake.requests.at(-1)).toMatchObject({ user: 'gateway-sa' })
    expect(fake.requests.at(-1)?.headers.authorization).toBeUndefined()
    await other.close()
  })

  it("passes a caller's own credential on, where the target is so, and records neither", async () => {
    const other = await aKubernetesGateway(fake, { credential: 'caller' })
    const run = other.aRun()
    const headers = { 'hoptrace-token': run.token, authorization: `Bearer ${fake.token}` }
    expect((await raw('GET', '/clusters/prod/api/v1/namespaces/shop/pods', headers, other)).code).toBe(200)
    expect(other.spoolHolds(fake.token) || other.spoolHolds(run.token)).toBe(false)
    const [request] = ofType(run.events(), 'kubernetes.request')
    expect(request?.body.withheldHeaders.toSorted()).toEqual(['authorization', 'hoptrace-token'])
    const digest = digestValue(aDigestKey, 'credential', fake.token)
    expect(request?.observables).toContainEqual(expect.objectContaining({ role: 'presented', digest }))
    await other.close()
  })

  it('says that a server whose certificate nobody vouches for cannot be reached', async () => {
    const other = await aKubernetesGateway(fake, { serverName: 'somebody.else' })
    const run = other.aRun()
    expect((await run.kubectl(['get', 'pods'])).stderr).toContain("the target's certificate is not accepted")
    await other.close()
  })

  function raw(method: string, path: string, headers: Record<string, string>, at = gateway): Promise<{ code: number; body: string }> {
    return new Promise((resolve, reject) => {
      const sent = ask({ host: '127.0.0.1', port: at.port, method, path, headers, ca: at.ca })
      sent.on('response', (response) => {
        let body = ''
        response.on('data', (bytes: Buffer) => {
          body += bytes.toString('utf8')
        })
        response.on('end', () => resolve({ code: response.statusCode ?? 0, body }))
      })
      sent.on('upgrade', () => reject(new Error('the connection was upgraded')))
      sent.on('error', reject)
      sent.end()
    })
  }
})
