import { open, readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeMark, encodeMark, type SpoolPosition } from './spool-mark.ts'

const PREFIX = 'cursor-'

/** Where one reader of a spool has got to, kept beside the segments. Replaced whole: a crash leaves the old one or the new one. */
export class CursorFile {
  private readonly path: string

  constructor(
    private readonly directory: string,
    name: string,
  ) {
    if (!/^[a-z][a-z0-9-]{0,30}$/.test(name)) throw new RangeError('A cursor is named in lower-case letters, digits and hyphens')
    this.path = join(directory, PREFIX + name)
  }

  /** Null when nothing was consumed yet, or the file is damaged: then everything is read again, which loses nothing. */
  load(): Promise<SpoolPosition | null> {
    return readMark(this.path)
  }

  async save(position: SpoolPosition): Promise<void> {
    const temporary = `${this.path}.tmp`
    const file = await open(temporary, 'w', 0o600)
    try {
      await file.write(encodeMark(position))
      await file.datasync()
    } finally {
      await file.close()
    }
    await rename(temporary, this.path)
    await syncDirectory(this.directory)
  }
}

/** The cursors of every reader of this spool; a damaged one counts as standing at the beginning. */
export async function cursorsIn(directory: string): Promise<SpoolPosition[]> {
  const files = (await readdir(directory)).filter((file) => file.startsWith(PREFIX) && !file.endsWith('.tmp'))
  return Promise.all(files.map(async (file) => (await readMark(join(directory, file))) ?? { segment: 0, offset: 0 }))
}

/** The mark in a file; null when there is none or it is torn. */
export async function readMark(path: string): Promise<SpoolPosition | null> {
  try {
    return decodeMark(await readFile(path))
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
