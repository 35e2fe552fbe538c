import type { Instant } from '../../contract/index.ts'
import type { Excerpt } from './excerpt.ts'

/** A chain as its page tells it: strings are as they may be shown, and not escaped yet. */
export type ChainReport = {
  chain: string
  sentence: string
  rootPrincipals: readonly string[]
  principals: readonly string[]
  firstUs: number
  lastUs: number
  /** Log-odds. */
  weakestScore: number
  madeAt: Instant
  madeBy: string
  version: string
  hasContent: boolean
  isRevealed: boolean
  nodes: readonly ReportNode[]
  hops: readonly ReportHop[]
  /** More accesses and hops than a page tells. */
  untold: { nodes: number; hops: number }
  alerts: readonly { sentence: string; severity: string; response: string; firstAt: string; rules: readonly string[] }[]
  missing: readonly { kind: string; what: string; from: string; to: string }[]
}

export type ReportNode = {
  id: string
  /** From 1, in the order in which they began. */
  number: number
  kind: 'session' | 'refused' | 'use' | 'unseen'
  protocol: string | null
  target: string
  address: string | null
  account: string | null
  principal: string | null
  rootPrincipal: string | null
  run: string | null
  /** How deep its run was delegated. */
  runDepth: number
  session: string
  seq: number
  firstUs: number
  lastUs: number
  isOpen: boolean
  denyReason: string | null
  /** Of a session; null for what is none. */
  facts: SessionFacts | null
}

export type SessionFacts = {
  outcome: string
  completeness: string
  events: number
  lastSeq: number
  commands: number
  failures: number
  rows: number
  bytes: number
  lastHash: string | null
}

export type ReportHop = {
  id: string
  number: number
  /** Numbers of nodes; null of one that the page does not tell. */
  from: number | null
  to: number | null
  class: string
  /** Log-odds. */
  score: number
  sentence: string
  evidence: readonly ReportEvidence[]
  alternatives: readonly { node: number | null; access: string; class: string; score: number }[]
}

export type ReportEvidence = {
  class: string
  score: number
  /** Does it link alone? */
  isLink: boolean
  sentence: string
  observable: { kind: string; digest: string; value: string | null } | null
  from: Moment
  to: Moment
}

/** A moment in a recording, and what was recorded there. */
export type Moment = {
  session: string
  seq: number
  us: number
  /** Since the session began. */
  ms: number
  type: string
  /** JSON pointer into the event's body. */
  at: string
  hash: string | null
  prevHash: string | null
  isMasked: boolean
  /** Null where nothing may be shown, or nothing was recorded. */
  excerpt: Excerpt | null
  /** Why there is none. */
  note: string
}
