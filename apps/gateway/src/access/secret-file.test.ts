import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { digestKeyOf } from '../recording/digest-key.ts'
import { readOrMakeSecret, SecretFileError } from './secret-file.ts'

const aDir = () => mkdtempSync(join(tmpdir(), 'hoptrace-secret-'))

describe("a secret of the gateway's own", () => {
  it('is made once, whole, for its owner alone', () => {
    const path = join(aDir(), 'operator.token')
    expect(readOrMakeSecret(path, () => 'first')).toBe('first')
    expect(readOrMakeSecret(path, () => 'second')).toBe('first')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8')).toBe('first\n')
  })

  it('leaves no file behind when it cannot be made', () => {
    const path = join(aDir(), 'operator.token')
    expect(() =>
      readOrMakeSecret(path, () => {
        throw new Error('no randomness')
      }),
    ).toThrow('no randomness')
    expect(existsSync(path)).toBe(false)
    expect(readOrMakeSecret(path, () => 'first')).toBe('first')
  })

  it.each(['', '\n', ' \n'])('is not taken from an empty file (%j): an empty token would let everyone in', (text) => {
    const path = join(aDir(), 'operator.token')
    writeFileSync(path, text)
    expect(() => readOrMakeSecret(path, () => 'new')).toThrow(SecretFileError)
  })

  it.each(['00', 'zz'.repeat(32), `${'ab'.repeat(31)}a`])('is no digest key unless it is 32 bytes in hex (%s)', (text) => {
    const dir = aDir()
    writeFileSync(join(dir, 'digest.key'), `${text}\n`)
    expect(() => digestKeyOf(dir)).toThrow(SecretFileError)
    expect(() => digestKeyOf(dir)).not.toThrow(text)
  })
})
