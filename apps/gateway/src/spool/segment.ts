import { closeSync, fdatasyncSync, fsyncSync, ftruncateSync, openSync, promises, renameSync } from 'node:fs'
import { join } from 'node:path'
import { encodeSeal, encodeSegmentHeader, RECORD_HEADER_BYTES, SEGMENT_HEADER_BYTES, segmentFileName } from '@hoptrace/bus'
import { writeAll } from './write-all.ts'

const ZEROS = Buffer.alloc(1024 * 1024)

/** A file of zeros that will become a segment: writing over them changes no metadata, so a sync of it is only the data. */
export type Blank = { path: string; bytes: number }

/** Writes a blank of `bytes` bytes beside the segments, in the background. Rejects when the disk cannot hold it. */
export async function prepareBlank(dir: string, bytes: number): Promise<Blank> {
  const path = join(dir, 'blank.tmp')
  const file = await promises.open(path, 'w', 0o600)
  try {
    for (let at = 0; at < bytes; at += ZEROS.length) await file.write(ZEROS, 0, Math.min(ZEROS.length, bytes - at), at)
    await file.datasync()
  } finally {
    await file.close()
  }
  return { path, bytes }
}

/** The same while nothing else can go on: at start. */
export function makeBlank(dir: string, bytes: number): Blank {
  const path = join(dir, 'blank.tmp')
  const fd = openSync(path, 'w', 0o600)
  try {
    for (let at = 0; at < bytes; at += ZEROS.length) writeAll(fd, ZEROS.subarray(0, Math.min(ZEROS.length, bytes - at)), at)
    fdatasyncSync(fd)
  } finally {
    closeSync(fd)
  }
  return { path, bytes }
}

/** One open segment of the spool. Every call is a system call; errors are thrown as they come. */
export class Segment {
  private constructor(
    readonly number: number,
    readonly fd: number,
    public capacity: number,
    /** Where the next record goes. */
    public end: number,
  ) {}

  /**
   * Makes a segment of a blank, or of a new sparse file when no blank is ready.
   * @param previousEnd where the segment before this one ends
   */
  static open(dir: string, number: number, capacity: number, previousEnd: number, blank: Blank | null): Segment {
    const path = join(dir, segmentFileName(number))
    const source = blank?.path ?? join(dir, 'sparse.tmp')
    const fd = openSync(source, blank ? 'r+' : 'w+', 0o600)
    try {
      if (!blank) ftruncateSync(fd, capacity)
      writeAll(fd, encodeSegmentHeader(number, previousEnd), 0)
      fdatasyncSync(fd)
      renameSync(source, path)
      syncDirectory(dir)
    } catch (error) {
      closeSync(fd)
      throw error
    }
    return new Segment(number, fd, blank?.bytes ?? capacity, SEGMENT_HEADER_BYTES)
  }

  hasRoomFor(bytes: number): boolean {
    return this.end + bytes + RECORD_HEADER_BYTES <= this.capacity
  }

  /** Room for this many bytes from here on, beyond what was preallocated if need be. */
  leaveRoom(bytes: number): void {
    this.capacity = Math.max(this.capacity, this.end + bytes)
  }

  append(bytes: Buffer): void {
    writeAll(this.fd, bytes, this.end)
    this.end += bytes.length
  }

  /** Nothing will ever be written here again. Returns once that is durable. */
  seal(): void {
    writeAll(this.fd, encodeSeal(), this.end)
    fdatasyncSync(this.fd)
    this.close()
  }

  close(): void {
    closeSync(this.fd)
  }
}

export function syncDirectory(dir: string): void {
  const fd = openSync(dir, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
