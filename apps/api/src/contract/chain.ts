import { DenyReason, ObservableKind, PivotRelation, Protocol, Uuid } from '@hoptrace/events'
import { z } from 'zod'
import { AlertResponse, AlertState, Severity } from './alert.ts'
import { Cursor, Instant, InstantInput, PageLimit, Pointer, pageOf, repeatable } from './primitives.ts'
import { SessionOutcome } from './session.ts'

export const EvidenceClass = z.enum([
  'credential-flow',
  'delegation',
  'target-flow',
  'origin',
  'pivot-command',
  'trace-id',
  'same-root',
  'timing',
])
export type EvidenceClass = z.infer<typeof EvidenceClass>

export const ChainSummary = z.object({
  id: z.string(),
  /** One sentence on its strongest hop: `ssh bastion used the host name bastion.internal seen in postgres orders`. */
  title: z.string(),
  startedAt: Instant,
  /** The last event of its accesses so far. */
  endedAt: Instant,
  rootPrincipal: z.string().nullable(),
  principals: z.array(z.string()),
  protocols: z.array(Protocol),
  /** In the order in which they were reached. */
  targets: z.array(z.string()),
  accesses: z.int(),
  refused: z.int(),
  hops: z.int(),
  evidence: z.array(EvidenceClass),
  /** The weakest hop's score, in log-odds: the chain is no stronger. */
  weakestScore: z.number(),
  /** A gateway's events were missing when it was last analysed. */
  isPartial: z.boolean(),
})
export type ChainSummary = z.infer<typeof ChainSummary>

/**
 * - `session`: one authenticated connection
 * - `refused`: an attempt that was denied
 * - `use`: a secret named inside a session that was open already when another session answered it
 * - `unseen`: a command named it, and no access to it appeared at the gateway
 */
export const AccessKind = z.enum(['session', 'refused', 'use', 'unseen'])
export type AccessKind = z.infer<typeof AccessKind>

export const AccessNode = z.object({
  id: z.string(),
  kind: AccessKind,
  isRefused: z.boolean(),
  /** Its first event: in its session, or in the gateway's boot stream for a refused attempt. */
  at: Pointer,
  startedAt: Instant,
  endedAt: Instant.nullable(),
  /** Null when the attempt named none. */
  protocol: Protocol.nullable(),
  /** The target's name; of a refused attempt, what was asked for. */
  target: z.string(),
  address: z.string().nullable(),
  account: z.string().nullable(),
  principal: z.string().nullable(),
  rootPrincipal: z.string().nullable(),
  run: Uuid.nullable(),
  outcome: SessionOutcome.nullable(),
  denyReason: DenyReason.nullable(),
  /** Hops from the chain's first access. */
  depth: z.int(),
  /** Of one that was not seen at the gateway: the command that named it. Null of all others. */
  unseen: z
    .object({
      /** `ssh`, `psql`, `curl`; in SQL `dblink`, `server`. */
      tool: z.string(),
      relation: PivotRelation,
      /** The moment that named it. */
      namedAt: Pointer,
      /** Of the command that named it; null where it is not known. */
      exitStatus: z.int().nullable(),
      /** The first bytes of what that command printed, masked; null where they are not known, or content is not shown. */
      output: z.string().nullable(),
      /** The command line, masked; null where content is not shown. */
      command: z.string().nullable(),
    })
    .nullable(),
})
export type AccessNode = z.infer<typeof AccessNode>

export const HopEvidence = z.object({
  class: EvidenceClass,
  /** Log-odds. */
  score: z.number(),
  /** The moment in the earlier access, and the moment in the later one. */
  from: Pointer.nullable(),
  to: Pointer.nullable(),
  /** The value that flowed. `value` is absent for secrets. */
  observable: z.object({ kind: ObservableKind, digest: z.string(), value: z.string().nullable() }).nullable(),
  /** JSON pointers (RFC 6901) into the bodies of the two events. */
  fromAt: z.string().nullable(),
  toAt: z.string().nullable(),
  /** One sentence: `bastion used a value seen in orders`. */
  sentence: z.string(),
})
export type HopEvidence = z.infer<typeof HopEvidence>

/** An alert, as short as a graph shows it. */
export const HopAlert = z.object({ id: z.string(), severity: Severity, response: AlertResponse, state: AlertState, sentence: z.string() })
export type HopAlert = z.infer<typeof HopAlert>

export const Hop = z.object({
  id: z.string(),
  /** Ids of access nodes. */
  from: z.string(),
  to: z.string(),
  /** The strongest evidence. */
  class: EvidenceClass,
  score: z.number(),
  evidence: z.array(HopEvidence),
  /** Other accesses that may have led to the same one. */
  alternatives: z.array(z.object({ from: z.string(), class: EvidenceClass, score: z.number() })),
  /** Alerts that rest on it. */
  alerts: z.array(HopAlert),
})
export type Hop = z.infer<typeof Hop>

export const ChainDetail = ChainSummary.extend({ nodes: z.array(AccessNode), edges: z.array(Hop), alerts: z.array(HopAlert) })
export type ChainDetail = z.infer<typeof ChainDetail>

export const ChainsQuery = z.object({
  from: InstantInput.optional(),
  to: InstantInput.optional(),
  rootPrincipal: repeatable(z.string().max(256)),
  target: repeatable(z.string().max(256)),
  /** Only chains with this session as a node. */
  session: Uuid.optional(),
  cursor: Cursor.optional(),
  limit: PageLimit,
})
export type ChainsQuery = z.infer<typeof ChainsQuery>

export const ChainsPage = pageOf(ChainSummary).extend({ range: z.object({ from: Instant, to: Instant }), hasAny: z.boolean() })
export type ChainsPage = z.infer<typeof ChainsPage>
