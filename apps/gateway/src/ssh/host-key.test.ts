import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { describeHostKey, generateHostKey, HostKeyError } from './host-key.ts'

describe('the host key of the gateway', () => {
  it('can be read by the proxy, each of 1,000', () => {
    const keys = Array.from({ length: 1000 }, generateHostKey)
    expect(new Set(keys.map((key) => describeHostKey(key).fingerprint)).size).toBe(1000)
  })

  it('can be read by OpenSSH, which gives it the same fingerprint', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'hoptrace-key-')), 'key')
    const key = generateHostKey()
    writeFileSync(file, key, { mode: 0o600 })
    const { fingerprint, knownHostsKey } = describeHostKey(key)
    expect(execFileSync('ssh-keygen', ['-l', '-f', file], { encoding: 'utf8' })).toContain(fingerprint)
    expect(execFileSync('ssh-keygen', ['-y', '-f', file], { encoding: 'utf8' })).toContain(knownHostsKey)
  })

  it('is refused without a word of it when it cannot be read', () => {
    expect(() => describeHostKey('sEcReT')).toThrow(HostKeyError)
    expect(() => describeHostKey('sEcReT')).not.toThrow(/sEcReT/)
  })
})
