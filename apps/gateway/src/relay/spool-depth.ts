import { join } from 'node:path'
import { CursorFile, DURABLE_FILE, readMark, SEGMENT_HEADER_BYTES, segmentFileName, segmentsIn } from '@hoptrace/bus'
import { segmentBytes } from '../spool/segment-bytes.ts'

/** Durable bytes of a spool that a reader has not consumed, segments' headers among them. Rejects when the directory cannot be read. */
export async function spoolDepth(directory: string, reader: string): Promise<number> {
  const segments = await segmentsIn(directory)
  const to = await readMark(join(directory, DURABLE_FILE))
  const from = (await new CursorFile(directory, reader).load()) ?? { segment: segments[0] ?? 0, offset: SEGMENT_HEADER_BYTES }
  if (to === null || to.segment < from.segment) return 0
  if (to.segment === from.segment) return Math.max(0, to.offset - from.offset)
  const between = segments.filter((segment) => segment >= from.segment && segment < to.segment)
  const sizes = await Promise.all(between.map((segment) => segmentBytes(join(directory, segmentFileName(segment)))))
  const whole = sizes.reduce((sum, size) => sum + size, 0)
  return Math.max(0, whole - (between[0] === from.segment ? from.offset : 0)) + to.offset
}
