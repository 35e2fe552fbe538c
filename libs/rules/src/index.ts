export { ACTING_TYPES, actsOfEvent } from './acts/event-acts.ts'
export { countsOfEvent, type EventCounts } from './acts/event-counts.ts'
export type { Alert, AlertFinding, CredentialToRotate, Reach } from './alerts/alert.ts'
export { alertsOfChain } from './alerts/alerts-of-chain.ts'
export { alertsOfFindings } from './alerts/alerts-of-findings.ts'
export type { EventFinding } from './alerts/event-findings.ts'
export { responseOf, ruleId, severityOf } from './alerts/found.ts'
export type { CorrelationLimits } from './correlation/correlation.ts'
export type { Level, Response } from './document/rule-document.ts'
export { type RuleFile, readRuleFile } from './document/rule-file.ts'
export type { ChainRows } from './facts/chain-rows.ts'
export { contextsOf, type Doing as EventDoing, doingOf } from './facts/event-contexts.ts'
export { ACTS, type AccessFacts, type Act, type BaselineFacts, type ChainFacts, type HopFacts, type Moment } from './facts/facts.ts'
export { factsOf } from './facts/facts-of.ts'
export { actorOf, FirstSeen } from './facts/first-seen.ts'
export { AlertPolicy, defaultAlertPolicy } from './policy/alert-policy.ts'
export { AlertSettings, type DestinationSetting, policyIn, type SecretSource } from './policy/alert-settings.ts'
export { readAlertSettings } from './policy/alert-settings-text.ts'
export {
  approvalOf,
  type CredentialPath,
  type Doing,
  expectationOf,
  isApproved,
  isExpected,
  isPrivileged,
} from './policy/explanations.ts'
export type { LogSource, RuleRecord } from './record.ts'
export { recordsOfChain } from './records/chain-records.ts'
export { type Conflict, type EventContext, RECORDED_ACTS, recordOfConflict, recordsOfEvent } from './records/event-records.ts'
export { type RuleField, ruleFields } from './records/rule-fields.ts'
export { chainRef, eventRef, hopRef, type Ref, readRef } from './refs.ts'
export type { CorrelationRule, DetectionRule, Rule } from './rule.ts'
export type { RuleProblem } from './rule-error.ts'
export { ruleRevision } from './rule-revision.ts'
export { type Finding, type RuleConflict, RuleSet } from './rule-set.ts'
export { type InForce, rulesInForce, type SavedRule } from './rules-in-force.ts'
export { type ShippedRule, shippedRules, shippedTexts } from './shipped/shipped-rules.ts'
