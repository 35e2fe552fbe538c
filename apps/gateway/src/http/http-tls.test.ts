import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { TestAuthority } from '@hoptrace/testing'
import { Agent, request } from 'undici'
import { describe, expect, it } from 'vitest'
import { aGateway, aTarget, closedAfterTest, exchangeRaw } from './targets.test-support.ts'

async function aTlsTarget(authority: TestAuthority, addresses: string[]) {
  const server = createServer(await authority.server(['ledger.test'], addresses), (req, res) => res.end(`over TLS to ${req.headers.host}`))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closedAfterTest({
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  })
  return { port: (server.address() as AddressInfo).port }
}

function aFileWith(pem: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'hoptrace-tls-')), 'ca.pem')
  writeFileSync(path, pem)
  return path
}

describe('TLS to a target', () => {
  it('is verified by the authority that is named, whatever host the caller names', async () => {
    const authority = await TestAuthority.create('test')
    const { port } = await aTlsTarget(authority, ['127.0.0.1'])
    const gateway = await aGateway([{ port, aliases: ['billing.internal'], tls: 'verify', ca: aFileWith(authority.pem) }])
    const headers = { 'hoptrace-token': gateway.mint().token }
    const answers = []
    for (const host of ['billing.internal', 'g']) {
      const { body } = await request(`${gateway.url}/${host === 'g' ? 'targets/billing/' : ''}`, { headers: { ...headers, host } })
      answers.push(await body.text())
    }
    expect(answers).toEqual(['over TLS to billing.internal', `over TLS to 127.0.0.1:${port}`])
  })

  it('is refused with a certificate of another authority, or of another name', async () => {
    const [authority, other] = [await TestAuthority.create('test'), await TestAuthority.create('other')]
    const [stranger, misnamed] = [await aTlsTarget(other, ['127.0.0.1']), await aTlsTarget(authority, ['127.0.0.9'])]
    const ca = aFileWith(authority.pem)
    const gateway = await aGateway([
      { name: 'stranger', port: stranger.port, tls: 'verify', ca },
      { name: 'misnamed', port: misnamed.port, tls: 'verify', ca },
      { name: 'trusted', port: misnamed.port, tls: 'require' },
    ])
    const headers = { 'hoptrace-token': gateway.mint().token }
    const ask = async (name: string) => {
      const { statusCode, body } = await request(`${gateway.url}/targets/${name}/`, { headers })
      return [statusCode, await body.text()]
    }
    expect(await ask('stranger')).toMatchObject([502, expect.stringContaining('certificate is not accepted')])
    expect(await ask('misnamed')).toMatchObject([502, expect.stringContaining('certificate is not accepted')])
    expect((await ask('trusted'))[0]).toBe(200)
  })
})

describe('TLS from a caller', () => {
  it('is spoken where the gateway has a certificate', async () => {
    const authority = await TestAuthority.create('test')
    const target = await aTarget((_req, res) => res.end('ok'))
    const gateway = await aGateway([{ port: target.port }], { tls: await authority.server(['localhost'], ['127.0.0.1']) })
    const dispatcher = closedAfterTest(new Agent({ connect: { ca: authority.pem } }))
    const headers = { 'hoptrace-token': gateway.mint().token }
    const { statusCode } = await request(`https://127.0.0.1:${gateway.port}/targets/billing/`, { headers, dispatcher })
    expect(statusCode).toBe(200)
    expect(gateway.bodies('session.started').some((body) => body.tls && body.client === null)).toBe(true)
    const plain = await exchangeRaw(gateway.port, 'GET / HTTP/1.1\r\nHost: g\r\n\r\n')
    expect(plain).not.toContain('200')
  })

  const outside = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find((address) => !address.internal && address.family === 'IPv4')?.address

  it.skipIf(outside === undefined)('is asked for from other machines: a run token would travel in clear', async () => {
    const target = await aTarget((_req, res) => res.end('never'))
    const gateway = await aGateway([{ port: target.port }], {}, '0.0.0.0')
    const headers = { 'hoptrace-token': gateway.mint().token }
    const { statusCode, body } = await request(`http://${outside}:${gateway.port}/targets/billing/`, { headers })
    expect([statusCode, await body.json()]).toMatchObject([403, { reason: 'tls-required' }])
    await gateway.recorded('access.decided')
    expect(gateway.bodies('access.decided')[0]).toMatchObject({ reason: 'tls-required' })
  })
})

describe('a target that does not accept', () => {
  it('is told as one that cannot be reached, over TLS too', async () => {
    const server = createTcpServer((socket) => socket.destroy())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closedAfterTest({ close: () => server.close() })
    const gateway = await aGateway([{ port: (server.address() as AddressInfo).port, tls: 'require' }])
    const { statusCode, body } = await request(`${gateway.url}/targets/billing/`, { headers: { 'hoptrace-token': gateway.mint().token } })
    expect([statusCode, await body.json()]).toMatchObject([502, { reason: expect.stringMatching(/target-(lost|unreachable)/) }])
  })
})
