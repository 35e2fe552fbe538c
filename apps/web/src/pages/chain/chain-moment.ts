import type { AccessNode, SessionCommand } from '@hoptrace/api'
import { millisOf } from '../../format/instant.ts'

/** Where one access stands at a moment. `ms` is since its session began: what replay seeks to. */
export type ChainMoment = { state: 'ahead' } | { state: 'now' | 'past'; ms: number }

/** @param atMs milliseconds since the epoch */
export function momentOf(node: AccessNode, atMs: number): ChainMoment {
  const began = millisOf(node.startedAt)
  if (atMs < began) return { state: 'ahead' }
  if (node.isRefused || node.kind === 'unseen') return { state: 'past', ms: Math.floor(node.at.ms) }
  const ended = node.endedAt === null ? Number.POSITIVE_INFINITY : millisOf(node.endedAt)
  return { state: atMs >= ended ? 'past' : 'now', ms: Math.floor(node.at.ms + Math.min(atMs, ended) - began) }
}

/** The last command that was given by then; null before the first. */
export function commandAt(commands: readonly SessionCommand[], ms: number): SessionCommand | null {
  return commands.findLast((command) => command.ms <= ms) ?? null
}

/** The clock's next stand: it runs evenly, and passes over what is idle in every session. All in milliseconds. */
export function nextStand(pieces: readonly { from: number; to: number; isIdle: boolean }[], atMs: number, stepMs: number): number {
  const next = atMs + stepMs
  const idle = pieces.find((piece) => piece.isIdle && next > piece.from && next < piece.to)
  return idle === undefined ? Math.min(next, pieces.at(-1)?.to ?? next) : idle.to
}
