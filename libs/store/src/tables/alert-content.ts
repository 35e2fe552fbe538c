import { Protocol } from '@hoptrace/events'
import { z } from 'zod'

/** Sigma's levels. */
export const AlertSeverityColumn = z.enum(['informational', 'low', 'medium', 'high', 'critical'])
export const AlertResponseColumn = z.enum(['page', 'queue', 'log'])

/** `tsUs`: microseconds since the epoch; `ms`: since its stream began. */
const Moment = z.object({ session: z.string(), seq: z.int(), tsUs: z.int(), ms: z.int() })

export const AlertFindingColumn = z.object({
  rule: z.object({ id: z.string(), title: z.string(), revision: z.string(), tags: z.array(z.string()) }),
  severity: AlertSeverityColumn,
  response: AlertResponseColumn,
  /** `hop:ID`, `chain:ID` or `event:SESSION/SEQ`. */
  anchor: z.string(),
  at: Moment,
  access: z.string().nullable(),
  refs: z.array(z.string()),
  sentence: z.string(),
})

/** What an alert says beside its columns: parts of `Alert` in libs/rules, whose comments say what they mean. */
export const AlertContentColumn = z.object({
  findings: z.array(AlertFindingColumn),
  reach: z.object({
    targets: z.array(
      z.object({ target: z.string(), protocol: Protocol.nullable(), account: z.string().nullable(), isRefused: z.boolean() }),
    ),
    writes: z.int(),
    rows: z.int(),
    bytes: z.int(),
  }),
  rotate: z.array(
    z.object({
      kind: z.enum(['credential', 'key']),
      digest: z.string(),
      seenAt: Moment,
      usedAt: Moment.nullable(),
      target: z.string(),
      account: z.string().nullable(),
      wasAccepted: z.boolean(),
    }),
  ),
  weakest: z.object({ hop: z.string(), score: z.int() }).nullable(),
  /** Null where no finding asked for one. */
  baseline: z.object({ id: z.string(), runs: z.int(), days: z.int(), isWarm: z.boolean() }).nullable(),
})
export type AlertContentColumn = z.infer<typeof AlertContentColumn>
