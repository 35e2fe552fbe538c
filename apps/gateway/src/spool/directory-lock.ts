import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export class DirectoryInUseError extends Error {
  readonly code = 'DIRECTORY_IN_USE'
  readonly retryable = false
}

/**
 * Takes a directory for this process. A lock whose process is gone is taken over, also when its number is another's by now.
 * @returns gives the lock back
 * @throws DirectoryInUseError while another process holds it
 */
export function lockDirectory(dir: string, pid: number): () => void {
  const path = join(dir, 'lock')
  const claim = join(dir, `lock.${pid}`)
  rmSync(claim, { force: true })
  writeFileSync(claim, lifeOf(pid) ?? String(pid), { mode: 0o600, flag: 'wx' })
  try {
    for (let attempt = 0; attempt < 2; attempt++) {
      // A link, not an open: under its name the lock is whole from the first moment.
      if (isDone(() => linkSync(claim, path), 'EEXIST')) return () => unlinkSync(path)
      const holder = readFileSync(path, 'utf8')
      if (isHeld(holder, pid)) throw inUse(dir, holder)
      takeAway(path, `${claim}.stale`, holder, dir)
    }
    throw inUse(dir, readFileSync(path, 'utf8'))
  } finally {
    rmSync(claim, { force: true })
  }
}

// Of two that found the same dead holder, the slower would otherwise take the lock of the quicker.
function takeAway(path: string, stale: string, holder: string, dir: string): void {
  if (!isDone(() => renameSync(path, stale), 'ENOENT')) return
  const moved = readFileSync(stale, 'utf8')
  if (moved !== holder) isDone(() => linkSync(stale, path), 'EEXIST')
  unlinkSync(stale)
  if (moved !== holder) throw inUse(dir, moved)
}

function inUse(dir: string, holder: string): DirectoryInUseError {
  return new DirectoryInUseError(`${dir} is in use by process ${Number.parseInt(holder, 10)}`)
}

function isHeld(holder: string, own: number): boolean {
  const pid = Number.parseInt(holder, 10)
  if (!(pid > 0) || !isAlive(pid)) return false
  return holder.includes(' ') ? lifeOf(pid) === holder : pid !== own
}

/** Number, start and boot of a process, which no other ever shares (proc(5), field 22); null where the system does not tell. */
function lifeOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    return `${pid} ${start} ${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}`
  } catch {
    return null
  }
}

function isAlive(pid: number): boolean {
  return isDone(() => process.kill(pid, 0), 'ESRCH')
}

/** False when it failed with this code. EPERM from a signal means that the process is there. */
function isDone(work: () => unknown, code: string): boolean {
  try {
    work()
    return true
  } catch (error) {
    const failed = error instanceof Error && 'code' in error ? error.code : ''
    if (failed === code) return false
    if (failed === 'EPERM' && code === 'ESRCH') return true
    throw error
  }
}
