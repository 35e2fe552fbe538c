export type Span = { from: number; to: number }
/** A stretch of time drawn at one scale. An idle stretch is drawn short, whatever its length. */
export type Piece = Span & { x: number; width: number; isIdle: boolean }
/** `at` undoes `x`. */
export type TimeScale = { pieces: Piece[]; x: (ms: number) => number; at: (x: number) => number }

const IDLE_WIDTH = 44
/** An idle stretch is cut when it is longer than this share of all busy time, and than five seconds. */
const IDLE_SHARE = 0.25
const IDLE_MS = 5000

/**
 * A time axis for things that happen in bursts: busy stretches share the width by length, idle ones between them are cut to a
 * fixed width. O(n log n).
 * @param spans busy stretches, in milliseconds; at least one
 * @param width pixels
 */
export function timeScale(spans: readonly Span[], width: number): TimeScale {
  const busy = merge(spans)
  const busyMs = busy.reduce((sum, span) => sum + span.to - span.from, 0)
  const stretches = withIdle(busy, Math.max(IDLE_MS, busyMs * IDLE_SHARE))
  const idles = stretches.filter((stretch) => stretch.isIdle).length
  const drawnMs = stretches.reduce((sum, { from, to, isIdle }) => sum + (isIdle ? 0 : to - from), 0)
  const perMs = drawnMs > 0 ? Math.max(0, width - idles * IDLE_WIDTH) / drawnMs : 0
  let x = 0
  const pieces = stretches.map((stretch) => {
    const piece = { ...stretch, x, width: stretch.isIdle ? IDLE_WIDTH : (stretch.to - stretch.from) * perMs }
    x += piece.width
    return piece
  })
  return { pieces, x: (ms) => place(pieces, ms), at: (at) => moment(pieces, at) }
}

function merge(spans: readonly Span[]): Span[] {
  const merged: Span[] = []
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1)
    if (last !== undefined && span.from <= last.to) last.to = Math.max(last.to, span.to)
    else merged.push({ ...span })
  }
  return merged
}

function withIdle(busy: readonly Span[], cutMs: number): (Span & { isIdle: boolean })[] {
  const stretches: (Span & { isIdle: boolean })[] = []
  for (const span of busy) {
    const last = stretches.at(-1)
    if (last !== undefined && span.from - last.to > cutMs) {
      stretches.push({ from: last.to, to: span.from, isIdle: true }, { ...span, isIdle: false })
    } else if (last !== undefined) last.to = span.to
    else stretches.push({ ...span, isIdle: false })
  }
  return stretches
}

function place(pieces: readonly Piece[], ms: number): number {
  const piece = pieces.find(({ to }) => ms <= to) ?? pieces.at(-1)
  if (piece === undefined) return 0
  const share = piece.to > piece.from ? (Math.min(Math.max(ms, piece.from), piece.to) - piece.from) / (piece.to - piece.from) : 0
  return piece.x + share * piece.width
}

function moment(pieces: readonly Piece[], x: number): number {
  const piece = pieces.find((candidate) => x <= candidate.x + candidate.width) ?? pieces.at(-1)
  if (piece === undefined) return 0
  const share = piece.width > 0 ? (Math.min(Math.max(x, piece.x), piece.x + piece.width) - piece.x) / piece.width : 0
  return piece.from + share * (piece.to - piece.from)
}
