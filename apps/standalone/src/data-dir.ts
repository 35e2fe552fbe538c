import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DirectoryInUseError, lockDirectory } from '@hoptrace/gateway'

export class DataDirInUseError extends Error {
  readonly code = 'DATA_DIR_IN_USE'
  readonly retryable = false
}

/**
 * Makes the data directory, for its owner alone, and takes it for this process.
 * @returns gives it back
 * @throws DataDirInUseError while another process holds it
 */
export function takeDataDir(dataDir: string, pid: number): () => void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  try {
    return lockDirectory(dataDir, pid)
  } catch (error) {
    if (error instanceof DirectoryInUseError) throw new DataDirInUseError(`${error.message}: stop it, or name another dataDir`)
    throw error
  }
}

const OPERATOR_TOKEN_FILE = 'operator.token'

export class OperatorTokenError extends Error {
  readonly code = 'OPERATOR_TOKEN_UNUSABLE'
  readonly retryable = false
}

/**
 * The operator's token, made at the first start, in a file that its owner alone can read.
 * @throws OperatorTokenError when there is a file and no token can be read from it
 */
export function ensureOperatorToken(dataDir: string): string {
  const path = join(dataDir, OPERATOR_TOKEN_FILE)
  const unfinished = `${path}.${process.pid}.tmp`
  try {
    // Under its name it is whole or not at all, whenever the machine stops.
    if (!existsSync(path)) {
      writeNew(unfinished, `hopop_${randomBytes(24).toString('base64url')}\n`)
      linkSync(unfinished, path)
    }
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
  } finally {
    rmSync(unfinished, { force: true })
  }
  const token = readOperatorToken(dataDir)
  if (token === null) throw new OperatorTokenError(`${path} holds no token that can be read; remove it, and a new one is made`)
  return token
}

/** Null when there is none, or it may not be read. */
export function readOperatorToken(dataDir: string): string | null {
  try {
    return readFileSync(join(dataDir, OPERATOR_TOKEN_FILE), 'utf8').trim() || null
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'EACCES') || isCode(error, 'ENOTDIR')) return null
    throw error
  }
}

function writeNew(path: string, text: string): void {
  const fd = openSync(path, 'wx', 0o600)
  writeSync(fd, text)
  fsyncSync(fd)
  closeSync(fd)
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
