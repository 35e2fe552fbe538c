import { type FileHandle, open, readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { cursorsIn, isMissing } from './cursor-file.ts'
import { decodeSegmentHeader, previousEndOf, SEGMENT_HEADER_BYTES, segmentFileName, segmentOfFileName } from './spool-format.ts'

/** The numbers of the segments that exist, ascending. */
export async function segmentsIn(directory: string): Promise<number[]> {
  const numbers = (await readdir(directory)).map(segmentOfFileName).filter((n) => n !== null)
  return numbers.sort((a, b) => a - b)
}

/** Null when there is no such segment. */
export async function openSegment(directory: string, segment: number): Promise<FileHandle | null> {
  try {
    return await open(join(directory, segmentFileName(segment)), 'r')
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/** Where a segment that is no longer written ends: as the next one's header says, else at its own seal, at most where the file ends. */
export async function endOfSegment(directory: string, segment: number): Promise<number> {
  const next = await openSegment(directory, segment + 1)
  const end = next === null ? null : await withFile(next, readPreviousEnd)
  if (end !== null) return end
  const file = await openSegment(directory, segment)
  return file === null ? 0 : withFile(file, async (handle) => (await handle.stat()).size)
}

/**
 * Deletes the segments that every reader is through with, but the last `keep` of them. The newest segment always stays:
 * recovery begins there.
 */
export async function deleteConsumed(directory: string, keep: number): Promise<number[]> {
  const segments = await segmentsIn(directory)
  const consumedBelow = Math.min(...(await cursorsIn(directory)).map((cursor) => cursor.segment))
  const consumed = segments.slice(0, -1).filter((segment) => segment < consumedBelow)
  const deleted = keep === 0 ? consumed : consumed.slice(0, -keep)
  for (const segment of deleted) await unlink(join(directory, segmentFileName(segment)))
  return deleted
}

async function readPreviousEnd(file: FileHandle): Promise<number | null> {
  const header = Buffer.alloc(SEGMENT_HEADER_BYTES)
  const { bytesRead } = await file.read(header, 0, header.length, 0)
  const bytes = header.subarray(0, bytesRead)
  return decodeSegmentHeader(bytes) === null ? null : previousEndOf(bytes)
}

async function withFile<T>(file: FileHandle, work: (file: FileHandle) => Promise<T>): Promise<T> {
  try {
    return await work(file)
  } finally {
    await file.close()
  }
}
