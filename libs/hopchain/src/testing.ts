import type { ObservableKind, ObservableRole } from '@hoptrace/events'
import type { Access, Run, Sighting } from './access.ts'
import { accessId } from './access.ts'
import type { Baseline } from './baseline.ts'
import type { Hop } from './hop.ts'
import { linkHops } from './link.ts'
import type { Pivot } from './pivot.ts'
import { DAY_US, defaultLinkPolicy, type LinkPolicy } from './policy.ts'

/** Builders for this library's tests: they state only what matters. Minutes count from the start of a fixed day. */

export const DAY = 20_000
const MINUTE_US = 60_000_000
const BOOT = 'boot'

export function tsOf(minute: number): number {
  return DAY * DAY_US + minute * MINUTE_US
}

type Seen = [role: ObservableRole, kind: ObservableKind, value: string, minute?: number]
type Wanted = Partial<Pick<Access, 'lineage' | 'origin' | 'address' | 'rootPrincipal' | 'principal'>> & {
  /** Names the session, or is the seq of the refusal in the boot stream. */
  id: string | number
  at: number
  until?: number
  run?: string | null
  target?: string
  protocol?: Access['protocol']
  seen?: Seen[]
}

export function aSession({ id, at, until, seen = [], run = 'run-1', ...rest }: Wanted): Access {
  const stream = String(id)
  return {
    ...defaults,
    ...rest,
    run,
    id: stream,
    kind: 'session',
    start: { stream, seq: 0, tsUs: tsOf(at) },
    lastUs: tsOf(until ?? at + 1),
    isOpen: until === undefined,
    // A session says where it goes when it starts, unless a request in it does so later.
    sightings: seen.map((one, index) => aSighting(stream, one[0] === 'target' && one[3] === undefined ? 0 : index + 1, at, one)),
  }
}

export function aRefusal({ id, at, seen = [], run = null, ...rest }: Wanted): Access {
  const seq = Number(id)
  const start = { stream: BOOT, seq, tsUs: tsOf(at) }
  return {
    ...defaults,
    principal: null,
    rootPrincipal: null,
    ...rest,
    run,
    id: accessId('refused', start),
    kind: 'refused',
    start,
    lastUs: tsOf(at),
    isOpen: false,
    denyReason: 'unknown-token',
    sightings: seen.map((one) => aSighting(BOOT, seq, at, one)),
  }
}

const defaults = {
  startMs: 0,
  lineage: [],
  principal: 'agent',
  rootPrincipal: 'ana',
  origin: null,
  protocol: 'postgres',
  target: 'orders',
  address: null,
  account: null,
  denyReason: null,
} as const

function aSighting(stream: string, seq: number, at: number, [role, kind, value, minute]: Seen): Sighting {
  const isSecret = kind === 'credential' || kind === 'key'
  const tsUs = tsOf(minute ?? at)
  return {
    stream,
    seq,
    tsUs,
    ms: (tsUs - tsOf(at)) / 1000,
    role,
    kind,
    digest: `${kind}:${value}`,
    at: '/text',
    offset: 0,
    value: isSecret ? null : value,
  }
}

export function aRun(id: string, at: number, lineage: string[] = [], given: Run['given'] = []): Run {
  return { id, lineage, started: { stream: BOOT, seq: 1000 + at, tsUs: tsOf(at), ms: 0 }, given }
}

/** A pivot for each destination that a session named: `ssh` to that host, or `kubectl exec` into that pod. */
export function pivotsOf(accesses: readonly Access[], over: Partial<Pivot> = {}): Pivot[] {
  return accesses.flatMap(({ sightings }) => sightings.filter(({ role }) => role === 'named').map((sighting) => aPivot(sighting, over)))
}

function aPivot({ stream, seq, tsUs, ms, kind, value }: Sighting, over: Partial<Pivot>): Pivot {
  const said = { stream, seq, tsUs, ms, event: seq - 1, at: '/command', relation: 'connect', port: null, account: null } as const
  const isPod = kind === 'pod'
  return { ...said, tool: isPod ? 'kubectl' : 'ssh', host: isPod ? null : value, object: isPod ? value : null, ...over }
}

type Rest = {
  runs?: Run[]
  baselines?: Baseline[]
  policy?: Partial<LinkPolicy>
  /** By default those that the sessions named. */
  pivots?: Pivot[]
  /** Minute that event time has reached. */
  through?: number
}

export function link(accesses: Access[], rest: Rest = {}): Hop[] {
  const { runs = [], baselines = [], policy = {}, pivots = pivotsOf(accesses), through } = rest
  const throughUs = through === undefined ? undefined : tsOf(through)
  return linkHops({ accesses, runs, baselines, pivots }, { ...defaultLinkPolicy, ...policy }, undefined, throughUs).hops
}

/** `a>b credential-flow` for each hop. */
export function arrows(hops: readonly Hop[]): string[] {
  return hops.map((hop) => `${hop.fromAccess}>${hop.toAccess} ${hop.class}`)
}
