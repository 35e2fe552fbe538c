import { type RuleFile, readRuleFile } from './document/rule-file.ts'
import type { Rule } from './rule.ts'
import type { RuleProblem } from './rule-error.ts'
import { type RuleConflict, RuleSet } from './rule-set.ts'
import type { ShippedRule } from './shipped/shipped-rules.ts'

/** What a tenant saved under a rule's id last. Without a text it switches the shipped file of which that is a rule. */
export type SavedRule = { ruleId: string; text: string; response: 'page' | 'queue' | 'log' | null; isEnabled: boolean }

/** Rules that work together, and what was left out and why. */
export type InForce = { rules: Rule[]; problems: RuleProblem[]; conflicts: RuleConflict[] }

/** The rules of shipped files, as a tenant switched them, and its own. A faulty rule is left out and said; the others stand. */
export function rulesInForce(shipped: readonly ShippedRule[], saved: readonly SavedRule[]): InForce {
  const left = new Map(saved.map((each) => [each.ruleId, each]))
  const files: RuleFile[] = []
  for (const { name, text } of shipped) {
    const file = readRuleFile(text, name)
    const version = file.rules.map((rule) => left.get(rule.id ?? rule.name ?? '')).find((each) => each !== undefined)
    if (version) left.delete(version.ruleId)
    if (version?.isEnabled ?? true) files.push(answeredBy(file, version?.response ?? null))
  }
  for (const { ruleId, text, response, isEnabled } of left.values()) {
    if (isEnabled && text !== '') files.push(answeredBy(readRuleFile(text, ruleId), response))
  }
  const all = files.flatMap(({ rules }) => rules)
  const { conflicts } = RuleSet.of(all)
  const unusable = new Set(conflicts.map(({ rule }) => rule))
  return { rules: all.filter((rule) => !unusable.has(rule)), problems: files.flatMap(({ problems }) => problems), conflicts }
}

function answeredBy({ rules, problems }: RuleFile, response: SavedRule['response']): RuleFile {
  if (response === null) return { rules, problems }
  return { rules: rules.map((rule) => withResponse(rule, response)), problems }
}

function withResponse(rule: Rule, response: 'page' | 'queue' | 'log'): Rule {
  if (rule.kind === 'detection') return { ...rule, document: { ...rule.document, response } }
  return { ...rule, document: { ...rule.document, response } }
}
