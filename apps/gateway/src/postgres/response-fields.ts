import type { SqlError } from '@hoptrace/events'
import { fitText } from './budget.ts'
import type { MessageReader } from './message-reader.ts'

/** Each field of an error in encoded JSON. */
const FIELD_BUDGET = 16 * 1024

/**
 * The fields of an ErrorResponse or a NoticeResponse (PostgreSQL documentation, "Error and Notice Message Fields").
 * Severity is the one that is not translated, where the server sends it.
 */
export function readResponseFields(reader: MessageReader): SqlError {
  const fields = new Map<number, string>()
  for (let code = reader.uint8(); code !== 0 && !reader.isShort; code = reader.uint8())
    fields.set(code, fitText(reader.text(65_536), FIELD_BUDGET))
  const field = (letter: string): string | null => fields.get(letter.charCodeAt(0)) ?? null
  const position = Number(field('P') ?? Number.NaN)
  return {
    detail: field('D'),
    hint: field('H'),
    message: field('M') ?? '',
    position: Number.isSafeInteger(position) ? position : null,
    severity: field('V') ?? field('S') ?? '',
    sqlstate: field('C') ?? '',
  }
}
