import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DAY_MS } from './authority.ts'
import { certificateNames, isDue, ownAuthority } from './own-certificate.ts'

const missing = ['openssl', 'curl'].find((tool) => spawnSync(tool, ['--version']).error) ?? null
if (missing !== null && process.env.CI === 'true') throw new Error(`These tests need ${missing}`)

const NOW = Date.now()
const aDirectory = () => mkdtempSync(join(tmpdir(), 'hoptrace-tls-'))
const names = certificateNames(['127.0.0.1', '10.1.2.3'], ['gateway.internal', 'fd00::7'])

describe('the gateway’s own authority', () => {
  it('is made at first start, for its owner’s eyes alone, and found again', async () => {
    const directory = aDirectory()
    const first = await ownAuthority(directory, 'gw-1', NOW)
    expect((await ownAuthority(directory, 'gw-1', NOW)).pem).toBe(first.pem)
    expect(statSync(join(directory, 'tls-authority.pem')).mode & 0o777).toBe(0o600)
    expect(first.pem).not.toContain('PRIVATE KEY')
  })

  it('says whose it is, as far as a name goes, and is told apart from one of the same name by its key', async () => {
    const id = 'gw-'.repeat(20)
    const [one, other] = await Promise.all([ownAuthority(aDirectory(), id, NOW), ownAuthority(aDirectory(), id, NOW)])
    const [a, b] = [one, other].map(({ pem }) => new X509Certificate(pem))
    expect(a?.subject).toBe(`O=Hoptrace\nCN=Hoptrace gateway ${id.slice(0, 47)}`)
    const leaf = new X509Certificate((await one.issue(['localhost'], NOW)).cert)
    expect([a, b].map((issuer) => issuer && leaf.checkIssued(issuer))).toEqual([true, false])
  })

  it('is made anew when it could not sign a certificate of use', async () => {
    const directory = aDirectory()
    const first = await ownAuthority(directory, 'gw-1', NOW - 3600 * DAY_MS)
    const second = await ownAuthority(directory, 'gw-1', NOW)
    expect(second.pem).not.toBe(first.pem)
    expect(second.expiresMs).toBeGreaterThan(NOW + 3600 * DAY_MS)
  })

  it('is refused by its path, where the file is damaged', async () => {
    const directory = aDirectory()
    await ownAuthority(directory, 'gw-1', NOW)
    const path = join(directory, 'tls-authority.pem')
    writeFileSync(path, readFileSync(path, 'utf8').replace(/MII.{20}/, 'MIIgarbage'))
    await expect(ownAuthority(directory, 'gw-1', NOW)).rejects.toThrow(`${path} holds no authority`)
  })
})

describe('a certificate of the authority', () => {
  it('has every name and address that callers use, and is due again in time', async () => {
    const leaf = await (await ownAuthority(aDirectory(), 'gw-1', NOW)).issue(names, NOW)
    const certificate = new X509Certificate(leaf.cert)
    expect(names).toEqual(['localhost', '127.0.0.1', '::1', '10.1.2.3', 'gateway.internal', 'fd00::7'])
    expect(certificate.checkHost('gateway.internal')).toBe('gateway.internal')
    for (const address of ['127.0.0.1', '::1', '10.1.2.3', 'fd00::7']) expect(certificate.checkIP(address)).toBe(address)
    expect(certificate.checkHost('elsewhere.internal')).toBeUndefined()
    expect([isDue(leaf, NOW), isDue(leaf, NOW + 340 * DAY_MS)]).toEqual([false, true])
  })

  it('never outlives the authority', async () => {
    const authority = await ownAuthority(aDirectory(), 'gw-1', NOW - 3500 * DAY_MS)
    expect((await authority.issue(names, NOW)).expiresMs).toBe(authority.expiresMs)
  })

  it('leaves out the addresses that mean every address', () => {
    expect(certificateNames(['0.0.0.0', '::'], [])).toEqual(['localhost', '127.0.0.1', '::1'])
  })
})

describe.skipIf(missing !== null)(`other programs${missing === null ? '' : ` (skipped: ${missing} is missing)`}`, () => {
  it('verify the certificate by the authority alone', async () => {
    const directory = aDirectory()
    const authority = await ownAuthority(directory, 'gw-1', NOW)
    const [ca, leaf] = [join(directory, 'ca.pem'), join(directory, 'leaf.pem')]
    writeFileSync(ca, authority.pem)
    writeFileSync(leaf, (await authority.issue(names, NOW)).cert)
    const verify = ['verify', '-x509_strict', '-purpose', 'sslserver', '-verify_hostname', 'gateway.internal', '-CAfile', ca, leaf]
    expect(execFileSync('openssl', verify, { encoding: 'utf8' })).toContain(': OK')
  })

  it('reach a server that shows it, and refuse it without the authority', async () => {
    const directory = aDirectory()
    const authority = await ownAuthority(directory, 'gw-1', NOW)
    writeFileSync(join(directory, 'ca.pem'), authority.pem)
    const server = createServer(await authority.issue(names, NOW), (_, response) => response.end('hello')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const url = `https://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`
    const curl = (...args: string[]) =>
      new Promise<number>((resolve) => {
        execFile('curl', ['-sS', ...args, url], (error) => resolve(Number(error?.code ?? 0)))
      })
    expect(await curl('--cacert', join(directory, 'ca.pem'))).toBe(0)
    expect(await curl()).toBe(60)
    server.close()
  })
})
