import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median, type Row } from './table.ts'

const WRITES = 2000
const RECORD_BYTES = 900

/** What one sync of a preallocated file costs on this disk: the floor of what waiting for durability can cost. @returns µs */
export function measureSync(): { p50: number; p99: number } {
  const dir = mkdtempSync(join(tmpdir(), 'hoptrace-bench-'))
  const fd = openSync(join(dir, 'file'), 'w+')
  writeSync(fd, Buffer.alloc(WRITES * RECORD_BYTES))
  fdatasyncSync(fd)
  const record = Buffer.alloc(RECORD_BYTES, 1)
  const tookUs = Array.from({ length: WRITES }, (_, i) => {
    writeSync(fd, record, 0, record.length, i * record.length)
    const from = performance.now()
    fdatasyncSync(fd)
    return (performance.now() - from) * 1000
  })
  closeSync(fd)
  rmSync(dir, { recursive: true })
  return { p50: median(tookUs), p99: [...tookUs].sort((a, b) => a - b)[Math.floor(WRITES * 0.99)] ?? Number.NaN }
}

export function diskRows({ p50, p99 }: { p50: number; p99: number }): Row[] {
  return [{ figure: 'fdatasync of 900 B', value: `p50 ${p50.toFixed(0)} µs, p99 ${p99.toFixed(0)} µs` }]
}
