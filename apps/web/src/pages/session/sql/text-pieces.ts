import type { StatementItem, TimelineItem } from '@hoptrace/api'
import { bytesOf, sizeOf } from '../../../format/bytes.ts'

type NoticeItem = Extract<TimelineItem, { item: 'notice' }>

/** What a statement too long for one event holds between its start and its tail: the notices that follow one another, as one line. */
export type PiecesItem = { item: 'pieces'; seq: number; lastSeq: number; ms: number; at: string; pieces: NoticeItem[] }
/** What a time line shows as one line. */
export type LineItem = TimelineItem | PiecesItem

export type FoundText = { bytes: Uint8Array<ArrayBuffer>; pieces: number; isProved: boolean }
/** SHA-256 in lower-case hex. */
export type Hash = (bytes: Uint8Array<ArrayBuffer>) => Promise<string>

/** Hashing up to 16 MiB each: more candidates than this are nobody's accident. */
const MAX_CANDIDATES = 16

/** The items in their order, where each run of pieces of text is one line. */
export function foldPieces(items: readonly TimelineItem[]): LineItem[] {
  const lines: LineItem[] = []
  for (const item of items) {
    const last = lines.at(-1)
    if (!isPiece(item)) lines.push(item)
    else if (last?.item === 'pieces' && item.seq === last.lastSeq + 1) lines[lines.length - 1] = withPiece(last, item)
    else lines.push({ item: 'pieces', seq: item.seq, lastSeq: item.seq, ms: item.ms, at: item.at, pieces: [item] })
  }
  return lines
}

function isPiece(item: TimelineItem): item is NoticeItem {
  return item.item === 'notice' && item.kind === 'text'
}

function withPiece(run: PiecesItem, piece: NoticeItem): PiecesItem {
  return { ...run, lastSeq: piece.seq, pieces: [...run.pieces, piece] }
}

/** Bytes that a run of pieces holds. */
export function sizeOfPieces(pieces: readonly NoticeItem[]): number {
  return pieces.reduce((sum, { data }) => sum + (data === undefined ? 0 : sizeOf(data)), 0)
}

/**
 * The pieces that may stand between a statement's start and its tail: stretches before it that hold just as many bytes as are missing,
 * the nearest first. Texts that came one after the other are one run of notices, so only the SHA-256 of the whole tells them apart.
 */
export function piecesOf(statement: StatementItem, lines: readonly LineItem[]): NoticeItem[][] {
  const missing = missingBytes(statement)
  if (missing === null) return []
  if (missing === 0) return [[]]
  const runs = lines.flatMap((line) => (line.item === 'pieces' && line.lastSeq < statement.seq ? [line.pieces] : []))
  return runs.toReversed().flatMap((pieces) => stretchesOf(pieces, missing))
}

function missingBytes({ tailFrom, text, raw }: StatementItem): number | null {
  if (tailFrom === undefined) return null
  return tailFrom - sizeOf(raw ?? { utf8: text })
}

/** Every stretch of pieces that holds exactly so many bytes, the last first. */
function stretchesOf(pieces: readonly NoticeItem[], bytes: number): NoticeItem[][] {
  const sizes = pieces.map((piece) => sizeOfPieces([piece]))
  const found: NoticeItem[][] = []
  let start = pieces.length
  let sum = 0
  for (let end = pieces.length; end > 0; end -= 1) {
    while (start > 0 && sum < bytes) {
      start -= 1
      sum += sizes[start] ?? 0
    }
    if (sum === bytes) found.push(pieces.slice(start, end))
    sum -= sizes[end - 1] ?? 0
  }
  return found
}

/** Every byte of a statement's text: its start, what came in pieces, and its tail. */
export function wholeText(statement: StatementItem, pieces: readonly NoticeItem[]): Uint8Array<ArrayBuffer> {
  const parts = [
    bytesOf(statement.raw ?? { utf8: statement.text }),
    ...pieces.map(({ data }) => bytesOf(data ?? { utf8: '' })),
    bytesOf(statement.tailRaw ?? { utf8: statement.tail ?? '' }),
  ]
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/**
 * The whole text: the candidate whose SHA-256 is the recorded one. Where no hash was recorded the nearest is as good as it gets.
 * @returns null when nothing on the time line makes it whole
 */
export async function findWhole(statement: StatementItem, lines: readonly LineItem[], hash: Hash): Promise<FoundText | null> {
  for (const pieces of piecesOf(statement, lines).slice(0, MAX_CANDIDATES)) {
    const bytes = wholeText(statement, pieces)
    if (statement.sha256 === undefined) return { bytes, pieces: pieces.length, isProved: false }
    if ((await hash(bytes)) === statement.sha256) return { bytes, pieces: pieces.length, isProved: true }
  }
  return null
}
