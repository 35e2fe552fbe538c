import type { EventBody } from '@hoptrace/events'
import { fitText } from './budget.ts'
import type { Portal, Prepared } from './definitions.ts'

/** Longer texts and values are recorded with the first Execute of their statement or portal; what follows names that. */
const LONG_TEXT = 4096
const LONG_VALUES = 4096
const REPEATED_TEXT_BUDGET = 1024

type StatementBody = EventBody<'sql.statement'>

/** Does an earlier statement of the session hold this text already? */
export function isTextRepeated({ prepared }: Portal): boolean {
  const { askedAt, statement } = prepared.item
  return askedAt !== null && (statement.text.length > LONG_TEXT || statement.cut !== undefined)
}

export function areValuesRepeated({ askedAt, values }: Portal): boolean {
  return askedAt !== null && values.size > LONG_VALUES
}

/**
 * Says by reference what an earlier statement of the session holds already: an Execute takes ten bytes, and may otherwise ask for an event
 * of half a mebibyte.
 */
export function repeatInto(body: StatementBody, portal: Portal): void {
  if (areValuesRepeated(portal)) repeatValues(body, portal)
  if (isTextRepeated(portal)) repeatText(body, portal.prepared.item)
}

function repeatValues(body: StatementBody, { askedAt, values }: Portal): void {
  body.paramsTruncated = { kept: 0, total: values.truncated?.total ?? values.params.length }
  body.params = []
  body.paramsOf = askedAt ?? undefined
}

function repeatText(body: StatementBody, { askedAt, statement }: Prepared): void {
  const text = fitText(statement.text, REPEATED_TEXT_BUDGET)
  const total = statement.truncated?.total ?? Buffer.byteLength(statement.text)
  for (const member of ['parts', 'raw'] as const) delete body[member]
  Object.assign(body, { tables: [], text, textOf: askedAt, truncated: { kept: Buffer.byteLength(text), total } })
}

export function noteAsked(portal: Portal, seq: number): void {
  portal.askedAt ??= seq
  portal.prepared.item.askedAt ??= seq
}
