import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FakeKubernetes, startFakeKubernetes, TestAuthority } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Target } from '../access/target.ts'
import { checkTargets } from './check-targets.ts'

const SECRET = 'Tr0ub4dor-3x'
const directory = mkdtempSync(join(tmpdir(), 'hoptrace-check-'))

async function problemOf(target: object, secrets: Record<string, string> = { SECRET }): Promise<string | null> {
  const [result] = await checkTargets([Target.parse({ name: 'tried', account: 'svc-agent', ...target })], secrets)
  return result?.problem ?? null
}

async function opened<T extends TcpServer>(server: T): Promise<{ server: T; address: string }> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const at = server.address()
  return { server, address: `127.0.0.1:${typeof at === 'object' ? at?.port : 0}` }
}

describe('an HTTP target', () => {
  let seen: IncomingMessage[] = []
  let statusOf: (request: IncomingMessage) => number = () => 200
  let server: Server
  let address: string
  beforeAll(async () => {
    const web = createServer((request, response) => {
      seen.push(request)
      response.writeHead(statusOf(request)).end('hello')
    })
    ;({ server, address } = await opened(web))
  })
  afterAll(() => server.close())
  const http = (more: object) => ({ protocol: 'http', address, credential: 'none', ...more })

  it.each([
    [{ bearer: { env: 'SECRET' } }, { authorization: `Bearer ${SECRET}` }],
    [{ basic: { password: { env: 'SECRET' } } }, { authorization: `Basic ${Buffer.from(`svc-agent:${SECRET}`).toString('base64')}` }],
    [{ header: 'X-Api-Key', value: { env: 'SECRET' } }, { 'x-api-key': SECRET }],
  ])('is asked for the head of its root with the credential %j', async (credential, headers) => {
    seen = []
    expect(await problemOf(http({ credential, basePath: '/api' }))).toBeNull()
    expect(seen).toEqual([expect.objectContaining({ method: 'HEAD', url: '/api/', headers: expect.objectContaining(headers) })])
  })

  it.each([
    [401, 'the target refuses the credential (401)'],
    [403, null],
    [404, null],
    [302, null],
    [501, null],
    [503, 'the target answers 503'],
  ])('that answers %i has this problem: %s', async (status, problem) => {
    statusOf = () => status
    expect(await problemOf(http({ credential: { bearer: { env: 'SECRET' } } }))).toBe(problem)
  })

  it('whose callers bring the credential may refuse the gateway, which holds none', async () => {
    statusOf = () => 401
    expect(await problemOf(http({ credential: 'caller' }))).toBeNull()
  })

  it('is named by what is wrong with its address, its protocol or its secret', async () => {
    expect(await problemOf(http({ address: '127.0.0.1:1' }))).toBe('the target cannot be reached (ECONNREFUSED)')
    expect(await problemOf(http({ tls: 'require' }))).toBe('the target speaks no TLS that could be agreed on')
    expect(await problemOf(http({ credential: { bearer: { env: 'NOWHERE' } } }))).toBe('the environment has no NOWHERE')
    const ssh = await opened(createTcpServer((socket) => socket.end('SSH-2.0-elsewhere\r\n')))
    expect(await problemOf(http({ address: ssh.address }))).toBe('the target does not speak HTTP')
    ssh.server.close()
  })

  it('that would have a header split is not asked', async () => {
    const problem = await problemOf(http({ credential: { bearer: { env: 'SECRET' } } }), { SECRET: 'a\r\nHost: b' })
    expect(problem).toBe('the target cannot be reached (ERR_INVALID_CHAR)')
  })
})

describe('a Kubernetes target', () => {
  let fake: FakeKubernetes
  let ca: string
  beforeAll(async () => {
    fake = await startFakeKubernetes()
    ca = join(directory, 'ca.pem')
    writeFileSync(ca, fake.ca)
  })
  afterAll(() => fake.stop())
  const cluster = (more: object) => ({
    ...{ protocol: 'kubernetes', address: `127.0.0.1:${fake.port}`, ca, credential: { token: { env: 'SECRET' } }, ...more },
  })

  it('is asked for its version, and whom it takes the gateway for', async () => {
    expect(await problemOf(cluster({}), { SECRET: fake.token })).toBeNull()
    expect(fake.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /version',
      'POST /apis/authentication.k8s.io/v1/selfsubjectreviews',
    ])
  })

  it('takes a client certificate', async () => {
    const clientCertificate = join(directory, 'client.pem')
    writeFileSync(clientCertificate, fake.clientCertificate.cert)
    const credential = { clientCertificate, clientKey: { env: 'KEY' } }
    expect(await problemOf(cluster({ credential }), { KEY: fake.clientCertificate.key })).toBeNull()
    const missing = { ...credential, clientCertificate: join(directory, 'gone.pem') }
    expect(await problemOf(cluster({ credential: missing }), { KEY: 'k' })).toBe(`${missing.clientCertificate} cannot be read`)
  })

  it('is named by a credential that it refuses, which is not repeated', async () => {
    expect(await problemOf(cluster({}))).toBe('the target refuses the credential (401)')
  })

  it('is named by a certificate that nobody vouches for, or that is for another name', async () => {
    const [secrets, untrusted] = [{ SECRET: fake.token }, 'the certificate of the target is not trusted']
    expect(await problemOf(cluster({ ca: undefined }), secrets)).toContain(untrusted)
    expect(await problemOf(cluster({ ca: undefined, tls: 'require' }), secrets)).toBeNull()
    expect(await problemOf(cluster({ serverName: 'kubernetes' }), secrets)).toBeNull()
    expect(await problemOf(cluster({ serverName: 'elsewhere' }), secrets)).toContain('for another name')
    expect(await problemOf(cluster({ ca: join(directory, 'gone.pem') }), secrets)).toContain('the file that ca names cannot be read')
  })

  it.each([
    ['no API server', { '/version': { hello: 1 } }, 'the target answers 200 to /version: is it a Kubernetes API server?'],
    [
      'one that lets strangers in, and takes the gateway for one',
      { '/version': { gitVersion: 'v1.33.1' }, '/apis/authentication.k8s.io/v1/selfsubjectreviews': aReviewOf('system:anonymous') },
      'the target takes the gateway for a stranger: the credential does not count there',
    ],
    ['an older one, that has no such review', { '/version': { gitVersion: 'v1.24.0' } }, null],
  ])('is %s', async (_, answers: Record<string, object>, problem) => {
    const certificate = await (await TestAuthority.create('elsewhere')).server(['localhost'], ['127.0.0.1'])
    const { server, address } = await opened(
      createTlsServer(certificate, ({ url = '' }, response) => {
        response.writeHead(answers[url] ? 200 : 404).end(JSON.stringify(answers[url] ?? {}))
      }),
    )
    expect(await problemOf(cluster({ address, ca: undefined, tls: 'require' }))).toBe(problem)
    server.close()
  })
})

function aReviewOf(username: string): object {
  return { kind: 'SelfSubjectReview', status: { userInfo: { username } } }
}
