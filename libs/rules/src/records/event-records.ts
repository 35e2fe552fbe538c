import type { EventType, KnownEvent } from '@hoptrace/events'
import type { RuleRecord } from '../record.ts'

/** Types of events of which records are made. What a terminal shows, and heartbeats, are not for rules. */
export const RECORDED_ACTS: readonly EventType[] = [
  'run.started',
  'run.revoked',
  'session.started',
  'session.ended',
  'access.decided',
  'sql.statement',
  'sql.result',
  'ssh.exec',
  'ssh.exit',
  'ssh.subsystem',
  'ssh.forward',
  'ssh.agent',
  'file.transfer',
  'file.operation',
  'http.request',
  'http.response',
  'kubernetes.request',
  'kubernetes.exec',
  'kubernetes.forward',
  'tool.call',
  'pivot.named',
  'recording.gap',
  'recording.viewed',
]

/** What is known of an event besides what it says. */
export type EventContext = {
  isFirstSeen?: boolean | null
  agentTemplate?: string | null
  agentVersion?: string | null
  /** Of a kubernetes.request: the answer's status. */
  status?: number | null
}

/** Two events under one place of a session: somebody recorded something else there. */
export type Conflict = {
  session: string
  seq: number
  tsUs: number
  target?: string | null
  principal?: string | null
  run?: string | null
}

/** What rules see of an event. Empty for types that are not recorded acts. */
export function recordsOfEvent(_event: KnownEvent, _more: EventContext = {}): RuleRecord[] {
  return []
}

/** What rules see of a conflict: an event of type `recording.conflict`. */
export function recordOfConflict(conflict: Conflict): RuleRecord {
  const { session, seq, tsUs } = conflict
  return {
    ref: `event:${session}/${seq}`,
    tsUs,
    source: { product: 'hoptrace', category: 'event' },
    fields: { type: 'recording.conflict' },
  }
}
