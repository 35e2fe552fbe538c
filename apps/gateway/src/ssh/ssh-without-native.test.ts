import { createRequire, Module } from 'node:module'
import { type Sshd, sshdIsMissing, startSshd } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const require = createRequire(import.meta.url)

/** As after an install that runs no scripts: nobody has compiled ssh2's ciphers. Before ssh2 is loaded. */
function withoutNativeCiphers(): void {
  const path = compiledCiphers()
  if (path === null) return
  const absent = Object.defineProperty(new Module(path), 'exports', {
    get: () => {
      throw new Error('not compiled')
    },
  })
  absent.loaded = true
  require.cache[path] = absent
}

function compiledCiphers(): string | null {
  try {
    return require.resolve('ssh2/lib/protocol/crypto/build/Release/sshcrypto.node')
  } catch {
    return null
  }
}

describe.skipIf(sshdIsMissing() !== null && !process.env.CI)('SSH after an install without scripts', () => {
  let sshd: Sshd
  beforeAll(async () => {
    withoutNativeCiphers()
    sshd = await startSshd()
  })
  afterAll(() => sshd.stop())

  it('carries bytes both ways through rekeying, with the ciphers that OpenSSH uses here', async () => {
    const { aTarget, startGateway } = await import('./gateway.test-support.ts')
    const { FAST_CIPHERS } = await import('./algorithms.ts')
    expect(require('ssh2/lib/protocol/crypto.js')).toMatchObject({ bindingAvailable: false })
    const gateway = await startGateway([aTarget(sshd)])
    const { token } = gateway.mint()
    const text = 'there and back\n'.repeat(200_000)
    for (const cipher of FAST_CIPHERS) {
      const options = ['-o', `Ciphers=${cipher}`, '-o', 'RekeyLimit=1M']
      const ran = await gateway.client('ssh', [...options, `${sshd.user}:bastion@127.0.0.1`, 'cat'], token, text)
      expect([ran.stderr, ran.status, ran.stdout.equals(Buffer.from(text))]).toEqual(['', 0, true])
    }
    await gateway.idle()
    expect(gateway.faults).toEqual([])
    await gateway.close()
  })
})
