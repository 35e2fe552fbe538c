import { responseOf as ownResponseOf, ruleRevision, severityOf } from '@hoptrace/rules'
import type { RuleVersionRow } from '@hoptrace/store'
import { instantUs } from '../alerts/alert-answer.ts'
import type { AlertSummary, RuleDetail, RuleSummary } from '../contract/index.ts'
import { type CatalogueFile, type CatalogueRule, responseOf } from './catalogue.ts'

/** @param alerts that it took part in, in the last 7 days */
export function summaryOfRule(found: CatalogueRule, alerts: number): RuleSummary {
  const { id, rule, file } = found
  const isDetection = rule.kind === 'detection'
  return {
    id,
    title: rule.title,
    origin: file.origin,
    kind: rule.kind,
    category: (isDetection ? rule.source.category : undefined) ?? '',
    product: (isDetection ? rule.source.product : undefined) ?? '',
    severity: severityOf(rule),
    response: responseOf(found),
    isEnabled: file.version?.isEnabled ?? true,
    tags: rule.document.tags ?? [],
    revision: revisionOfFile(file),
    updatedAt: file.version && instantUs(file.version.atUs),
    updatedBy: file.version?.by ?? null,
    alerts,
  }
}

export function detailOfRule(
  found: CatalogueRule,
  { alerts, history, recent }: { alerts: number; history: readonly RuleVersionRow[]; recent: AlertSummary[] },
): RuleDetail {
  const { rule, file } = found
  return {
    ...summaryOfRule(found, alerts),
    text: file.text,
    description: rule.document.description ?? '',
    falsePositives: rule.document.falsepositives ?? [],
    references: rule.document.references ?? [],
    revisions: history.map(({ revision, atUs, by, response, isEnabled }) => ({
      ...{ revision, by, isEnabled, at: instantUs(atUs) },
      response: response ?? ownResponseOf(rule),
    })),
    recent,
  }
}

/** Names what is in force: hand it back to change it. */
export function revisionOfFile({ version, rules }: CatalogueFile): string {
  const [first] = rules
  return version?.revision ?? (first ? ruleRevision(first) : '')
}
