import { closeSync, existsSync, fdatasyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { encodeRecord, readRecords } from '@hoptrace/bus'
import { AgentRef, Grant, Sha256Hex, Uuid, WallMicros } from '@hoptrace/events'
import { z } from 'zod'

export const Run = z.object({
  id: Uuid,
  principal: z.string(),
  rootPrincipal: z.string(),
  lineage: z.array(Uuid),
  agent: AgentRef.nullable(),
  task: z.string(),
  owner: z.string(),
  grants: z.array(Grant),
  startedAt: WallMicros,
  expiresAt: WallMicros,
})
export type Run = z.infer<typeof Run>

/** One line of the durable log. Tokens are kept as SHA-256 only; keys as OpenSSH's SHA-256 fingerprint. */
export const RunLogEntry = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('minted'), run: Run, tokenHash: Sha256Hex, keyFingerprint: z.string().nullable() }),
  z.object({ kind: z.literal('revoked'), runs: z.array(Uuid), by: z.string(), reason: z.string() }),
  z.object({ kind: z.literal('expired'), run: Uuid }),
])
export type RunLogEntry = z.infer<typeof RunLogEntry>

/** The durable log of runs: CRC records in one file. An entry is durable when `append` returns. */
export class RunLog {
  private readonly fd: number
  readonly entries: RunLogEntry[]
  private end: number

  /** What is torn at the end of the file was never answered for, and is cut off. */
  constructor(path: string) {
    const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0)
    const { records, offset } = readRecords(bytes, 0)
    this.entries = records.map((record) => RunLogEntry.parse(JSON.parse(record.payload.toString('utf8'))))
    this.fd = openSync(path, existsSync(path) ? 'r+' : 'w+', 0o600)
    ftruncateSync(this.fd, offset)
    this.end = offset
  }

  append(entry: RunLogEntry): void {
    const record = encodeRecord(Buffer.from(JSON.stringify(entry), 'utf8'))
    writeSync(this.fd, record, 0, record.length, this.end)
    fdatasyncSync(this.fd)
    this.end += record.length
  }

  close(): void {
    closeSync(this.fd)
  }
}
