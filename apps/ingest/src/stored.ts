import type { SessionEvent } from '@hoptrace/events'

/** What has just been stored: for those who follow in this process. */
export type Stored = {
  /** In the order in which they arrived: each session's events in the order of seq, unless they were redelivered. */
  events: readonly SessionEvent[]
  tenants: readonly string[]
  sessions: readonly { tenant: string; sessionId: string; lastSeq: number }[]
  /** Latest wall time among them, microseconds since the epoch, in decimal; null when nothing but dead letters was stored. */
  maxTs: string | null
  deadLetters: number
}

export function storedOf(events: readonly SessionEvent[], deadLetters: number): Stored {
  const sessions = new Map<string, { tenant: string; sessionId: string; lastSeq: number }>()
  let latest: SessionEvent | null = null
  for (const event of events) {
    if (latest === null || Number(event.ts) > Number(latest.ts)) latest = event
    const key = `${event.sessionId} ${event.tenant}`
    const known = sessions.get(key)
    if (known === undefined) sessions.set(key, { tenant: event.tenant, sessionId: event.sessionId, lastSeq: event.seq })
    else if (event.seq > known.lastSeq) known.lastSeq = event.seq
  }
  const tenants = [...new Set(events.map((event) => event.tenant))]
  return { events, tenants, sessions: [...sessions.values()], maxTs: latest?.ts ?? null, deadLetters }
}
