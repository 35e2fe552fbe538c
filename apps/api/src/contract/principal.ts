import { Grant, Protocol } from '@hoptrace/events'
import { z } from 'zod'
import { AlertSummary } from './alert.ts'
import { Cursor, Instant, InstantInput, PageLimit, pageOf } from './primitives.ts'
import { RunSummary } from './run.ts'

/** One who acts: an agent, or a person. */
export const PrincipalSummary = z.object({
  /** The name by which it is addressed. */
  id: z.string(),
  rootPrincipals: z.array(z.string()),
  protocols: z.array(Protocol),
  targets: z.int(),
  sessions: z.int(),
  refused: z.int(),
  firstAt: Instant,
  lastAt: Instant,
})
export type PrincipalSummary = z.infer<typeof PrincipalSummary>

/** A range of event time; by default the 30 days before now. */
export const ActivityQuery = z.object({ from: InstantInput.optional(), to: InstantInput.optional() })
export type ActivityQuery = z.infer<typeof ActivityQuery>
export const PrincipalsQuery = ActivityQuery.extend({ cursor: Cursor.optional(), limit: PageLimit })
export type PrincipalsQuery = z.infer<typeof PrincipalsQuery>
/** By name. */
export const PrincipalsPage = pageOf(PrincipalSummary).extend({ range: z.object({ from: Instant, to: Instant }) })
export type PrincipalsPage = z.infer<typeof PrincipalsPage>

/**
 * What was done, and how often: a verb of Kubernetes, a method of HTTP, the first keyword of SQL, `exec`, `shell`, `sftp` or
 * `forward` over SSH.
 */
export const VerbCount = z.object({ verb: z.string(), count: z.int() })
export type VerbCount = z.infer<typeof VerbCount>

/** A target that a principal reached, or was refused at. */
export const ReachedTarget = z.object({
  target: z.string(),
  protocol: Protocol.nullable(),
  accounts: z.array(z.string()),
  sessions: z.int(),
  refused: z.int(),
  failures: z.int(),
  firstAt: Instant,
  lastAt: Instant,
  /** Most frequent first, at most 50. */
  verbs: z.array(VerbCount),
})
export type ReachedTarget = z.infer<typeof ReachedTarget>

/** A grant of one or several of the principal's runs, and whether anything that it allows was done. */
export const GrantUse = z.object({
  grant: Grant,
  /** On one line, as `hoptrace run start --grant` takes it. */
  text: z.string(),
  /** Runs that held it. */
  runs: z.int(),
  lastGrantedAt: Instant,
  /** Of what it allows, how often something was done; 0: it was never used. */
  uses: z.int(),
})
export type GrantUse = z.infer<typeof GrantUse>

/** What a principal reached, what it was granted, and what would have been enough. */
export const PrincipalDetail = z.object({
  id: z.string(),
  range: z.object({ from: Instant, to: Instant }),
  /** Nothing was ever done by it itself: all here was done on its behalf. */
  isOnBehalf: z.boolean(),
  rootPrincipals: z.array(z.string()),
  agents: z.array(z.object({ template: z.string(), version: z.string(), runs: z.int() })),
  /** Null when nothing was done in the range. */
  firstAt: Instant.nullable(),
  lastAt: Instant.nullable(),
  /** Newest first, at most 20. */
  runs: z.array(RunSummary),
  runsTotal: z.int(),
  /** Latest first, at most 500. */
  reached: z.array(ReachedTarget),
  /** Never used ones first. */
  granted: z.array(GrantUse),
  /** The narrowest grants under which all that succeeded would have been allowed, to be looked at before they are given. */
  sufficient: z.array(z.object({ grant: Grant, text: z.string() })),
  /** More was done than was looked at: what would suffice may be wider. */
  isTruncated: z.boolean(),
  /** Newest first, at most 20. */
  alerts: z.array(AlertSummary),
})
export type PrincipalDetail = z.infer<typeof PrincipalDetail>
