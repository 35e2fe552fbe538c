export type Window = { first: number; end: number }

/**
 * Which of `count` equal lanes (rows or columns) to draw: those that touch the viewport, and `margin` more on each side.
 * `end` is exclusive. All lengths in pixels.
 */
export function visibleLanes(scroll: number, viewport: number, laneSize: number, count: number, margin = 4): Window {
  const first = Math.max(0, Math.floor(scroll / laneSize) - margin)
  const end = Math.min(count, Math.ceil((scroll + viewport) / laneSize) + margin)
  return { first: Math.min(first, count), end: Math.max(end, Math.min(first, count)) }
}

/** Where to scroll so that a lane is in view with room around it; unchanged when it is already. */
export function scrollInto(scroll: number, viewport: number, laneSize: number, lane: number): number {
  const start = lane * laneSize
  if (start >= scroll && start + laneSize <= scroll + viewport) return scroll
  return Math.max(0, start - Math.floor((viewport - laneSize) / 2))
}
