import { describe, expect, it } from 'vitest'
import { until } from '../recording/recordings.test-support.ts'
import { aGateway, aTarget, bodyOf } from './targets.test-support.ts'

describe("the run token and the gateway's own credential", () => {
  it.each([
    [{ bearer: { env: 'BILLING' } }, 'the-secret-of-BILLING'],
    [{ basic: { password: { env: 'BILLING' } } }, Buffer.from('svc-agent:the-secret-of-BILLING').toString('base64')],
    [{ header: 'x-functions-key', value: { env: 'BILLING' } }, 'the-secret-of-BILLING'],
  ])('stand in no event, where the target answers with them: %j', async (credential, secret) => {
    const target = await aTarget(async (req, res) => {
      const said = `${JSON.stringify(req.headers)} ${await bodyOf(req)}`
      res.setHeader('location', `/?from=${encodeURIComponent(said)}`)
      res.setHeader('x-said', said)
      res.end(req.url === '/bytes' ? Buffer.concat([Buffer.of(0xff), Buffer.from(said)]) : said)
    })
    const gateway = await aGateway([{ port: target.port, credential }])
    const { token } = gateway.mint()
    const ask = async (path: string) => {
      const headers = { 'hoptrace-token': token, 'content-type': 'text/plain' }
      return (await fetch(`${gateway.url}/targets/billing${path}`, { method: 'POST', headers, body: `{"token":"${token}"}` })).text()
    }
    expect(await ask('/')).toContain(secret)
    expect(await ask('/bytes')).toContain(token)
    await until(() => gateway.bodies('http.response').filter((one) => one.end).length === 2)
    const events = JSON.stringify(gateway.events().map(({ body, observables }) => ({ body, observables })))
    const bytes = gateway.bodies('http.response').flatMap(({ body }) => (body?.data && 'base64' in body.data ? [body.data.base64] : []))
    for (const text of [events, ...bytes.map((data) => Buffer.from(data, 'base64').toString('latin1'))]) {
      expect(text).not.toContain(secret)
      expect(text).not.toContain(token)
    }
    expect(gateway.bodies('http.request')[0]?.body?.data).toEqual({ utf8: `{"token":"${'*'.repeat(token.length)}"}` })
  })

  it("of another run stand in no event and go to no target, even one that takes the caller's own", async () => {
    const target = await aTarget((req, res) => void res.end(JSON.stringify(req.headers)))
    const gateway = await aGateway([{ port: target.port, credential: 'caller' }])
    const [own, other] = [gateway.mint().token, gateway.mint({}, 'agent-b').token]
    const headers = { 'hoptrace-token': own, authorization: `Bearer ${other}`, 'x-note': `use ${other}` }
    const answer = await (await fetch(`${gateway.url}/targets/billing/`, { headers })).text()
    expect(answer).not.toContain(other)
    expect(JSON.stringify(gateway.events())).not.toContain(other)
  })
})

describe('a field of a request', () => {
  it("of the name that the target's credential has is digested, never recorded, and replaced, whatever its hyphens", async () => {
    const target = await aTarget((req, res) => void res.end(JSON.stringify(req.rawHeaders)))
    const gateway = await aGateway([{ port: target.port, credential: { header: 'x-functions-id', value: { env: 'BILLING' } } }])
    const headers = {
      'hoptrace-token': gateway.mint().token,
      'x-functions-id': 'key-of-the-caller',
      x_functions_id: 'another',
      content_length: '3',
    }
    const answer = await (await fetch(`${gateway.url}/targets/billing/`, { headers })).text()
    expect(answer).toContain('the-secret-of-BILLING')
    expect(answer).not.toMatch(/key-of-the-caller|another|content_length/)
    expect(gateway.bodies('http.request')[0]?.withheldHeaders).toContain('x-functions-id')
    expect(JSON.stringify(gateway.events())).not.toContain('key-of-the-caller')
  })
})
