import type { SessionEvent } from '@hoptrace/events'

/** An event as it was stored: `content` is the canonical JSON that `hash` is the SHA-256 of. */
export type StoredEvent = { event: SessionEvent; content: string; hash: string }

/** One session's events in the order of seq, up to a seq that does not move while it is read: every call reads them again. */
export type ExportSource = {
  sessionId: string
  /** The last seq that the gateway's heartbeats named, if they named the session: a lost tail then shows. */
  expectedLastSeq?: number | null
  open(): AsyncIterable<StoredEvent>
}

/** The encoded event: its content with the hash as one more, last member. */
export function encoded({ content, hash }: Pick<StoredEvent, 'content' | 'hash'>): string {
  return `${content.slice(0, -1)},"hash":"${hash}"}`
}
