import { summaryOf } from './event-summary.ts'
import { instant } from './instant.ts'
import type { StoredEvent } from './stored-event.ts'

const COLUMNS = [
  'seq',
  'time_utc',
  'elapsed_us',
  'type',
  'principal',
  'root_principal',
  'run',
  'target',
  'account',
  'text',
  'outcome',
  'hash',
]

/** One event a row (RFC 4180: CRLF, quotes doubled), with no cell that a spreadsheet would take for a formula. Without content, `text` and `outcome` are empty. */
export async function* renderCsv(events: AsyncIterable<StoredEvent>, withContent = true): AsyncGenerator<string> {
  yield row(COLUMNS)
  for await (const { event, hash } of events) {
    const { text, outcome } = withContent ? summaryOf(event) : { text: '', outcome: '' }
    const { seq, ts, elapsedUs, type, principal, rootPrincipal, run, target } = event
    const where = [target?.name ?? '', target?.account ?? '']
    yield row([seq, instant(ts), elapsedUs, type, principal ?? '', rootPrincipal ?? '', run ?? '', ...where, text, outcome, hash])
  }
}

function row(cells: (string | number)[]): string {
  return `${cells.map((cell) => csvCell(String(cell))).join(',')}\r\n`
}

/**
 * A cell that stays text. Spreadsheets take what begins with these characters for a formula, some of them after blanks too;
 * an apostrophe before it is what they themselves write for "this is text" (OWASP, CSV injection).
 */
export function csvCell(text: string): string {
  const safe = /^[\s\0\ufeff]*[=+\-@\t\r\uff0b\uff0d\uff1d\uff20]|^[\t\r\n]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
