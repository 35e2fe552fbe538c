import { chmodSync, closeSync, existsSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { syncDirectory } from '../spool/segment.ts'

export class SecretFileError extends Error {
  readonly code = 'SECRET_FILE_UNUSABLE'
  readonly retryable = false
}

/**
 * Reads a secret of the gateway's own, made at first start and readable by its owner alone.
 * @param make called once, when there is no such file
 * @throws SecretFileError for a file that is there and empty: an empty token would be everyone's
 */
export function readOrMakeSecret(path: string, make: () => string): string {
  if (!existsSync(path)) writeWhole(path, `${make()}\n`)
  chmodSync(path, 0o600)
  const secret = readFileSync(path, 'utf8').trimEnd()
  if (secret === '') throw new SecretFileError(`${path} is empty; remove it, and a new one is made at the next start`)
  return secret
}

// Under its name it is whole or not at all, whenever the machine stops; one that another process made meanwhile stands.
function writeWhole(path: string, text: string): void {
  const unfinished = `${path}.${process.pid}.tmp`
  rmSync(unfinished, { force: true })
  const fd = openSync(unfinished, 'wx', 0o600)
  try {
    writeSync(fd, text)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  if (!existsSync(path)) linkSync(unfinished, path)
  rmSync(unfinished)
  syncDirectory(dirname(path))
}
