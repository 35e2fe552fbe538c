import type { EventType, KnownEvent } from '@hoptrace/events'
import { actsOfEvent } from '../acts/event-acts.ts'
import type { RuleRecord } from '../record.ts'
import { eventRef } from '../refs.ts'
import { auditRecord } from './audit-record.ts'
import { bounded } from './bounded.ts'

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
const RECORDED: ReadonlySet<EventType> = new Set(RECORDED_ACTS)

const EVENT = { product: 'hoptrace', category: 'event' }

/** What is known of an event besides what it says. */
export type EventContext = {
  isFirstSeen?: boolean | null
  isPrivileged?: boolean
  isExpected?: boolean
  agentTemplate?: string | null
  agentVersion?: string | null
  /** Of a kubernetes.request: the answer's status. */
  status?: number | null
}

/**
 * What rules see of an event: a record of the category `event`; of a request to Kubernetes also one of its audit log.
 * Empty for types that are not recorded acts.
 */
export function recordsOfEvent(event: KnownEvent, more: EventContext = {}): RuleRecord[] {
  if (!RECORDED.has(event.type)) return []
  const [ref, tsUs] = [eventRef(event.sessionId, event.seq), Number(event.ts)]
  const record = { ref, tsUs, source: EVENT, fields: fieldsOf(event, more) }
  return event.type === 'kubernetes.request' ? [record, auditRecord(event, ref, tsUs, more.status ?? null)] : [record]
}

/** The fields of every record of the category `event`; null where nothing is known. */
type EventFields = Record<(typeof EVENT_FIELDS)[number], unknown>
export const EVENT_FIELDS = [
  'type',
  'session',
  'seq',
  'ms',
  'gateway',
  'principal',
  'rootPrincipal',
  'run',
  'rootRun',
  'lineageDepth',
  'agentTemplate',
  'agentVersion',
  'origin',
  'target',
  'isFirstSeen',
  'isPrivileged',
  'isExpected',
  'acts',
  'body',
] as const

function fieldsOf(event: KnownEvent, more: EventContext): EventFields {
  return {
    type: event.type,
    session: event.sessionId,
    seq: event.seq,
    ms: Math.round(event.elapsedUs / 1000),
    gateway: event.gatewayId,
    ...whoOf(event),
    agentTemplate: more.agentTemplate ?? null,
    agentVersion: more.agentVersion ?? null,
    target: targetOf(event),
    isFirstSeen: more.isFirstSeen ?? null,
    isPrivileged: more.isPrivileged ?? false,
    isExpected: more.isExpected ?? false,
    acts: actsOfEvent(event),
    body: bounded(event.body),
  }
}

// A refusal stands in the gateway's own stream; whose it was, its body tells.
function whoOf({ type, body, principal, rootPrincipal, run, lineage, origin }: KnownEvent) {
  const by = type === 'access.decided' ? body.by : null
  const path = by?.lineage ?? lineage
  const own = by?.run ?? run
  return {
    principal: by?.principal ?? principal,
    rootPrincipal: by?.rootPrincipal ?? rootPrincipal,
    run: own,
    rootRun: path[0] ?? own,
    lineageDepth: path.length,
    origin: (type === 'access.decided' ? body.origin : null) ?? origin,
  }
}

function targetOf({ type, body, target }: KnownEvent) {
  if (target) return target
  if (type !== 'access.decided') return null
  const { target: name, protocol, account } = body.asked
  return { name: name.slice(0, 256), protocol, address: null, account }
}

/** Two events under one place of a session: somebody recorded something else there. */
export type Conflict = {
  session: string
  seq: number
  tsUs: number
  gateway?: string | null
  target?: string | null
  principal?: string | null
  run?: string | null
}

/** What rules see of a conflict: an event of type `recording.conflict`. */
export function recordOfConflict({ session, seq, tsUs, gateway, target, principal, run }: Conflict): RuleRecord {
  const fields: EventFields = {
    type: 'recording.conflict',
    session,
    seq,
    ms: 0,
    gateway: gateway ?? null,
    principal: principal ?? null,
    rootPrincipal: null,
    run: run ?? null,
    rootRun: run ?? null,
    lineageDepth: 0,
    agentTemplate: null,
    agentVersion: null,
    origin: null,
    target: target ? { name: target, protocol: null, address: null, account: null } : null,
    isFirstSeen: null,
    isPrivileged: false,
    isExpected: false,
    acts: [],
    body: {},
  }
  return { ref: eventRef(session, seq), tsUs, source: EVENT, fields }
}
