import { describe, expect, it } from 'vitest'
import { schemeCredential } from './credential-fields.ts'
import { aGateway, aTarget, bodyOf, exchangeRaw } from './targets.test-support.ts'

const UPGRADE = 'Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n'

/** A gateway whose target answers with what it was asked, when it is told to. */
async function anEcho() {
  const reached: string[] = []
  const target = await aTarget(async (req, res) => {
    reached.push(`${req.method} ${req.url} ${req.headers.upgrade ?? ''}${await bodyOf(req)}`)
    if (req.url !== '/never') res.end(`answer to ${req.url}`)
  })
  const gateway = await aGateway([{ port: target.port }])
  const { token } = gateway.mint()
  const request = (path: string, more = '', presented = token) =>
    `GET /targets/billing${path} HTTP/1.1\r\nHost: g\r\nHoptrace-Token: ${presented}\r\n${more}\r\n`
  const isAlive = async () => (await fetch(`${gateway.url}/targets/billing/`, { headers: { 'hoptrace-token': token } })).status === 200
  return { gateway, reached, request, isAlive }
}

describe('a request to upgrade that follows another at once', () => {
  it.each(['websocket', 'h2c'])('(%s) waits for the answer of the gateway itself', async (protocol) => {
    const { gateway, request, isAlive } = await anEcho()
    const bytes = request('/a', '', 'nobody') + request('/b', `Upgrade: ${protocol}\r\n${UPGRADE}`, 'nobody')
    const answer = await exchangeRaw(gateway.port, bytes, (text) => text.split('"reason"').length === 3)
    expect(answer.match(/HTTP\/1\.1 401 /g)).toHaveLength(2)
    expect(await isAlive()).toBe(true)
  })

  it.each(['websocket', 'h2c'])('(%s) ends the connection while the one before it is under way', async (protocol) => {
    const { gateway, reached, request, isAlive } = await anEcho()
    await exchangeRaw(gateway.port, request('/never') + request('/b', `Upgrade: ${protocol}\r\n${UPGRADE}`))
    expect(await isAlive()).toBe(true)
    expect(reached.filter((one) => one.includes('/b'))).toEqual([])
    expect(gateway.faults).toEqual([])
  })
})

describe('a request to upgrade', () => {
  it('that has a body asks for no upgrade, and its body is no message', async () => {
    const { gateway, reached, request } = await anEcho()
    const bytes = `${request('/ws', `Upgrade: websocket\r\n${UPGRADE}Content-Length: 5\r\n`)}hello`
    const answer = await exchangeRaw(gateway.port, bytes, (text) => text.includes('answer to /ws'))
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(reached).toEqual(['GET /ws hello'])
    expect(gateway.bodies('http.request')[0]?.body?.data).toEqual({ utf8: 'hello' })
  })
})

it('requests to upgrade, of which a connection may send any number, leave nothing behind on it', async () => {
  const warnings: Error[] = []
  const note = (warning: Error) => void warnings.push(warning)
  process.on('warning', note)
  const { gateway, request } = await anEcho()
  const bytes = request('/a', `Upgrade: h2c\r\n${UPGRADE}`, 'nobody').repeat(20)
  const answer = await exchangeRaw(gateway.port, bytes, (text) => text.split('"reason"').length === 21)
  process.off('warning', note)
  expect(answer.match(/HTTP\/1\.1 401 /g)).toHaveLength(20)
  expect(warnings).toEqual([])
})

describe('a request by TRACE', () => {
  it("is not passed on: its answer would show the target's credential", async () => {
    const { gateway, reached, request } = await anEcho()
    const answer = await exchangeRaw(gateway.port, request('/').replace('GET', 'TRACE'), (text) => text.includes('}'))
    expect(answer).toMatch(/^HTTP\/1\.1 501 /)
    expect(reached).toEqual([])
  })
})

describe('a credential in a field', () => {
  it('is read in time that grows with its length alone', () => {
    const value = `Bearer a${' '.repeat(30_000)}b`
    // Once, with a pattern that looks back at each space, takes seconds: this would not end in time.
    for (let n = 0; n < 100; n++) expect(schemeCredential(value)).toHaveLength(30_002)
  })
})
