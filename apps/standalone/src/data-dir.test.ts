import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ensureOperatorToken, OperatorTokenError } from './data-dir.ts'

const aDir = () => mkdtempSync(join(tmpdir(), 'hoptrace-data-'))

describe("the operator's token", () => {
  it('is made once, for its owner alone, and leaves nothing beside it', () => {
    const dir = aDir()
    const token = ensureOperatorToken(dir)
    expect(ensureOperatorToken(dir)).toBe(token)
    expect(readdirSync(dir)).toEqual(['operator.token'])
    expect(statSync(join(dir, 'operator.token')).mode & 0o777).toBe(0o600)
  })

  it('is not taken from an empty file', () => {
    const dir = aDir()
    writeFileSync(join(dir, 'operator.token'), '\n')
    expect(() => ensureOperatorToken(dir)).toThrow(OperatorTokenError)
  })
})
