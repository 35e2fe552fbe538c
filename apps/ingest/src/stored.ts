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
  const sessions = new Map<string, Stored['sessions'][number]>()
  let maxTs = -1n
  for (const { tenant, sessionId, seq, ts } of events) {
    const key = `${tenant}\0${sessionId}`
    sessions.set(key, { tenant, sessionId, lastSeq: Math.max(seq, sessions.get(key)?.lastSeq ?? 0) })
    if (BigInt(ts) > maxTs) maxTs = BigInt(ts)
  }
  const tenants = [...new Set(events.map((event) => event.tenant))]
  return { events, tenants, sessions: [...sessions.values()], maxTs: maxTs < 0n ? null : String(maxTs), deadLetters }
}
