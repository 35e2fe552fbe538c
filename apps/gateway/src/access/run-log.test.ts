import { appendFileSync, mkdtempSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RunLog, RunLogDamagedError, type RunLogEntry } from './run-log.ts'

const revoked = (n: number): RunLogEntry => ({
  kind: 'revoked',
  runs: [`019aa0c0-0000-7000-8000-${String(n).padStart(12, '0')}`],
  by: 'ana',
  reason: 'misdirected',
})

function aLog(entries: number): string {
  const path = join(mkdtempSync(join(tmpdir(), 'hoptrace-run-log-')), 'runs.log')
  const log = new RunLog(path)
  for (let n = 0; n < entries; n++) log.append(revoked(n))
  log.close()
  return path
}

describe('the log of runs', () => {
  it('is readable by its owner alone', () => {
    expect(statSync(aLog(1)).mode & 0o777).toBe(0o600)
  })

  it('cuts off a record that was torn at its end, wherever it was torn, and goes on behind the last whole one', () => {
    const path = aLog(3)
    const whole = readFileSync(path)
    const third = whole.length / 3
    for (let cut = 1; cut < third; cut++) {
      writeFileSync(path, whole.subarray(0, 2 * third + cut))
      const log = new RunLog(path)
      expect(log.entries).toHaveLength(2)
      log.append(revoked(9))
      log.close()
      expect(new RunLog(path).entries).toEqual([revoked(0), revoked(1), revoked(9)])
    }
  })

  it('takes zeros behind the last record for a write that never came', () => {
    const path = aLog(2)
    appendFileSync(path, Buffer.alloc(100))
    expect(new RunLog(path).entries).toHaveLength(2)
  })

  it('refuses to open when a record before the last is damaged, in any byte: what follows it may be a revocation', () => {
    const path = aLog(3)
    const whole = readFileSync(path)
    for (let at = 0; at < (whole.length / 3) * 2; at++) {
      const damaged = Buffer.from(whole)
      damaged[at] = (damaged[at] ?? 0) ^ 0x11
      writeFileSync(path, damaged)
      expect(() => new RunLog(path)).toThrow(RunLogDamagedError)
      expect(readFileSync(path)).toEqual(damaged)
    }
  })

  it('leaves nothing of an entry that could not be written', () => {
    const path = aLog(1)
    const size = statSync(path).size
    const log = new RunLog(path)
    log.close()
    expect(() => log.append(revoked(1))).toThrow(/EBADF/)
    truncateSync(path, size)
    expect(new RunLog(path).entries).toHaveLength(1)
  })
})
