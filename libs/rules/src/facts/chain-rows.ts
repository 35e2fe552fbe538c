import type { DenyReason, ObservableKind, Protocol } from '@hoptrace/events'
import type { Moment } from './facts.ts'

/** What is stored of a hop chain and of what its accesses are compared with: what facts are made of. Times are µs since the epoch. */
export type ChainRows = {
  chain: { id: string; title: string; firstTs: number; lastTs: number; weakestScore: number }
  /** In the order in which they began. */
  accesses: readonly AccessRow[]
  /** In the order in which the later events happened. */
  hops: readonly HopRow[]
  /** Of events that values came from: their types, what was done by them, and by what they answer. */
  sources: readonly { sessionId: string; seq: number; type: string; acts: readonly string[] }[]
  /** By access. */
  acts: ReadonlyMap<string, { acts: readonly string[]; commands: number; writes: number; rows: number; bytes: number }>
  agents: ReadonlyMap<string, RunAgent>
  reachedByActors: readonly { actor: string; target: string; protocol: string; firstUs: number }[]
  reachedByRuns: readonly { run: string; target: string; protocol: string; account: string; firstUs: number }[]
  /** Runs of each actor that began before a day, and the days on which they did; days since the epoch. */
  histories: readonly { actor: string; beforeDay: number; runs: number; days: number }[]
}

/** `actor`: what baselines are kept by: the agent, whatever its version, or the principal. */
export type RunAgent = { run: string; actor: string; template: string | null; version: string | null }

export type AccessRow = {
  accessId: string
  depth: number
  kind: 'session' | 'refused' | 'use' | 'unseen'
  sessionId: string
  seq: number
  ms: number
  firstTs: number
  lastTs: number
  isOpen: boolean
  run: string | null
  lineage: readonly string[]
  principal: string | null
  rootPrincipal: string | null
  origin: string | null
  protocol: Protocol | null
  target: string
  address: string | null
  account: string | null
  denyReason: DenyReason | null
}

export type HopRow = {
  id: string
  class: string
  score: number
  fromAccess: string
  toAccess: string
  from: Moment
  to: Moment
  /** Strongest first. */
  evidence: readonly {
    class: string
    observable: { kind: ObservableKind; digest: string; value: string | null } | null
    basis: Readonly<Record<string, string | number>>
  }[]
}
