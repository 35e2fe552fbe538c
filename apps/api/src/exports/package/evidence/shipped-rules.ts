import { readRuleFile, ruleId, ruleRevision, shippedTexts } from '@hoptrace/rules'
import type { TableRow } from '../table.ts'

export const shippedColumns = ['rule', 'title', 'kind', 'revision', 'level', 'response', 'file', 'text'] as const

/** The rules that this version of the product comes with. An alert of an earlier version names a revision that may stand nowhere here. */
export async function* shippedRows(): AsyncGenerator<TableRow<(typeof shippedColumns)[number]>> {
  for (const { name, text } of shippedTexts) {
    for (const rule of readRuleFile(text, name).rules) {
      const { level = null, response = null } = rule.document
      yield { rule: ruleId(rule), title: rule.title, kind: rule.kind, revision: ruleRevision(rule), level, response, file: name, text }
    }
  }
}
