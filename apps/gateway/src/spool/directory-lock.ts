import { closeSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export class DirectoryInUseError extends Error {
  readonly code = 'DIRECTORY_IN_USE'
  readonly retryable = false
}

/**
 * Takes a directory for this process. A lock whose process is gone is taken over.
 * @returns gives the lock back
 * @throws DirectoryInUseError while another process holds it
 */
export function lockDirectory(dir: string, pid: number): () => void {
  const path = join(dir, 'lock')
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const fd = openSync(path, 'wx', 0o600)
      writeSync(fd, String(pid))
      closeSync(fd)
      return () => unlinkSync(path)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      const holder = Number(readFileSync(path, 'utf8'))
      if (holder > 0 && holder !== pid && isAlive(holder)) throw new DirectoryInUseError(`${dir} is in use by process ${holder}`)
      unlinkSync(path)
    }
  }
  throw new DirectoryInUseError(`${dir} is in use`)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
