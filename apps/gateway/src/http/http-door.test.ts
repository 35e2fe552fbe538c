import { describe, expect, it } from 'vitest'
import { until } from '../recording/recordings.test-support.ts'
import { aGateway, aTarget, bodyOf, exchangeRaw } from './targets.test-support.ts'

describe('a request', () => {
  it('is on record, head and body, before the target has it, and its answer before the caller has that', async () => {
    const seen: string[] = []
    let recordedAtTarget: string[] = []
    const target = await aTarget(async (req, res) => {
      seen.push(`${req.method} ${req.url} ${await bodyOf(req)}`)
      recordedAtTarget = gateway.bodies('http.request').map((body) => body.path)
      res.setHeader('content-type', 'application/json').end('{"id":7,"host":"ledger.internal"}')
    })
    const gateway = await aGateway([{ port: target.port, basePath: '/api' }])
    const { token } = gateway.mint()
    const answer = await fetch(`${gateway.url}/targets/billing/v1/invoices?dry=1`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{"amount":12}',
    })
    expect([answer.status, await answer.json()]).toEqual([200, { id: 7, host: 'ledger.internal' }])
    expect(gateway.bodies('http.response')).toHaveLength(1)
    expect(seen).toEqual(['POST /api/v1/invoices?dry=1 {"amount":12}'])
    expect(recordedAtTarget).toEqual(['/api/v1/invoices?dry=1'])
    expect(gateway.bodies('http.request')[0]).toMatchObject({
      method: 'POST',
      path: '/api/v1/invoices?dry=1',
      host: `127.0.0.1:${gateway.port}`,
      httpVersion: '1.1',
      body: { data: { utf8: '{"amount":12}' }, mediaType: 'application/json', encoding: null },
      withheldHeaders: ['authorization'],
    })
    expect(gateway.bodies('http.response')[0]).toMatchObject({
      request: 2,
      status: 200,
      refused: null,
      body: { data: { utf8: '{"id":7,"host":"ledger.internal"}' } },
      end: { isComplete: true, bytesToTarget: 13, bytesToCaller: 33, message: null },
    })
    expect(JSON.stringify(gateway.events())).not.toContain(token)
    expect(gateway.faults).toEqual([])
  })

  it('reaches its target by alias as well, with the host that the caller named', async () => {
    const hosts: (string | undefined)[] = []
    const target = await aTarget((req, res) => {
      hosts.push(req.headers.host)
      res.end('ok')
    })
    const gateway = await aGateway([{ port: target.port, aliases: ['billing.internal'] }])
    const { token } = gateway.mint()
    const answers = []
    for (const host of ['billing.internal', 'BILLING.internal.:8080']) {
      const { request } = await import('undici')
      const headers = { host, 'hoptrace-token': token }
      answers.push((await request(`${gateway.url}/v1`, { headers })).statusCode)
    }
    expect(answers).toEqual([200, 200])
    expect(hosts).toEqual(['billing.internal', 'BILLING.internal.:8080'])
  })

  it.each([
    ['a bearer token', (token: string) => ({ authorization: `Bearer ${token}` })],
    ['the password of Basic', (token: string) => ({ authorization: `Basic ${Buffer.from(`agent:${token}`).toString('base64')}` })],
    ['a proxy credential', (token: string) => ({ 'proxy-authorization': `Bearer ${token}` })],
    ['a header of its own', (token: string) => ({ 'hoptrace-token': token })],
  ])('is let in with its run token as %s, which goes no further', async (_, headersWith) => {
    let seen = ''
    const target = await aTarget((req, res) => {
      seen = JSON.stringify(req.rawHeaders)
      res.end()
    })
    const gateway = await aGateway([{ port: target.port }])
    const { token } = gateway.mint()
    const { request } = await import('undici')
    const { statusCode } = await request(`${gateway.url}/targets/billing/`, { headers: { ...headersWith(token), 'x-copy': `is ${token}` } })
    expect(statusCode).toBe(200)
    expect(seen).not.toContain(token)
    expect(seen).not.toContain(Buffer.from(`agent:${token}`).toString('base64'))
    expect(JSON.stringify(gateway.events())).not.toContain(token)
    expect(gateway.bodies('http.request')[0]?.withheldHeaders).toContain('x-copy')
  })
})

describe('what may not be asked', () => {
  it.each([
    ['without a token', {}, 401, 'no-credential'],
    ['with an unknown token', { authorization: 'Bearer hop_nobody-knows-this-one' }, 401, 'unknown-token'],
  ])('is refused %s, and recorded', async (_, headers, status, reason) => {
    const target = await aTarget((_req, res) => res.end('never'))
    const gateway = await aGateway([{ port: target.port }])
    const answer = await fetch(`${gateway.url}/targets/billing/v1/invoices/7?force=1`, { method: 'DELETE', headers })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await answer.json()).toMatchObject({ status, reason })
    await gateway.recorded('access.decided')
    expect(gateway.bodies('access.decided')[0]).toMatchObject({
      decision: 'deny',
      reason,
      asked: { protocol: 'http', target: 'billing', action: 'DELETE /v1/invoices/7' },
    })
  })

  it('is refused beyond the methods and paths of the grant, while the session goes on', async () => {
    const target = await aTarget((_req, res) => res.end('ok'))
    const gateway = await aGateway([{ port: target.port, basePath: '/api' }])
    const { token } = gateway.mint({ http: { methods: ['GET'], paths: ['/api/v1/**'] } })
    const headers = { authorization: `Bearer ${token}` }
    const ask = (method: string, path: string) => fetch(`${gateway.url}/targets/billing${path}`, { method, headers })
    const answers = [await ask('GET', '/v1/a'), await ask('DELETE', '/v1/a'), await ask('GET', '/v2/a'), await ask('GET', '/v1/b')]
    expect(answers.map((answer) => answer.status)).toEqual([200, 403, 403, 200])
    expect(await answers[1]?.json()).toMatchObject({ reason: 'not-granted' })
    expect(gateway.bodies('http.request').map((body) => body.path)).toEqual(['/api/v1/a', '/api/v1/b'])
    expect(new Set(gateway.of('http.request').map((event) => event.sessionId)).size).toBe(1)
  })

  it('is refused with the token in its path, which is not recorded either', async () => {
    const target = await aTarget((_req, res) => res.end('never'))
    const gateway = await aGateway([{ port: target.port }])
    const { token } = gateway.mint()
    const answer = await fetch(`${gateway.url}/targets/billing/${token}`, { headers: { authorization: `Bearer ${token}` } })
    expect(answer.status).toBe(400)
    await gateway.recorded('access.decided')
    expect(JSON.stringify(gateway.events())).not.toContain(token)
  })

  it.each(['/../admin', '/v1/%2e%2E/x', '/v1/..;/x', '/v1\\\\..\\\\x', '/a%2f..%2fb'])(
    'is refused where its path (%s) leads out of the target',
    async (path) => {
      const target = await aTarget((_req, res) => res.end('never'))
      const gateway = await aGateway([{ port: target.port, basePath: '/api' }])
      const { token } = gateway.mint()
      const answer = await exchangeRaw(
        gateway.port,
        `GET /targets/billing${path} HTTP/1.1\r\nHost: g\r\nHoptrace-Token: ${token}\r\nConnection: close\r\n\r\n`,
      )
      expect(answer).toMatch(/^HTTP\/1\.1 400 .*leads out of its target/s)
    },
  )

  it('tells a target that is not there from one that may not be reached', async () => {
    const target = await aTarget((_req, res) => res.end('never'))
    const gateway = await aGateway([{ port: target.port }])
    const { token } = gateway.mint()
    const headers = { authorization: `Bearer ${token}` }
    expect((await fetch(`${gateway.url}/targets/nowhere/`, { headers })).status).toBe(404)
    expect((await fetch(`${gateway.url}/`, { headers })).status).toBe(404)
  })
})

describe('credentials', () => {
  it('of the gateway replace what the caller brought, and stand in no event', async () => {
    const seen: (string | undefined)[] = []
    const target = await aTarget((req, res) => {
      seen.push(req.headers.authorization, req.headers['x-api-key']?.toString())
      res.end()
    })
    const gateway = await aGateway([
      { name: 'a', port: target.port, credential: { bearer: { env: 'A' } } },
      { name: 'b', port: target.port, credential: { basic: { password: { env: 'B' } } } },
      { name: 'c', port: target.port, credential: { header: 'x-api-key', value: { env: 'C' } } },
    ])
    const { token } = gateway.mint()
    for (const name of ['a', 'b', 'c']) {
      const headers = { 'hoptrace-token': token, authorization: 'Bearer of-the-caller', 'x-api-key': 'the-callers-own-key' }
      await (await fetch(`${gateway.url}/targets/${name}/`, { headers })).text()
    }
    const basic = `Basic ${Buffer.from('svc-agent:the-secret-of-B').toString('base64')}`
    expect(seen).toEqual(['Bearer the-secret-of-A', 'the-callers-own-key', basic, 'the-callers-own-key', undefined, 'the-secret-of-C'])
    expect(JSON.stringify(gateway.events())).not.toMatch(/the-secret-of|of-the-caller|the-callers-own-key/)
  })

  it('of the caller are passed on where the target takes those, digested as presented and never recorded', async () => {
    const seen: (string | undefined)[] = []
    const target = await aTarget((req, res) => {
      seen.push(req.headers.authorization, req.headers.cookie)
      res.setHeader('set-cookie', ['session=the-new-session-value; Path=/', 'b="another-new-value"']).end()
    })
    const gateway = await aGateway([{ port: target.port, credential: 'caller' }])
    const { token } = gateway.mint()
    const headers = { 'hoptrace-token': token, authorization: 'Bearer s3cret-read-elsewhere', cookie: 'a=first-cookie; b=second-cookie' }
    const answer = await fetch(`${gateway.url}/targets/billing/`, { headers })
    expect(answer.headers.getSetCookie()).toEqual(['session=the-new-session-value; Path=/', 'b="another-new-value"'])
    expect(seen).toEqual(['Bearer s3cret-read-elsewhere', 'a=first-cookie; b=second-cookie'])
    expect(JSON.stringify(gateway.events())).not.toMatch(/s3cret-read|first-cookie|second-cookie|new-session|another-new/)
    expect(gateway.bodies('http.request')[0]?.withheldHeaders).toEqual(['hoptrace-token', 'authorization', 'cookie'])
    expect(gateway.bodies('http.response')[0]?.withheldHeaders).toEqual(['set-cookie'])
    const [request] = gateway.of('http.request')
    const [response] = gateway.of('http.response')
    const { observe } = await import('@hoptrace/events')
    const digestOf = (canonical: string) =>
      observe(gateway.recordings.digestKey, { kind: 'credential', canonical, offset: 0, role: 'presented', at: '' }).digest
    const presented = request?.observables.filter((one) => one.role === 'presented').map((one) => one.digest)
    expect(presented).toEqual(['s3cret-read-elsewhere', 'first-cookie', 'second-cookie'].map(digestOf))
    const answered = response?.observables.filter((one) => one.role === 'answered').map((one) => one.digest)
    expect(answered).toEqual(['the-new-session-value', 'another-new-value'].map(digestOf))
  })
})

describe('a session', () => {
  it('is one run’s requests to one target, over however many connections, until an idle gap', async () => {
    const target = await aTarget((_req, res) => res.end('ok'))
    const gateway = await aGateway([{ port: target.port, idleSeconds: 1 }])
    const [ana, ben] = [gateway.mint(), gateway.mint()]
    const ask = ({ token }: { token: string }) =>
      fetch(`${gateway.url}/targets/billing/`, { headers: { authorization: `Bearer ${token}`, connection: 'close' } }).then((answer) =>
        answer.text(),
      )
    await Promise.all([ask(ana), ask(ana), ask(ben), ask(ana)])
    await until(() => gateway.recordings.openCount === 0)
    await ask(ana)
    const sessions = new Map<string, string[]>()
    for (const event of gateway.of('http.request')) {
      sessions.set(event.sessionId, [...(sessions.get(event.sessionId) ?? []), event.run ?? ''])
    }
    expect([...sessions.values()].map((runs) => runs.length).sort()).toEqual([1, 1, 3])
    const reasons = gateway.bodies('session.ended').map((body) => body.reason)
    expect(reasons).toEqual(['idle', 'idle'])
  })

  it('that is revoked ends what is in flight at once, in the middle of an answer or before it', async () => {
    const target = await aTarget((req, res) => {
      if (req.url === '/stream') res.writeHead(200, { 'content-type': 'text/plain' }).write('begun')
    })
    const gateway = await aGateway([{ port: target.port }])
    const { token, run } = gateway.mint()
    const headers = { authorization: `Bearer ${token}` }
    const streaming = await fetch(`${gateway.url}/targets/billing/stream`, { headers })
    const waiting = fetch(`${gateway.url}/targets/billing/silent`, { headers })
    await gateway.recorded('http.request', 2)
    gateway.recordings.stopRuns(new Set([run]), { reason: 'revoked', message: 'the run was revoked' })
    await expect(streaming.text()).rejects.toThrow()
    const refused = await waiting
    expect([refused.status, await refused.json()]).toMatchObject([403, { reason: 'revoked' }])
    await gateway.recorded('session.ended')
    expect(gateway.bodies('http.ended')).toMatchObject([{ isComplete: false, message: 'the run was revoked' }])
    expect(gateway.bodies('http.response').map((body) => [body.status, body.refused])).toEqual([
      [200, null],
      [null, 'the run was revoked'],
    ])
    expect(gateway.bodies('session.ended')).toEqual([{ reason: 'revoked', message: 'the run was revoked' }])
  })
})
