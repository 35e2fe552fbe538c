import { posix } from 'node:path'
import type { ScpCommand } from './scp-command.ts'

/** Deeper trees are recorded under their first directories. */
const MAX_DEPTH = 64

/** The paths at the target of the files that an scp command names one by one. */
export class ScpPaths {
  private readonly directories: string[] = []
  private skipped = 0

  constructor(private readonly command: ScpCommand) {}

  enter(name: string): void {
    if (this.directories.length < MAX_DEPTH) this.directories.push(name)
    else this.skipped += 1
  }

  leave(): void {
    if (this.skipped > 0) this.skipped -= 1
    else this.directories.pop()
  }

  of(name: string): string {
    const { path, direction, isDirectory } = this.command
    if (direction === 'download') return this.downloaded(name)
    if (this.directories.length > 0 || isDirectory || path === '' || /(?:^|\/)\.{0,2}$/.test(path)) {
      return posix.join(path, ...this.directories, name)
    }
    // Whether the path is a directory or the file itself only the target knows: the name stands beside it in `to`.
    return path
  }

  // The command names one path, perhaps with a glob: each name that comes back stands in that path's directory.
  private downloaded(name: string): string {
    return posix.join(posix.dirname(this.command.path), ...this.directories, name)
  }
}
