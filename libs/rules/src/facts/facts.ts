import type { DenyReason, ObservableKind, Protocol } from '@hoptrace/events'

/** A place in a recording. `tsUs`: event time, microseconds since the epoch; `ms`: since its stream began. */
export type Moment = { session: string; seq: number; tsUs: number; ms: number }

/**
 * What was done in an access, in words that rules ask for.
 * - `write`: something was changed: a statement that writes, a request other than GET, HEAD, OPTIONS, get, list, watch
 * - `upload`, `download`: files over SSH
 * - `tunnel`: a forward was opened
 * - `exec`: a program was run in a container
 * - `secret-read`: a Kubernetes Secret was read
 * - `token-request`: a service account's token was asked for
 * - `rbac-write`: a role or a binding was changed
 * - `privileged-pod`, `host-path`: a workload was asked for that is privileged, or mounts the node's files
 * - `metadata-service`: the address of a cloud's metadata service was asked
 * - `service-account-token`: the file of a pod's token was read
 * - `outbound-sql`: a statement made the database itself reach out
 */
export const ACTS = [
  'write',
  'upload',
  'download',
  'tunnel',
  'exec',
  'secret-read',
  'token-request',
  'rbac-write',
  'privileged-pod',
  'host-path',
  'metadata-service',
  'service-account-token',
  'outbound-sql',
] as const
export type Act = (typeof ACTS)[number]

/** A node of a chain, as rules see it. The names are the fields that rules name. */
export type AccessFacts = {
  id: string
  kind: 'session' | 'refused' | 'use' | 'unseen'
  at: Moment
  /** Of its last event so far. */
  lastUs: number
  isOpen: boolean
  run: string | null
  /** Run ids from the root run to the parent of `run`. */
  lineage: readonly string[]
  principal: string | null
  rootPrincipal: string | null
  agentTemplate: string | null
  agentVersion: string | null
  protocol: Protocol | null
  target: string
  /** `host:port`; null when refused or unseen. */
  address: string | null
  account: string | null
  origin: string | null
  denyReason: DenyReason | null
  /** Hops from the chain's first access. */
  depth: number
  /** Was this (agent template, target, protocol) never reached before the day that the baseline closed? Null while that warms up. */
  isFirstSeen: boolean | null
  /** Declared to be so: by the target, or by the account there. */
  isPrivileged: boolean
  /** Inside a declared maintenance window or runbook. */
  isExpected: boolean
  acts: readonly Act[]
  /** How often each kind of thing was done: what the caller asked, what was changed. */
  commands: number
  writes: number
  /** Rows and bytes that answers brought, as recorded of results; 0 where the protocol does not say. */
  rows: number
  bytes: number
  /** Of a pivot that was not seen: the program, and how it reaches out. */
  tool: string | null
  relation: string | null
}

/** A hop, as rules see it. */
export type HopFacts = {
  id: string
  class: string
  /** Every class that speaks for it, strongest first. */
  classes: readonly string[]
  /** Thousandths of log-odds. */
  score: number
  /** What flowed; `value` is null for secrets. */
  observable: { kind: ObservableKind; digest: string; value: string | null } | null
  /** Where the value stood: the type of the event, what was asked there, and what is known of it. */
  source: { type: string; acts: readonly Act[] }
  /** Ids of accesses. */
  from: string
  to: string
  fromAt: Moment
  toAt: Moment
  /** From the answer to its use, in ms. */
  gapMs: number
  /** The later access acts under another account than the earlier one did. */
  isAccountSwitch: boolean
  /** The later access reached what this run had not reached before. */
  isNewAccess: boolean
  /** Along a declared credential path. */
  isApproved: boolean
}

/** A hop chain with all its accesses and hops, as rules see it. */
export type ChainFacts = {
  id: string
  title: string
  firstUs: number
  lastUs: number
  /** In the order in which they began. */
  accesses: readonly AccessFacts[]
  hops: readonly HopFacts[]
  /** Thousandths of log-odds. */
  weakestScore: number
  /** How runs of the chain stand to each other. */
  delegation: { depth: number; isVerified: boolean; isCyclic: boolean }
  baseline: BaselineFacts
}

/** What "first seen" and rarity rest on. */
export type BaselineFacts = {
  /** `day:20777`: closed at the end of that day of event time. */
  id: string
  /** Runs and days behind it. */
  runs: number
  days: number
  isWarm: boolean
}
