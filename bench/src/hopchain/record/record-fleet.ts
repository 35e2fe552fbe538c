import { canonicalAddress, canonicalHost, type Observer, type Protocol } from '@hoptrace/events'
import type { Act, Gateway, Refusal, Run, Session, System } from '../generate/plan.ts'
import { HOUR, type Story } from '../generate/story.ts'
import { type Recorded, recordAct } from './record-act.ts'
import type { PivotRecorder } from './record-pivots.ts'
import { anObserver, Stream } from './recording-session.ts'

/** What gateways recorded of a fleet, and which events tell of what. */
export type Recording = {
  /** Encoded, stream by stream. */
  events: Buffer[]
  acts: ReadonlyMap<Act, Recorded>
  refusals: ReadonlyMap<Refusal, { stream: string; seq: number }>
}

/** What there is to record: of a story, or of runs that others recorded. */
export type Told = Pick<Story, 'sessions' | 'runs' | 'refusals'> & { world: Pick<Story['world'], 'gateways'> }

export function recordFleet(story: Told, pivots: PivotRecorder): Recording {
  const acts = new Map<Act, Recorded>()
  const refusals = new Map<Refusal, { stream: string; seq: number }>()
  const events = story.sessions.flatMap((session) => recordSession(session, story, pivots, acts))
  for (const [n, gateway] of story.world.gateways.entries()) events.push(...recordBoot(gateway, n, story, refusals))
  return { events, acts, refusals }
}

function recordSession(session: Session, { world }: Told, pivots: PivotRecorder, acts: Map<Act, Recorded>): Buffer[] {
  const { id, run, system, origin, atUs, endUs } = session
  const gateway = gatewayAt(world.gateways, session.gateway)
  const target = { name: system.name, protocol: system.protocol, address: `${system.address}:${system.port}`, account: system.account }
  const envelope = { sessionId: id, ...whoIs(run), origin: { address: origin, port: 50_000, client: null }, target }
  const stream = new Stream(envelope, gateway, atUs)
  const observer = observeTarget(anObserver().presented(run.token), system)
  const asked = askedOf(system, null)
  stream.append('access.decided', { decision: 'allow', reason: null, asked, method: 'password', message: null }, atUs, observer)
  stream.append('session.started', { client: 'agent/2', database: null, tls: true }, atUs)
  for (const act of session.acts) acts.set(act, recordAct(stream, session, act, pivots))
  if (endUs !== null) stream.append('session.ended', { reason: 'client', message: null }, endUs)
  return stream.events
}

// A gateway's own stream: runs that began there, and what it refused, in their order.
function recordBoot(gateway: Gateway, n: number, story: Told, refusals: Map<Refusal, { stream: string; seq: number }>): Buffer[] {
  const notes = [
    ...story.runs.filter((run) => run.gateway === n).map((run) => ({ atUs: run.atUs, run, refusal: null })),
    ...story.refusals.filter((refusal) => refusal.gateway === n).map((refusal) => ({ atUs: refusal.atUs, run: null, refusal })),
  ].sort((a, b) => a.atUs - b.atUs)
  const nobody = { run: null, principal: null, rootPrincipal: null, lineage: [], origin: null, target: null }
  const first = notes[0]?.atUs ?? 0
  const stream = new Stream({ sessionId: gateway.bootId, ...nobody }, gateway, first)
  for (const { run, refusal } of notes) {
    if (run) recordRun(stream, run)
    if (refusal) refusals.set(refusal, { stream: gateway.bootId, seq: recordRefusal(stream, refusal) })
  }
  return stream.events
}

function recordRun(stream: Stream, { id, actor, lineage, task, atUs }: Run): void {
  const { principal, rootPrincipal, template, version } = actor
  const who = { runId: id, principal, rootPrincipal, lineage: [...lineage], agent: { template, version } }
  const body = { ...who, task, owner: rootPrincipal, grants: [], expiresAt: String(atUs + 48 * HOUR) }
  stream.append('run.started', body, atUs, anObserver().text(task, 'asked', '/task'))
}

function recordRefusal(stream: Stream, refusal: Refusal): number {
  const { system, account, secret, reason, origin: address, by, atUs } = refusal
  const asked = askedOf(system, account)
  const whose = by && { run: by.id, principal: by.actor.principal, rootPrincipal: by.actor.rootPrincipal, lineage: [...by.lineage] }
  const from = { origin: { address, port: 40_000, client: null }, by: whose }
  const body = { decision: 'deny', reason, asked, method: 'password', message: 'refused', ...from } as const
  return stream.append('access.decided', body, atUs, observeTarget(anObserver().presented(secret), system))
}

function observeTarget(observer: Observer, { name, host, address }: Pick<System, 'name' | 'host' | 'address'>): Observer {
  for (const known of [name, host, address]) {
    const canonical = canonicalAddress(known)
    const named = canonical ? null : canonicalHost(known)
    if (canonical) observer.add({ kind: 'address', canonical, offset: 0 }, 'target', '/asked/target')
    if (named) observer.add({ kind: 'host', canonical: named, offset: 0 }, 'target', '/asked/target')
  }
  return observer
}

function askedOf({ name, protocol }: { name: string; protocol: Protocol }, account: string | null) {
  return { protocol, target: name, account, database: null }
}

function whoIs({ id, actor, lineage }: Run) {
  return { run: id, principal: actor.principal, rootPrincipal: actor.rootPrincipal, lineage: [...lineage] }
}

function gatewayAt(gateways: readonly Gateway[], n: number): Gateway {
  const gateway = gateways[n]
  if (!gateway) throw new RangeError(`no gateway ${n}`)
  return gateway
}
