import { isUtf8 } from 'node:buffer'
import { type Broken, type BrokenReason, type CastEvent, type CastHeader, type CastItem, headerOf } from './cast.ts'
import { type Line, linesOf } from './lines.ts'

export type CastLimits = { maxLineBytes: number; maxLines: number }
export const castLimits: CastLimits = { maxLineBytes: 8 * 1024 * 1024, maxLines: 50_000_000 }

/** Thirty years: later than any recording, and safe as whole microseconds. */
const MAX_SECONDS = 1e9

/**
 * Reads asciicast v2 or v3 as a stream: its header first, then events in the order of the file.
 * A file that breaks ends with `broken`, the last item. Never throws for what the file holds. Memory: one line.
 * Times become whole microseconds; v3's intervals are rounded one by one, as six decimals are all that the format promises.
 */
export async function* readCast(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  limits: CastLimits = castLimits,
): AsyncGenerator<CastItem> {
  const reader = new CastReader()
  for await (const lines of linesOf(chunks, limits.maxLineBytes)) {
    for (const line of lines) {
      const item = line.number > limits.maxLines ? broken(line, 'too-many-lines') : reader.read(line)
      if (item !== null) yield item
      if (item?.kind === 'broken') return
    }
  }
  if (!reader.hasHeader) yield { kind: 'broken', line: 1, reason: 'empty' }
}

/** The two versions differ in their header, in what a time counts from, in comments and in `x`. */
class CastReader {
  private header: CastHeader | null = null
  private elapsedUs = 0

  get hasHeader(): boolean {
    return this.header !== null
  }

  read(line: Line): CastItem | null {
    if (line.bytes === null) return broken(line, 'line-too-long')
    if (!isUtf8(line.bytes)) return broken(line, 'not-utf8')
    const text = line.bytes.toString('utf8').trim()
    if (text === '' && line.number > 1) return null
    if (text.startsWith('#') && this.header?.version === 3) return null
    const json = parsed(text)
    if (json === undefined) return broken(line, text === '' ? 'empty' : 'not-json')
    return this.header === null ? this.readHeader(json, line) : this.readEvent(json, line, this.header.version)
  }

  private readHeader(json: unknown, line: Line): CastItem {
    if (typeof json !== 'object' || json === null || Array.isArray(json) || !('version' in json)) return broken(line, 'bad-header')
    const { version } = json
    if (version !== 2 && version !== 3) return broken(line, 'unsupported-version')
    this.header = headerOf({ ...json, version })
    return this.header === null ? broken(line, 'bad-header') : { kind: 'header', header: this.header }
  }

  private readEvent(json: unknown, line: Line, version: 2 | 3): CastItem {
    if (!Array.isArray(json) || json.length !== 3) return broken(line, 'bad-event')
    const [time, code, data]: unknown[] = json
    if (typeof time !== 'number' || !(time >= 0 && time <= MAX_SECONDS)) return broken(line, 'bad-time')
    if (typeof code !== 'string') return broken(line, 'bad-code')
    if (typeof data !== 'string') return broken(line, 'bad-data')
    const us = Math.round(time * 1e6)
    // A v2 recorder that merged two streams can step back by a little: order in the file wins, and time stands still.
    this.elapsedUs = version === 3 ? this.elapsedUs + us : Math.max(this.elapsedUs, us)
    if (this.elapsedUs > MAX_SECONDS * 1e6) return broken(line, 'bad-time')
    const event = eventOf(code, data, this.elapsedUs, version)
    if (event === null) return { kind: 'unknown', line: line.number }
    return typeof event === 'string' ? broken(line, event) : { kind: 'event', event }
  }
}

/** Null for a code that the version does not define. */
function eventOf(code: string, data: string, elapsedUs: number, version: 2 | 3): CastEvent | BrokenReason | null {
  if (code === 'o' || code === 'i' || code === 'm') return { code, elapsedUs, data }
  if (code === 'r') return resizeOf(data, elapsedUs)
  if (code !== 'x' || version === 2) return null
  return /^-?\d{1,9}$/.test(data) ? { code, elapsedUs, status: Number(data) } : 'bad-data'
}

function resizeOf(data: string, elapsedUs: number): CastEvent | BrokenReason {
  const [, cols, rows] = /^(\d{1,5})x(\d{1,5})$/.exec(data) ?? []
  const size = { cols: Number(cols), rows: Number(rows) }
  const isSize = size.cols >= 1 && size.cols <= 65_535 && size.rows >= 1 && size.rows <= 65_535
  return isSize ? { code: 'r', elapsedUs, ...size } : 'bad-resize'
}

function broken(line: Line, reason: BrokenReason): Broken {
  return { kind: 'broken', line: line.number, reason }
}

/** `undefined` for what is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
