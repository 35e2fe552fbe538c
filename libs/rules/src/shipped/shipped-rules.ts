import type { RuleFile } from '../document/rule-file.ts'

/** A rule that comes with Hoptrace: Sigma as YAML, of one or several documents. */
export type ShippedRule = { name: string; text: string }

export const shippedTexts: readonly ShippedRule[] = []

/** The rules that come with Hoptrace, read. */
export function shippedRules(): RuleFile {
  return { rules: [], problems: [] }
}
