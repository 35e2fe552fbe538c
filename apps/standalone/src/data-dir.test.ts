import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DataDirInUseError, ensureOperatorToken, OperatorTokenError, takeDataDir } from './data-dir.ts'

const aDir = () => mkdtempSync(join(tmpdir(), 'hoptrace-data-'))

describe('the data directory', () => {
  it('is kept from a second process, which is told what to do', () => {
    const dir = aDir()
    const giveBack = takeDataDir(dir, process.ppid)
    expect(() => takeDataDir(dir, process.pid)).toThrow(DataDirInUseError)
    expect(() => takeDataDir(dir, process.pid)).toThrow(/in use by process \d+: stop it/)
    giveBack()
    takeDataDir(dir, process.pid)()
  })

  it('is taken over when a later process has the number of the one that died', () => {
    const dir = aDir()
    writeFileSync(join(dir, 'lock'), `${process.ppid} 1 ${'0'.repeat(36)}`)
    takeDataDir(dir, process.pid)()
  })
})

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
