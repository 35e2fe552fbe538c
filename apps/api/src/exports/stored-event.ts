import type { SessionEvent } from '@hoptrace/events'

/** An event as it was stored: `content` is the canonical JSON that `hash` is the SHA-256 of. */
export type StoredEvent = {
  event: SessionEvent
  content: string
  hash: string
  /** Secrets are hidden in it: `hash` is that of what was recorded, and not of `content`. */
  isMasked?: boolean
}

/** One session's events in the order of seq, up to a seq that does not move while it is read: every call reads them again. */
export type ExportSource = {
  sessionId: string
  /** The last seq that the gateway's heartbeats named, if they named the session: a lost tail then shows. */
  expectedLastSeq?: number | null
  open(): AsyncIterable<StoredEvent>
}

/** The encoded event: its content with the hash as one more, last member; after it `masked`, where secrets are hidden. */
export function encoded({ content, hash, isMasked = false }: Pick<StoredEvent, 'content' | 'hash' | 'isMasked'>): string {
  return `${content.slice(0, -1)},"hash":"${hash}"${isMasked ? ',"masked":true' : ''}}`
}
