import { responseOf as ownResponseOf, type Rule, type RuleProblem, readRuleFile, ruleId, type ShippedRule } from '@hoptrace/rules'
import type { RuleVersionRow } from '@hoptrace/store'
import type { AlertResponse } from '../contract/index.ts'

/** A file of rules as it stands for a tenant: shipped, or its own. */
export type CatalogueFile = {
  /** Of the tenant's own, the id under which it was saved; of a shipped one, the id by which it was switched, or that of its first rule. */
  id: string
  origin: 'shipped' | 'tenant'
  text: string
  rules: readonly Rule[]
  /** The version in force; null where a shipped one was never switched. */
  version: RuleVersionRow | null
}

/** A rule that may raise alerts, with the file that it stands in. */
export type CatalogueRule = { id: string; rule: Rule; file: CatalogueFile }

/** What is in force: a tenant's switch before the rule's own word. */
export function responseOf({ rule, file }: CatalogueRule): AlertResponse {
  return file.version?.response ?? ownResponseOf(rule)
}

/** Shipped files, each as the tenant switched it, then the tenant's own, in the order of their ids. */
export function catalogueOf(shipped: readonly ShippedRule[], latest: readonly RuleVersionRow[]): CatalogueFile[] {
  const versions = new Map(latest.map((version) => [version.ruleId, version]))
  const shippedIds = new Set<string>()
  const files = shipped.flatMap(({ name, text }): CatalogueFile[] => {
    const { rules } = readRuleFile(text, name)
    const [main] = tellingRules(rules)
    if (!main) return []
    const id = ruleId(main)
    for (const rule of rules) shippedIds.add(ruleId(rule))
    const version = rules.map((rule) => versions.get(ruleId(rule))).find((each) => each !== undefined) ?? null
    return [{ id: version?.ruleId ?? id, origin: 'shipped', text, rules, version }]
  })
  const own = latest.filter(({ ruleId, text }) => !shippedIds.has(ruleId) && text !== '')
  return [...files, ...own.map(ownFile)]
}

/** Rules of the files that may raise alerts. */
export function rulesOf(files: readonly CatalogueFile[]): CatalogueRule[] {
  return files.flatMap((file) => tellingRules(file.rules).map((rule) => ({ id: ruleId(rule), rule, file })))
}

/** Those that are no mere parts of a correlation beside them. */
export function tellingRules(rules: readonly Rule[]): Rule[] {
  const parts = new Set(rules.flatMap((rule) => (rule.kind === 'correlation' && !generates(rule) ? rule.document.correlation.rules : [])))
  return rules.filter(({ id, name }) => !(id !== null && parts.has(id)) && !(name !== null && parts.has(name)))
}

function generates({ document }: Extract<Rule, { kind: 'correlation' }>): boolean {
  return document.correlation.generate ?? document.generate ?? false
}

function ownFile(version: RuleVersionRow): CatalogueFile {
  const { ruleId: id, text } = version
  return { id, origin: 'tenant', text, rules: readRuleFile(text, id).rules, version }
}

/** A fault without the name of a file: what was sent has none. */
export function faultOf({ line, column, message }: RuleProblem): { line: number; column: number; message: string } {
  return { line, column, message }
}
