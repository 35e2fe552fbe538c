import { readRef } from '@hoptrace/rules'
import type { AlertDeliveryRow, AlertRow } from '@hoptrace/store'
import type { AlertDetail, AlertFinding, Pointer } from '../contract/index.ts'
import { actionOf, deliveryOf, instantUs, type LivedAlert, summaryOfAlert } from './alert-answer.ts'
import { toldSentence } from './alert-sentence.ts'

type Finding = AlertRow['content']['findings'][number]
type Moment = Finding['at']

/** What a rule says of itself; by its id. */
export type RuleWords = { description: string; falsePositives: readonly string[] }

export type DetailParts = {
  alert: LivedAlert
  words: ReadonlyMap<string, RuleWords>
  /** Target → who answers for its credential. */
  owners: Readonly<Record<string, string>>
  open: AlertDetail['open']
  deliveries: readonly AlertDeliveryRow[]
  hasContent: boolean
}

export function detailOfAlert({ alert, words, owners, open, deliveries, hasContent }: DetailParts): AlertDetail {
  const { row, actions } = alert
  const { findings, reach, rotate, weakest, baseline } = row.content
  return {
    ...summaryOfAlert(alert, hasContent),
    findings: findings.map((finding) => findingOf(finding, row, words.get(finding.rule.id), hasContent)),
    open,
    reach,
    weakest: weakest && { hopId: weakest.hop, score: weakest.score / 1000 },
    rotate: rotate.map(({ seenAt, usedAt, ...secret }) => ({
      ...secret,
      seenAt: pointerOf(seenAt),
      usedAt: usedAt && pointerOf(usedAt),
      owner: owners[secret.target] ?? null,
    })),
    baseline,
    history: actions.map(actionOf),
    deliveries: deliveries.map(deliveryOf),
  }
}

function findingOf(finding: Finding, row: AlertRow, words: RuleWords | undefined, hasContent: boolean): AlertFinding {
  const { rule, severity, response, anchor, at } = finding
  const ref = readRef(anchor)
  return {
    ...{ rule, severity, response },
    description: words?.description ?? '',
    falsePositives: [...(words?.falsePositives ?? [])],
    sentence: toldSentence({ ...row, sentence: finding.sentence }, rule.title, hasContent),
    hopId: ref?.kind === 'hop' ? ref.id : null,
    at: pointerOf(at),
    happenedAt: instantUs(at.tsUs),
  }
}

function pointerOf({ session, seq, ms }: Moment): Pointer {
  return { sessionId: session, seq, ms }
}
