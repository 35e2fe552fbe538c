import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * One temporary directory for the whole run, removed at its end: tests start databases and brokers, and leave gigabytes.
 * Short, since sockets' paths are limited to 107 bytes; open to look into, since some servers run under another account.
 */
export default function setup(): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'ht-'))
  chmodSync(directory, 0o755)
  process.env.TMPDIR = directory
  return () => rmSync(directory, { recursive: true, force: true, maxRetries: 3 })
}
