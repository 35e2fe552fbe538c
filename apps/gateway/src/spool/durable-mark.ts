import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { comparePositions, DURABLE_FILE, encodeMark, type SpoolPosition } from '@hoptrace/bus'

/** Tells readers how far the spool is durable. A hint that survives a kill, not a power cut: recovery scans what it points at. */
export class DurableMark {
  private readonly fd: number
  private position: SpoolPosition | null = null

  constructor(dir: string) {
    this.fd = openSync(join(dir, DURABLE_FILE), 'a+', 0o600)
    closeSync(this.fd)
    this.fd = openSync(join(dir, DURABLE_FILE), 'r+')
  }

  advance(position: SpoolPosition): void {
    if (this.position && comparePositions(position, this.position) <= 0) return
    try {
      writeSync(this.fd, encodeMark(position), 0, undefined, 0)
      this.position = position
    } catch {
      // Readers wait a little longer; the next sync tries again, and recovery does not need the mark.
    }
  }

  close(): void {
    closeSync(this.fd)
  }
}
