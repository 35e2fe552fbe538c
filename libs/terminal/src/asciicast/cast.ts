import { z } from 'zod'

/**
 * asciicast, versions 2 and 3 (docs.asciinema.org/manual/asciicast): newline-delimited JSON, one header, then events.
 * What a parsed file is, whichever version it was in.
 */

const Dimension = z.int().min(0).max(65_535)
/** Seconds since the epoch. The upper bound keeps milliseconds inside a UUIDv7's 48 bits. */
const Timestamp = z.number().min(0).max(281_474_976_710)
const Text = z.string()
/** Headers in the wild hold null where they mean nothing. */
const OptionalText = Text.nullish().transform((text) => text ?? null)
const Environment = z.record(Text, z.unknown()).nullish()

const HeaderV2 = z.object({
  version: z.literal(2),
  width: Dimension,
  height: Dimension,
  timestamp: Timestamp.nullish(),
  command: OptionalText,
  title: OptionalText,
  env: Environment,
})

const HeaderV3 = z.object({
  version: z.literal(3),
  term: z.object({ cols: Dimension, rows: Dimension, type: OptionalText }),
  timestamp: Timestamp.nullish(),
  command: OptionalText,
  title: OptionalText,
  env: Environment,
})

export type CastHeader = {
  version: 2 | 3
  cols: number
  rows: number
  /** Terminal type (`TERM`), when the file names one. */
  term: string | null
  /** Microseconds since the epoch; null when the file does not say. */
  startedAtUs: bigint | null
  command: string | null
  title: string | null
}

/** Null when the header is not one of its version. */
export function headerOf(json: { version: 2 | 3 }): CastHeader | null {
  const parsed = json.version === 2 ? HeaderV2.safeParse(json) : HeaderV3.safeParse(json)
  if (!parsed.success) return null
  const header = parsed.data
  const term = header.version === 3 ? header.term.type : null
  return {
    version: header.version,
    cols: header.version === 2 ? header.width : header.term.cols,
    rows: header.version === 2 ? header.height : header.term.rows,
    term: term ?? (typeof header.env?.TERM === 'string' ? header.env.TERM : null),
    startedAtUs: header.timestamp == null ? null : BigInt(Math.round(header.timestamp * 1e6)),
    command: header.command,
    title: header.title,
  }
}

/** One event. `elapsedUs` counts from the start of the recording, in either version. */
export type CastEvent =
  | { code: 'o'; elapsedUs: number; data: string }
  | { code: 'i'; elapsedUs: number; data: string }
  | { code: 'm'; elapsedUs: number; data: string }
  | { code: 'r'; elapsedUs: number; cols: number; rows: number }
  | { code: 'x'; elapsedUs: number; status: number }

export type BrokenReason =
  | 'empty'
  | 'line-too-long'
  | 'too-many-lines'
  | 'not-utf8'
  | 'not-json'
  | 'unsupported-version'
  | 'bad-header'
  | 'bad-event'
  | 'bad-time'
  | 'bad-code'
  | 'bad-data'
  | 'bad-resize'

/** Where a file stops being an asciicast. Lines count from 1. */
export type Broken = { kind: 'broken'; line: number; reason: BrokenReason }

export type CastItem =
  | { kind: 'header'; header: CastHeader }
  | { kind: 'event'; event: CastEvent }
  /** An event of a code that this format does not define: readers pass over it, and say so. */
  | { kind: 'unknown'; line: number }
  | Broken
