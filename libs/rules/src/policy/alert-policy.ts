import { z } from 'zod'
import { instantUs } from './instant.ts'

/** A name, or a pattern in which `*` stands for any characters. */
const Pattern = z.string().min(1).max(256)
const Patterns = z.array(Pattern).max(256)
/** RFC 3339, with a zone. */
const Instant = z.iso.datetime({ offset: true })
const Reason = z.string().min(1).max(1024)

const INTERNAL_SUFFIXES = ['internal', 'local', 'localdomain', 'lan', 'corp', 'home.arpa', 'svc', 'cluster.local']

/** A way on which a credential is meant to travel: a secret broker answers it, and it opens something else. */
const ApprovedPath = z.strictObject({
  /** Target that hands the credential out. */
  from: Pattern,
  /** Target that it opens. */
  to: Pattern,
  /** As whom; absent: any account. */
  account: Pattern.optional(),
  reason: Reason,
  /** Until when it is approved; absent: until it is taken out. */
  until: Instant.optional(),
})

/** A maintenance window, or a runbook that is being followed. What is given must all fit. */
const Maintenance = z
  .strictObject({
    targets: Patterns.min(1).optional(),
    principals: Patterns.min(1).optional(),
    agentTemplates: Patterns.min(1).optional(),
    from: Instant,
    /** Not included. */
    to: Instant,
    reason: Reason,
  })
  .refine(({ from, to }) => (instantUs(from) ?? 0) < (instantUs(to) ?? 0), { path: ['to'], message: 'must be later than from' })
  .refine(
    ({ targets, principals, agentTemplates }) => targets ?? principals ?? agentTemplates,
    'name targets, principals or agentTemplates',
  )

/** What a tenant declares, so that nothing of it is guessed: what matters most, and what is meant to happen. */
export const AlertPolicy = z.strictObject({
  privileged: z
    .strictObject({
      targets: Patterns.default([]),
      /** Accounts that are privileged wherever they are. */
      accounts: Patterns.default(['root', 'postgres', 'cluster-admin', 'system:masters']),
    })
    .prefault({}),
  approvedPaths: z.array(ApprovedPath).max(256).default([]),
  maintenance: z.array(Maintenance).max(256).default([]),
  /** Host names that end so are inside: a pivot to one that was not seen at the gateway is a way around it. Private addresses always are. */
  internalSuffixes: z.array(z.string().min(1).max(253)).max(256).default(INTERNAL_SUFFIXES),
  /** Target → who answers for its credential. */
  owners: z.record(z.string().max(256), z.string().min(1).max(256)).default({}),
  /** Other names of a target, by which it must not be reached once it was refused. */
  aliases: z.record(z.string().max(256), z.array(z.string().min(1).max(256)).max(64)).default({}),
  /** Alerts a day that one reader is asked to look at; the rest is ranked below, never hidden. */
  budgetPerDay: z.int().min(1).max(1000).default(9),
  /** Before this much history lies behind a baseline, nothing is called seen for the first time. */
  warmUp: z.strictObject({ days: z.int().min(0).max(365).default(3), runs: z.int().min(0).max(100_000).default(20) }).prefault({}),
})
export type AlertPolicy = z.infer<typeof AlertPolicy>

export const defaultAlertPolicy: AlertPolicy = AlertPolicy.parse({})
