import type { EventOf, SessionEvent } from '@hoptrace/events'
import { type Access, accessId, type Pivot, type Run, type Sighting } from '@hoptrace/hopchain'

/** Nodes of the graph and runs, from events alone: what the correlator reads of them from the store's tables. */
export type Nodes = { accesses: Access[]; runs: Run[]; pivots: Pivot[] }

type Building = { access: Access; sightings: Sighting[] }

/** The order of the events does not matter. */
export function nodesOf(events: Iterable<SessionEvent>): Nodes {
  const sessions = new Map<string, Building>()
  const refused: Access[] = []
  const runs: Run[] = []
  const pivots: Pivot[] = []
  for (const event of events) {
    if (event.type === 'pivot.named') pivots.push(pivotOf(event))
    if (event.sessionId !== event.bootId) addToSession(sessions, event)
    else if (event.type === 'run.started') runs.push(runOf(event))
    else if (event.type === 'access.decided' && event.body.decision === 'deny') refused.push(refusalOf(event))
  }
  const accesses = [...sessions.values()].map(({ access, sightings }) => ({ ...access, sightings: sightings.sort(bySeq) }))
  return { accesses: [...accesses, ...refused], runs, pivots }
}

function addToSession(sessions: Map<string, Building>, event: SessionEvent): void {
  const { sessionId, observables } = event
  const found = sessions.get(sessionId)
  const building = found ?? { access: sessionOf(event), sightings: [] }
  if (!found) sessions.set(sessionId, building)
  const { access, sightings } = building
  const tsUs = Number(event.ts)
  building.access = {
    ...access,
    start: { ...access.start, tsUs: Math.min(access.start.tsUs, tsUs) },
    lastUs: Math.max(access.lastUs, tsUs),
    isOpen: access.isOpen && event.type !== 'session.ended',
  }
  for (const observable of observables) sightings.push(sightingOf(event, observable))
}

function sessionOf(event: SessionEvent): Access {
  const { sessionId, target, ts } = event
  return {
    id: sessionId,
    kind: 'session',
    start: { stream: sessionId, seq: 0, tsUs: Number(ts) },
    startMs: 0,
    lastUs: Number(ts),
    isOpen: true,
    ...callerIn(event),
    origin: event.origin?.address ?? null,
    protocol: target?.protocol ?? null,
    target: target?.name ?? '',
    address: target?.address ?? null,
    account: target?.account ?? null,
    denyReason: null,
    sightings: [],
  }
}

function refusalOf(event: EventOf<'access.decided'>): Access {
  const { asked, by, reason, origin } = event.body
  const start = { stream: event.sessionId, seq: event.seq, tsUs: Number(event.ts) }
  return {
    id: accessId('refused', start),
    kind: 'refused',
    start,
    startMs: Math.floor(event.elapsedUs / 1000),
    lastUs: start.tsUs,
    isOpen: false,
    ...callerIn(by ?? event),
    origin: origin?.address ?? event.origin?.address ?? null,
    protocol: asked.protocol,
    target: asked.target,
    address: null,
    account: asked.account,
    denyReason: reason,
    sightings: event.observables.map((observable) => sightingOf(event, observable)),
  }
}

function runOf(event: EventOf<'run.started'>): Run {
  const started = { stream: event.sessionId, seq: event.seq, tsUs: Number(event.ts), ms: Math.floor(event.elapsedUs / 1000) }
  const given = event.observables.map(({ kind, digest }) => ({ kind, digest }))
  return { id: event.body.runId, lineage: event.body.lineage, started, given }
}

function pivotOf({ sessionId, seq, ts, elapsedUs, body }: EventOf<'pivot.named'>): Pivot {
  const { event, at, tool, relation, host, port, account, object } = body
  const place = { stream: sessionId, seq, tsUs: Number(ts), ms: Math.floor(elapsedUs / 1000) }
  return { ...place, event, at, tool, relation, host, port, account, object }
}

function callerIn({ run, lineage, principal, rootPrincipal }: Pick<SessionEvent, 'run' | 'lineage' | 'principal' | 'rootPrincipal'>) {
  return { run, lineage, principal, rootPrincipal }
}

function sightingOf({ sessionId, seq, ts, elapsedUs }: SessionEvent, seen: SessionEvent['observables'][number]): Sighting {
  const { role, kind, digest, at, offset, value } = seen
  const place = { stream: sessionId, seq, tsUs: Number(ts), ms: Math.floor(elapsedUs / 1000) }
  return { ...place, role, kind, digest, at, offset: offset ?? null, value: value ?? null }
}

function bySeq(a: Sighting, b: Sighting): number {
  return a.seq - b.seq
}
