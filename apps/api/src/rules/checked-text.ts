import { type Rule, RuleSet, readRuleFile, ruleId } from '@hoptrace/rules'
import type { RuleChecked, RuleFault } from '../contract/index.ts'
import { faultOf } from './catalogue.ts'

/** Rules of a text, and all that is wrong with it. Names that do not go together stand at the file's beginning. */
export function checkText(text: string, beside: readonly Rule[] = []): { rules: Rule[]; faults: RuleFault[] } {
  const { rules, problems } = readRuleFile(text, 'rule')
  const { conflicts } = RuleSet.of([...beside, ...rules])
  const faults = problems.map(faultOf)
  for (const { rule, message } of conflicts) {
    if (rules.includes(rule)) faults.push({ line: 1, column: 1, message: `${rule.title}: ${message}` })
  }
  if (rules.length === 0 && faults.length === 0) faults.push({ line: 1, column: 1, message: 'holds no rule' })
  return { rules, faults }
}

export function checkedAnswer({ rules, faults }: { rules: readonly Rule[]; faults: RuleFault[] }): RuleChecked {
  return { rules: rules.map((rule) => ({ id: ruleId(rule), title: rule.title, kind: rule.kind })), faults }
}
