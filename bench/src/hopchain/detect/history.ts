import type { SessionEvent } from '@hoptrace/events'
import { type Access, DAY_US } from '@hoptrace/hopchain'
import { actsOfEvent, type ChainRows, countsOfEvent } from '@hoptrace/rules'

type Acts = { acts: readonly string[]; commands: number; writes: number; rows: number; bytes: number }
type Source = ChainRows['sources'][number]

/** What chains are compared with, and what was done in their accesses: what the correlator keeps of events in the store's tables. */
export class History {
  readonly agents: ChainRows['agents']
  readonly reachedByActors: ChainRows['reachedByActors']
  readonly reachedByRuns: ChainRows['reachedByRuns']
  readonly histories: ChainRows['histories']
  /** By session, and by `session.seq`. */
  readonly acts = new Map<string, Acts>()
  private readonly sources = new Map<string, Source>()

  constructor(events: readonly SessionEvent[], accesses: readonly Access[]) {
    const agents = new Map<string, { run: string; actor: string; template: string | null; version: string | null }>()
    const starts: { actor: string; day: number; run: string }[] = []
    for (const event of events) {
      if (event.type !== 'run.started') continue
      const { runId: run, agent, principal } = event.body
      const actor = agent ? `agent:${agent.template}` : `principal:${principal}`
      agents.set(run, { run, actor, template: agent?.template ?? null, version: agent?.version ?? null })
      starts.push({ actor, run, day: Math.floor(Number(event.ts) / DAY_US) })
    }
    this.agents = agents
    this.histories = historiesOf(starts)
    const sessions = accesses.filter(({ kind }) => kind === 'session')
    this.reachedByRuns = reachedByRuns(sessions)
    this.reachedByActors = reachedByActors(this.reachedByRuns, agents)
    for (const event of events) this.addActs(event)
    for (const event of events) this.addSource(event)
  }

  sourceOf({ session, seq }: { session: string; seq: number }): Source | null {
    return this.sources.get(`${session}.${seq}`) ?? null
  }

  private addActs(event: SessionEvent): void {
    if (event.type === 'unknown') return
    const own = { acts: actsOfEvent(event), ...countsOfEvent(event) }
    const before = this.acts.get(event.sessionId)
    this.acts.set(`${event.sessionId}.${event.seq}`, own)
    this.acts.set(event.sessionId, before ? joined(before, own) : own)
  }

  private addSource(event: SessionEvent): void {
    const { sessionId, seq, type } = event
    const asked = askedSeq(event)
    const own = this.acts.get(`${sessionId}.${seq}`)?.acts ?? []
    const before = asked === null ? [] : (this.acts.get(`${sessionId}.${asked}`)?.acts ?? [])
    this.sources.set(`${sessionId}.${seq}`, { sessionId, seq, type, acts: [...new Set([...own, ...before])] })
  }
}

// The question that an answer belongs to; of what a terminal printed, the command just before.
function askedSeq({ type, body, seq }: SessionEvent): number | null {
  if (type === 'sql.result') return body.statement
  if (type === 'http.response') return body.request
  return type === 'terminal.output' ? seq - 1 : null
}

function joined(a: Acts, b: Acts): Acts {
  const sums = { commands: a.commands + b.commands, writes: a.writes + b.writes, rows: a.rows + b.rows, bytes: a.bytes + b.bytes }
  return { acts: [...new Set([...a.acts, ...b.acts])], ...sums }
}

function reachedByRuns(sessions: readonly Access[]): ChainRows['reachedByRuns'] {
  const firsts = new Map<string, ChainRows['reachedByRuns'][number]>()
  for (const { run, target, protocol, account, start } of sessions) {
    if (run === null) continue
    const key = `${run} ${target} ${protocol} ${account}`
    const firstUs = Math.min(firsts.get(key)?.firstUs ?? Number.POSITIVE_INFINITY, start.tsUs)
    firsts.set(key, { run, target, protocol: protocol ?? '', account: account ?? '', firstUs })
  }
  return [...firsts.values()]
}

function reachedByActors(byRuns: ChainRows['reachedByRuns'], agents: ChainRows['agents']): ChainRows['reachedByActors'] {
  const firsts = new Map<string, ChainRows['reachedByActors'][number]>()
  for (const { run, target, protocol, firstUs } of byRuns) {
    const actor = agents.get(run)?.actor ?? ''
    const key = `${actor} ${target} ${protocol}`
    firsts.set(key, { actor, target, protocol, firstUs: Math.min(firsts.get(key)?.firstUs ?? Number.POSITIVE_INFINITY, firstUs) })
  }
  return [...firsts.values()]
}

function historiesOf(starts: readonly { actor: string; day: number; run: string }[]): ChainRows['histories'] {
  const days = [...new Set(starts.map(({ day }) => day))].sort((a, b) => a - b)
  const last = (days.at(-1) ?? 0) + 2
  const actors = new Set(starts.map(({ actor }) => actor))
  return [...actors].flatMap((actor) => {
    const own = starts.filter((start) => start.actor === actor)
    return Array.from({ length: last - (days[0] ?? last) }, (_, n) => (days[0] ?? 0) + n).map((beforeDay) => {
      const before = own.filter(({ day }) => day < beforeDay)
      return { actor, beforeDay, runs: before.length, days: new Set(before.map(({ day }) => day)).size }
    })
  })
}
