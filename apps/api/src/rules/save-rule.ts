import { createHash, randomUUID } from 'node:crypto'
import { canonicalJson } from '@hoptrace/events'
import { responseOf as ownResponseOf, readRuleFile, ruleId } from '@hoptrace/rules'
import type { NewRuleVersion } from '@hoptrace/store'
import type { AlertResponse, SaveRuleRequest } from '../contract/index.ts'
import { notFound, ProblemError } from '../http/problem.ts'
import { type CatalogueFile, responseOf, tellingRules } from './catalogue.ts'
import { checkText } from './checked-text.ts'
import { revisionOfFile } from './rule-answer.ts'

/** What is to be stored, and what must be shown first. */
export type PlannedSave = { version: Omit<NewRuleVersion, 'atUs' | 'by'>; seen: number; pagesWith: string | null }

/**
 * Decides what a request makes of a rule. Pure.
 * @param files all of the tenant's
 * @throws ProblemError NOT_FOUND, CONFLICT with the present revision, RULE_INVALID with its faults, INVALID_REQUEST
 */
export function planSave(id: string, request: SaveRuleRequest, files: readonly CatalogueFile[]): PlannedSave {
  const file = files.find((each) => each.id === id) ?? files.find(({ rules }) => rules.some((rule) => ruleId(rule) === id)) ?? null
  checkRevision(file, request)
  if (file?.origin === 'shipped' && request.text !== undefined)
    throw new ProblemError('INVALID_REQUEST', 'text: rules that come with Hoptrace are switched only; save a copy under an id of its own')
  const text = request.text ?? file?.text
  if (text === undefined) throw new ProblemError('INVALID_REQUEST', 'text: a new rule needs one')
  if (request.text !== undefined) checkNew(file?.id ?? id, request.text, files)
  const ownText = file?.origin === 'shipped' ? '' : text
  const response = request.response ?? file?.version?.response ?? null
  const isEnabled = request.isEnabled ?? file?.version?.isEnabled ?? true
  const revision = createHash('sha256')
    .update(canonicalJson({ isEnabled, response, text: ownText }))
    .digest('hex')
    .slice(0, 12)
  const version = { ruleId: file?.id ?? id, id: randomUUID(), text: ownText, response, isEnabled, revision }
  const willPage = isEnabled && wouldPage(text, response)
  const isPaging = file !== null && (file.version?.isEnabled ?? true) && request.text === undefined && pagesNow(file)
  return { version, seen: file?.version?.version ?? 0, pagesWith: willPage && !isPaging ? text : null }
}

function checkRevision(file: CatalogueFile | null, { revision }: SaveRuleRequest): void {
  if (!file && revision !== null) throw notFound('rule')
  if (!file) return
  const present = revisionOfFile(file)
  if (revision !== present) throw conflictWith(present)
}

/** Another came first. */
export function conflictWith(revision: string): ProblemError {
  return new ProblemError('CONFLICT', 'Somebody else changed the rule first. Look at what they did, then try again.', { revision })
}

function checkNew(id: string, text: string, files: readonly CatalogueFile[]): void {
  const beside = files.filter((file) => file.id !== id).flatMap(({ rules }) => rules)
  const { rules, faults } = checkText(text, beside)
  if (faults.length === 0 && !rules.some((rule) => ruleId(rule) === id))
    faults.push({ line: 1, column: 1, message: `holds no rule with the id ${id}` })
  if (faults.length > 0) throw new ProblemError('RULE_INVALID', faults[0]?.message, { faults })
}

/** Would a rule of this text wake somebody, switched so? */
export function wouldPage(text: string, response: AlertResponse | null): boolean {
  if (response !== null) return response === 'page'
  return tellingRules(readRuleFile(text, 'rule').rules).some((rule) => ownResponseOf(rule) === 'page')
}

function pagesNow(file: CatalogueFile): boolean {
  return tellingRules(file.rules).some((rule) => responseOf({ id: file.id, rule, file }) === 'page')
}
