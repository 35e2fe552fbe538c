type Session = { tenant: string; sessionId: string; lastSeq: number }

/** What a batch stored: for those who follow in this process. */
export type Stored = {
  tenants: readonly string[]
  sessions: readonly Session[]
  events: number
  /** Latest wall time among them, microseconds since the epoch, in decimal; null when nothing but dead letters was stored. */
  maxTs: string | null
  deadLetters: number
}

/** Where an event stands, and in a word what it is. */
export type Place = { tenant: string; sessionId: string; seq: number; ts: string; type: string; outcome: string }

const NONE: Session = { tenant: '', sessionId: '', lastSeq: -1 }

export function storedOf(places: readonly Place[], deadLetters: number): Stored {
  const sessions = new Map<string, Session>()
  let maxTs: string | null = null
  let last: Session = NONE
  for (const { tenant, sessionId, seq, ts } of places) {
    if (maxTs === null || isLater(ts, maxTs)) maxTs = ts
    // Events of a session often stand side by side.
    if (last.sessionId !== sessionId || last.tenant !== tenant) {
      const key = `${sessionId} ${tenant}`
      last = sessions.get(key) ?? { tenant, sessionId, lastSeq: seq }
      sessions.set(key, last)
    }
    if (seq > last.lastSeq) last.lastSeq = seq
  }
  const tenants = [...new Set(places.map(({ tenant }) => tenant))]
  return { tenants, sessions: [...sessions.values()], events: places.length, maxTs, deadLetters }
}

// Digits of one length compare as text does; who wrote fewer or more of them is rare.
function isLater(ts: string, than: string): boolean {
  return ts.length === than.length ? ts > than : Number(ts) > Number(than)
}
