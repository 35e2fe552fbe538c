import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CliError } from '../exit.ts'
import { LoginFile, type StoredLogin } from './login-file.ts'

const HERE = 'https://hoptrace.example'
const aLogin = (change: Partial<StoredLogin> = {}): StoredLogin => ({
  ...{ issuer: 'https://id.example', clientId: 'cli', scope: 'openid', accessToken: 'a', idToken: 'i', refreshToken: 'r' },
  ...{ taken: 'access', expiresAtMs: 1 },
  ...change,
})

describe('stored logins', () => {
  let home: string
  let file: LoginFile
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'hoptrace-logins-'))
    file = new LoginFile(home)
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  it('are none where there is no file', () => {
    expect(file.find(HERE)).toBeNull()
    expect(file.forget(HERE)).toBeNull()
  })
  it('are kept apart by platform, for their owner alone', () => {
    file.keep(HERE, aLogin())
    file.keep('https://other.example', aLogin({ accessToken: 'b' }))
    expect([file.find(HERE)?.accessToken, file.find('https://other.example')?.accessToken]).toEqual(['a', 'b'])
    expect(statSync(file.path).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(file.path)).mode & 0o777).toBe(0o700)
    expect(readdirSync(dirname(file.path))).toEqual(['logins.json'])
  })
  it('are gone once forgotten, and the others stay', () => {
    expect(file.forget(HERE)?.refreshToken).toBe('r')
    expect(file.find(HERE)).toBeNull()
    expect(readFileSync(file.path, 'utf8')).toContain('other.example')
  })
  it('are not read when others could have', () => {
    chmodSync(file.path, 0o644)
    expect(() => file.find(HERE)).toThrow(CliError)
    chmodSync(file.path, 0o600)
  })
  it('are not guessed at when the file is no such file', () => {
    writeFileSync(file.path, '{"version":1', { mode: 0o600 })
    expect(() => file.find(HERE)).toThrow(/cannot be understood/)
  })
})
