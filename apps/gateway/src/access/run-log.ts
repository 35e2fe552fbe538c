import { closeSync, existsSync, fdatasyncSync, ftruncateSync, openSync, readFileSync } from 'node:fs'
import { encodeRecord, readRecords } from '@hoptrace/bus'
import { Run, Sha256Hex, Uuid } from '@hoptrace/events'
import { z } from 'zod'
import { writeAll } from '../spool/write-all.ts'

/** One line of the durable log. Tokens are kept as SHA-256 only; keys as OpenSSH's SHA-256 fingerprint. */
export const RunLogEntry = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('minted'), run: Run, tokenHash: Sha256Hex, keyFingerprint: z.string().nullable() }),
  z.object({ kind: z.literal('revoked'), runs: z.array(Uuid), by: z.string(), reason: z.string() }),
  z.object({ kind: z.literal('expired'), run: Uuid }),
])
export type RunLogEntry = z.infer<typeof RunLogEntry>

export class RunLogDamagedError extends Error {
  readonly code = 'RUN_LOG_DAMAGED'
  readonly retryable = false
}

/** The durable log of runs: CRC records in one file. Entries are durable when `append` returns. */
export class RunLog {
  private readonly fd: number
  readonly entries: RunLogEntry[]
  private end: number

  /**
   * What is torn at the end of the file was never answered for, and is cut off.
   * @throws RunLogDamagedError when a whole record stands behind one that is not: it may revoke a run
   */
  constructor(path: string) {
    const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0)
    const { records, offset } = readRecords(bytes, 0)
    if (hasRecordBehind(bytes, offset)) {
      throw new RunLogDamagedError(`${path} is damaged at byte ${offset}: what stands behind it may revoke runs, and cannot be left out`)
    }
    this.entries = records.map((record) => RunLogEntry.parse(JSON.parse(record.payload.toString('utf8'))))
    this.fd = openSync(path, existsSync(path) ? 'r+' : 'w+', 0o600)
    ftruncateSync(this.fd, offset)
    this.end = offset
  }

  /** All or, when it throws, nothing that a later append would not overwrite. */
  append(...entries: RunLogEntry[]): void {
    const records = Buffer.concat(entries.map((entry) => encodeRecord(Buffer.from(JSON.stringify(entry), 'utf8'))))
    try {
      writeAll(this.fd, records, this.end)
      fdatasyncSync(this.fd)
    } catch (error) {
      this.takeBack()
      throw error
    }
    this.end += records.length
  }

  private takeBack(): void {
    try {
      ftruncateSync(this.fd, this.end)
    } catch {
      // The next append overwrites it, and a restart before that finds a torn end.
    }
  }

  close(): void {
    closeSync(this.fd)
  }
}

function hasRecordBehind(bytes: Buffer, damage: number): boolean {
  for (let at = damage + 1; at < bytes.length; at++) if (readRecords(bytes, at).records.length > 0) return true
  return false
}
