/** What a record of a hop, a hop chain or an event is called in findings and alerts. */
export function hopRef(hop: string): string {
  return `hop:${hop}`
}

export function chainRef(chain: string): string {
  return `chain:${chain}`
}

export function eventRef(session: string, seq: number): string {
  return `event:${session}/${seq}`
}

export type Ref = { kind: 'hop' | 'chain'; id: string } | { kind: 'event'; session: string; seq: number }

/** Null for what none of the three made. */
export function readRef(ref: string): Ref | null {
  const [, kind, id = ''] = /^(hop|chain|event):([^\s]{1,128})$/.exec(ref) ?? []
  if (kind === 'hop' || kind === 'chain') return { kind, id }
  const [, session, seq] = /^(.+)\/(\d{1,10})$/.exec(id) ?? []
  return kind === 'event' && session !== undefined ? { kind, session, seq: Number(seq) } : null
}
