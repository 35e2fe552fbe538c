import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { segmentOfFileName } from '@hoptrace/bus'
import { segmentBytes } from './segment-bytes.ts'

/** From here on people are warned: the platform no longer takes what is recorded. */
const FILLING_FROM = 0.8

/** `full`: new sessions are refused, while open ones go on until the disk itself is full. */
export type SpoolLevel = 'roomy' | 'filling' | 'full'

/** How much of its bound the spool takes. Segments go when every reader is through with them. */
export class SpoolRoom {
  /** Bytes of all segments when last measured. */
  bytes = 0

  /** @param onLevel hears of every change, once */
  constructor(
    private readonly dir: string,
    readonly maxBytes: number,
    private readonly onLevel: (level: SpoolLevel, room: SpoolRoom) => void,
  ) {}

  get level(): SpoolLevel {
    if (this.bytes >= this.maxBytes) return 'full'
    return this.bytes >= FILLING_FROM * this.maxBytes ? 'filling' : 'roomy'
  }

  get isFull(): boolean {
    return this.level === 'full'
  }

  /** Rejects when the directory cannot be read; the last measure then stands. */
  async measure(): Promise<void> {
    const before = this.level
    const segments = (await readdir(this.dir)).filter((name) => segmentOfFileName(name) !== null)
    const sizes = await Promise.all(segments.map((name) => segmentBytes(join(this.dir, name))))
    this.bytes = sizes.reduce((sum, size) => sum + size, 0)
    if (this.level !== before) this.onLevel(this.level, this)
  }
}
