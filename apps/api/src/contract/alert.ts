import { ObservableKind, Protocol, Uuid } from '@hoptrace/events'
import { z } from 'zod'
import { Cursor, Instant, InstantInput, PageLimit, Pointer, pageOf, repeatable } from './primitives.ts'

/** Sigma's levels. */
export const Severity = z.enum(['informational', 'low', 'medium', 'high', 'critical'])
export type Severity = z.infer<typeof Severity>
/** Who is told: a person at once, whoever looks at the queue, or nobody. */
export const AlertResponse = z.enum(['page', 'queue', 'log'])
export type AlertResponse = z.infer<typeof AlertResponse>
export const AlertState = z.enum(['open', 'acknowledged', 'closed'])
export type AlertState = z.infer<typeof AlertState>
export const CloseReason = z.enum(['true-positive', 'benign', 'false-positive', 'duplicate'])
export type CloseReason = z.infer<typeof CloseReason>

export const AlertSummary = z.object({
  id: z.string(),
  /** Who, on behalf of whom, with what value, from where to where, and how it ended. */
  sentence: z.string(),
  severity: Severity,
  response: AlertResponse,
  state: AlertState,
  assignee: z.string().nullable(),
  /** Event time of its first finding, and of its last. */
  firstAt: Instant,
  lastAt: Instant,
  /** When it was raised first, by the platform's clock: how long after the event is what a reader waits. */
  raisedAt: Instant,
  chainId: z.string().nullable(),
  principal: z.string().nullable(),
  rootPrincipal: z.string().nullable(),
  runs: z.array(Uuid),
  targets: z.array(z.string()),
  protocols: z.array(Protocol),
  /** Titles of the rules that found it. */
  rules: z.array(z.object({ id: z.string(), title: z.string() })),
  /** Grows with each action on it: hand it back with the next. */
  revision: z.int(),
  /** Why nobody is told: a suppression's id and its reason; null when somebody is. */
  suppressed: z.object({ id: z.string(), reason: z.string(), until: Instant }).nullable(),
})
export type AlertSummary = z.infer<typeof AlertSummary>

export const AlertFinding = z.object({
  rule: z.object({ id: z.string(), title: z.string(), revision: z.string(), tags: z.array(z.string()) }),
  /** What to look at, and known false positives, as the rule says. */
  description: z.string(),
  falsePositives: z.array(z.string()),
  severity: Severity,
  response: AlertResponse,
  sentence: z.string(),
  /** The hop that proves it, for the chain's page; null for an event. */
  hopId: z.string().nullable(),
  at: Pointer,
  happenedAt: Instant,
})
export type AlertFinding = z.infer<typeof AlertFinding>

/** One step in an alert's life. */
export const AlertAction = z.object({
  revision: z.int(),
  at: Instant,
  by: z.string(),
  kind: z.enum(['acknowledge', 'close', 'reopen', 'assign', 'note']),
  reason: CloseReason.nullable(),
  assignee: z.string().nullable(),
  note: z.string(),
})
export type AlertAction = z.infer<typeof AlertAction>

export const AlertDetail = AlertSummary.extend({
  findings: z.array(AlertFinding),
  /** Sessions of the alert's runs that are open now, and runs that live: revoke here. */
  open: z.object({ sessions: z.array(Uuid), liveRuns: z.array(Uuid) }),
  reach: z.object({
    targets: z.array(
      z.object({ target: z.string(), protocol: Protocol.nullable(), account: z.string().nullable(), isRefused: z.boolean() }),
    ),
    writes: z.int(),
    rows: z.int(),
    bytes: z.int(),
  }),
  /** In log-odds. */
  weakest: z.object({ hopId: z.string(), score: z.number() }).nullable(),
  rotate: z.array(
    z.object({
      kind: ObservableKind,
      digest: z.string(),
      seenAt: Pointer,
      usedAt: Pointer.nullable(),
      target: z.string(),
      account: z.string().nullable(),
      wasAccepted: z.boolean(),
      /** Who answers for the target's credential, where the configuration says; null otherwise. */
      owner: z.string().nullable(),
    }),
  ),
  /** What "first seen" rests on; null where no finding asked. */
  baseline: z.object({ id: z.string(), runs: z.int(), days: z.int(), isWarm: z.boolean() }).nullable(),
  /** Oldest first. */
  history: z.array(AlertAction),
  deliveries: z.array(z.object({ at: Instant, to: z.string(), outcome: z.enum(['delivered', 'failed', 'waiting']), attempts: z.int() })),
})
export type AlertDetail = z.infer<typeof AlertDetail>

export const AlertsQuery = z.object({
  from: InstantInput.optional(),
  to: InstantInput.optional(),
  state: repeatable(AlertState),
  severity: repeatable(Severity),
  response: repeatable(AlertResponse),
  rule: z.string().max(256).optional(),
  principal: z.string().max(256).optional(),
  target: z.string().max(256).optional(),
  run: Uuid.optional(),
  chain: z.string().max(64).optional(),
  cursor: Cursor.optional(),
  limit: PageLimit,
})
export type AlertsQuery = z.infer<typeof AlertsQuery>
/** Newest first. */
export const AlertsPage = pageOf(AlertSummary).extend({ range: z.object({ from: Instant, to: Instant }), hasAny: z.boolean() })
export type AlertsPage = z.infer<typeof AlertsPage>

/** An action on an alert. `revision`: that of the alert as the caller saw it; 409 with the alert as it is when another came first. */
export const AlertActionRequest = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('acknowledge'), revision: z.int(), note: z.string().max(4096).default('') }),
  z.strictObject({ kind: z.literal('close'), revision: z.int(), reason: CloseReason, note: z.string().max(4096).default('') }),
  z.strictObject({ kind: z.literal('reopen'), revision: z.int(), note: z.string().max(4096).default('') }),
  z.strictObject({
    kind: z.literal('assign'),
    revision: z.int(),
    assignee: z.string().max(256).nullable(),
    note: z.string().max(4096).default(''),
  }),
  z.strictObject({ kind: z.literal('note'), revision: z.int(), note: z.string().min(1).max(4096) }),
])
export type AlertActionRequest = z.infer<typeof AlertActionRequest>

/** Nobody is told of what it covers until it ends. It shows on every alert that it covers. */
export const Suppression = z.object({
  id: Uuid,
  /** All that are given must fit. */
  rule: z.string().nullable(),
  principal: z.string().nullable(),
  target: z.string().nullable(),
  reason: z.string(),
  owner: z.string(),
  createdBy: z.string(),
  createdAt: Instant,
  until: Instant,
  lifted: z.object({ by: z.string(), at: Instant }).nullable(),
})
export type Suppression = z.infer<typeof Suppression>
export const SuppressRequest = z
  .strictObject({
    rule: z.string().max(256).nullable().default(null),
    principal: z.string().max(256).nullable().default(null),
    target: z.string().max(256).nullable().default(null),
    reason: z.string().min(1).max(1024),
    owner: z.string().min(1).max(256),
    until: InstantInput,
  })
  .refine(({ rule, principal, target }) => rule ?? principal ?? target, 'name a rule, a principal or a target')
export type SuppressRequest = z.infer<typeof SuppressRequest>
export const SuppressionsAnswer = z.object({ items: z.array(Suppression) })
export type SuppressionsAnswer = z.infer<typeof SuppressionsAnswer>

/** What Triage shows: what fits the day's budget, and what was held back, never hidden. */
export const AlertQueue = z.object({
  /** Open and acknowledged ones, most urgent first: paging ones, then by severity, then newest. At most `budget`. */
  ranked: z.array(AlertSummary),
  /** Alerts a day that one reader is asked to look at. */
  budget: z.int(),
  heldBack: z.array(AlertSummary),
  openTotal: z.int(),
})
export type AlertQueue = z.infer<typeof AlertQueue>
