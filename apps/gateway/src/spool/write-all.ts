import { writeSync } from 'node:fs'

/** Writes all of `bytes` at `position`: a disk that fills up takes part of a write, and says so only at the next. */
export function writeAll(fd: number, bytes: Buffer, position: number): void {
  let written = 0
  while (written < bytes.length) written += writeSync(fd, bytes, written, bytes.length - written, position + written)
}
