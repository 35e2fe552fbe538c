import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DirectoryInUseError, lockDirectory } from './directory-lock.ts'

const aDir = () => mkdtempSync(join(tmpdir(), 'hoptrace-lock-'))
const lives = process.ppid

describe('the lock of a directory', () => {
  it('keeps a second process out until it is given back, and leaves nothing behind', () => {
    const dir = aDir()
    const unlock = lockDirectory(dir, lives)
    expect(() => lockDirectory(dir, process.pid)).toThrow(DirectoryInUseError)
    unlock()
    lockDirectory(dir, process.pid)()
    expect(readdirSync(dir)).toEqual([])
  })

  it.each([
    ['a process that is gone', '4194304 17 boot'],
    ['an earlier process of a number that another has now', `${lives} 1 ${'0'.repeat(36)}`],
    ['a process that died before it could write its number', ''],
    ['something that is no lock', 'garbage'],
  ])('is taken over from %s', (_, holder) => {
    const dir = aDir()
    writeFileSync(join(dir, 'lock'), holder)
    const unlock = lockDirectory(dir, process.pid)
    expect(readFileSync(join(dir, 'lock'), 'utf8')).toContain(`${process.pid}`)
    unlock()
  })

  it('holds against a live process that wrote its number alone', () => {
    const dir = aDir()
    writeFileSync(join(dir, 'lock'), String(lives))
    expect(() => lockDirectory(dir, process.pid)).toThrow(/in use by process \d+$/)
  })
})
