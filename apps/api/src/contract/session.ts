import { Protocol, TargetRef, Uuid } from '@hoptrace/events'
import { z } from 'zod'
import { Cursor, Instant, InstantInput, PageLimit, pageOf, repeatable } from './primitives.ts'

/** How a session ended; `open` while it has not. */
export const SessionOutcome = z.enum([
  'open',
  'client',
  'target',
  'revoked',
  'expired',
  'crash',
  'error',
  'recording',
  'shutdown',
  'imported',
  'idle',
])
export type SessionOutcome = z.infer<typeof SessionOutcome>

export const SessionCompleteness = z.enum(['complete', 'unfinished', 'gap', 'conflict'])
export type SessionCompleteness = z.infer<typeof SessionCompleteness>

export const SessionSummary = z.object({
  id: Uuid,
  startedAt: Instant,
  /** Null while the session is open. */
  endedAt: Instant.nullable(),
  /** From the first event to the last so far, by the gateway's monotonic clock. */
  durationMs: z.number(),
  protocol: Protocol,
  principal: z.string().nullable(),
  /** Null when it is not known. */
  rootPrincipal: z.string().nullable(),
  run: Uuid.nullable(),
  lineage: z.array(Uuid),
  target: TargetRef,
  /** Where the caller came from, and the gateway that recorded it. */
  source: z.object({ gatewayId: z.string(), address: z.string().nullable(), port: z.int().nullable(), client: z.string().nullable() }),
  outcome: SessionOutcome,
  completeness: SessionCompleteness,
  /** Recorded events, each seq once. */
  events: z.int(),
  lastSeq: z.int(),
  /** SQL statements; or SSH execs and shells, and the inputs that ended a line in them. */
  commands: z.int(),
  /** Statements that failed, or execs with a status other than 0. */
  errors: z.int(),
})
export type SessionSummary = z.infer<typeof SessionSummary>

export const SessionDetail = SessionSummary.extend({
  database: z.string().nullable(),
  tls: z.boolean().nullable(),
  endMessage: z.string().nullable(),
  bootId: Uuid,
  agent: z.object({ template: z.string(), version: z.string() }).nullable(),
  task: z.string().nullable(),
  /** What was imported instead of lived. */
  imported: z.object({ file: z.string(), sha256: z.string(), format: z.string() }).nullable(),
  /** Is there terminal output to play? */
  isTerminal: z.boolean(),
  /** Terminal channels that hold output, in the order in which they opened. */
  channels: z.array(z.int()),
  isSql: z.boolean(),
  gaps: z.object({
    /** `[from, to]`, both missing. */
    missing: z.array(z.tuple([z.int(), z.int()])),
    conflicts: z.array(z.int()),
    /** `recording.gap` events: something was not recorded, and the recording says so. */
    declared: z.array(z.object({ seq: z.int(), ms: z.number(), reason: z.string(), message: z.string() })),
  }),
  /** Chains that this session is a node of. */
  chains: z.array(Uuid.or(z.string())),
})
export type SessionDetail = z.infer<typeof SessionDetail>

export const sessionSortFields = [
  'startedAt',
  'duration',
  'principal',
  'rootPrincipal',
  'run',
  'protocol',
  'target',
  'account',
  'source',
  'outcome',
  'completeness',
  'events',
] as const
export type SessionSortField = (typeof sessionSortFields)[number]

/** Fields that a session can be filtered by: as `field=value` (included) or `exclude=field:value`. */
export const sessionFilterFields = [
  'protocol',
  'principal',
  'rootPrincipal',
  'run',
  'target',
  'account',
  'outcome',
  'completeness',
  'gateway',
  'source',
] as const
export type SessionFilterField = (typeof sessionFilterFields)[number]

const FilterText = z.string().max(256)

/** `[from, to)`; without `from`, the 24 hours before `to`; without `to`, now. */
export const SessionsQuery = z.object({
  from: InstantInput.optional(),
  to: InstantInput.optional(),
  protocol: repeatable(Protocol),
  principal: repeatable(FilterText),
  rootPrincipal: repeatable(FilterText),
  run: repeatable(Uuid),
  /** A target's name. */
  target: repeatable(FilterText),
  account: repeatable(FilterText),
  outcome: repeatable(SessionOutcome),
  completeness: repeatable(SessionCompleteness),
  gateway: repeatable(FilterText),
  /** The caller's address. */
  source: repeatable(FilterText),
  /** `field:value`, one of the filter fields. */
  exclude: repeatable(
    z
      .string()
      .max(300)
      .regex(new RegExp(`^(${sessionFilterFields.join('|')}):`), 'must be field:value'),
  ),
  /** Words that all stand in one recorded command or statement. */
  q: z.string().max(256).optional(),
  /** A field, ascending; with `-` before it, descending. */
  sort: z
    .string()
    .regex(new RegExp(`^-?(${sessionSortFields.join('|')})$`), `must be one of ${sessionSortFields.join(', ')}, with - for descending`)
    .default('-startedAt'),
  cursor: Cursor.optional(),
  limit: PageLimit,
})
export type SessionsQuery = z.infer<typeof SessionsQuery>

export const SessionsPage = pageOf(SessionSummary).extend({
  /** The range that was used, so that a copied link can freeze it. */
  range: z.object({ from: Instant, to: Instant }),
  /** Sessions that match, on all pages; counted up to 10000. */
  total: z.int(),
  /** Was anything ever recorded? Tells an empty store from a filter without a match. */
  hasAny: z.boolean(),
})
export type SessionsPage = z.infer<typeof SessionsPage>
