import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** An archive as the system's own tar unpacks it. */
export class Unpacked {
  /** Where it was unpacked, outside of the archive's folder. */
  readonly root = mkdtempSync(join(tmpdir(), 'hoptrace-unpacked-'))
  readonly folder: string
  /** Paths in the archive's folder, in order. */
  readonly paths: string[]

  constructor(archive: Buffer) {
    const file = join(this.root, 'archive')
    writeFileSync(file, archive)
    const isZipped = archive[0] === 0x1f
    execFileSync('tar', ['-x', ...(isZipped ? ['-z'] : []), '-f', file, '-C', this.root])
    rmSync(file)
    const [folder = '', ...others] = readdirSync(this.root)
    if (others.length > 0) throw new Error(`Beside its folder the archive holds ${others.join(', ')}`)
    this.folder = join(this.root, folder)
    const entries = readdirSync(this.folder, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    this.paths = files.map((path) => path.slice(this.folder.length + 1)).sort()
  }

  text(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8')
  }

  json<T = Record<string, unknown>>(path: string): T {
    return JSON.parse(this.text(path)) as T
  }

  lines<T = Record<string, unknown>>(path: string): T[] {
    return this.text(path)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as T)
  }

  /** Paths of files that hold some text. */
  holding(text: string): string[] {
    return this.paths.filter((path) => this.text(path).includes(text))
  }

  /** A command in the archive's folder; what it printed. Throws when it fails. */
  run(command: string): string {
    return execFileSync('sh', ['-c', command], { cwd: this.folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}

/** How many nameless files of exports this process holds open. */
export function openSpools(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).includes('hoptrace-export-')
    } catch {
      return false
    }
  }).length
}
