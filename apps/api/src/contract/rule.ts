import { z } from 'zod'
import { AlertResponse, AlertSummary, Severity } from './alert.ts'
import { Instant, InstantInput } from './primitives.ts'

export const RuleSummary = z.object({
  id: z.string(),
  title: z.string(),
  /** `shipped` with Hoptrace, or the `tenant`'s own. */
  origin: z.enum(['shipped', 'tenant']),
  kind: z.enum(['detection', 'correlation']),
  /** `hop`, `hop_chain`, `event`; of a correlation, empty. */
  category: z.string(),
  product: z.string(),
  severity: Severity,
  response: AlertResponse,
  isEnabled: z.boolean(),
  tags: z.array(z.string()),
  revision: z.string(),
  updatedAt: Instant.nullable(),
  updatedBy: z.string().nullable(),
  /** Alerts that it took part in, in the last 7 days. */
  alerts: z.int(),
})
export type RuleSummary = z.infer<typeof RuleSummary>
export const RulesAnswer = z.object({ items: z.array(RuleSummary) })
export type RulesAnswer = z.infer<typeof RulesAnswer>

/** Where a rule's text is wrong; lines and columns from 1. */
export const RuleFault = z.object({ line: z.int(), column: z.int(), message: z.string() })
export type RuleFault = z.infer<typeof RuleFault>

export const RuleDetail = RuleSummary.extend({
  /** Sigma, as YAML; a file may hold several documents. */
  text: z.string(),
  description: z.string(),
  falsePositives: z.array(z.string()),
  references: z.array(z.string()),
  /** Newest first. */
  revisions: z.array(z.object({ revision: z.string(), at: Instant, by: z.string(), response: AlertResponse, isEnabled: z.boolean() })),
  recent: z.array(AlertSummary),
})
export type RuleDetail = z.infer<typeof RuleDetail>

const RuleText = z.string().min(1).max(262_144)
export const CheckRuleRequest = z.strictObject({ text: RuleText })
export type CheckRuleRequest = z.infer<typeof CheckRuleRequest>
export const RuleChecked = z.object({
  rules: z.array(z.object({ id: z.string(), title: z.string(), kind: z.enum(['detection', 'correlation']) })),
  faults: z.array(RuleFault),
})
export type RuleChecked = z.infer<typeof RuleChecked>

/** Saves a rule of the tenant's own, or switches a shipped one (`text` left out). */
export const SaveRuleRequest = z.strictObject({
  text: RuleText.optional(),
  response: AlertResponse.optional(),
  isEnabled: z.boolean().optional(),
  /** Revision that was edited; null for a new rule. 409 when another came first. */
  revision: z.string().nullable(),
  /** Digest of the backtest that was looked at: needed to make a rule page. */
  backtest: z.string().optional(),
})
export type SaveRuleRequest = z.infer<typeof SaveRuleRequest>

export const BacktestRequest = z.strictObject({
  text: RuleText,
  from: InstantInput.optional(),
  /** By default the week before now, and at most 31 days. */
  to: InstantInput.optional(),
  /** What the rules would be switched to. What is to page is looked at as paging. */
  response: AlertResponse.optional(),
})
export type BacktestRequest = z.infer<typeof BacktestRequest>

/** What a rule would have raised over recorded history, with the baselines as they were then. Nothing of it is stored. */
export const Backtest = z.object({
  /** Names this outcome: of the rule's text and the range. */
  digest: z.string(),
  range: z.object({ from: Instant, to: Instant }),
  looked: z.object({ chains: z.int(), hops: z.int(), events: z.int() }),
  alerts: z.int(),
  pages: z.int(),
  perDay: z.array(z.object({ day: z.iso.date(), alerts: z.int(), pages: z.int() })),
  /** Newest first, at most 100. */
  samples: z.array(AlertSummary),
  faults: z.array(RuleFault),
  /** More was recorded than was looked at. */
  isTruncated: z.boolean(),
})
export type Backtest = z.infer<typeof Backtest>
