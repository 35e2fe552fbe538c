import type { StatementItem, StatementResult, TimelineItem } from '@hoptrace/api'
import { decodeBytes, printable } from '@hoptrace/events'
import { oneLine, renderTable, shortDuration } from '../table.ts'

const MAX_ROWS = 20
const MAX_CELL = 60
const MAX_COLUMNS = 12

/** One item of a SQL session's time line, as lines. */
export function timelineLines(item: TimelineItem): string[] {
  const at = `#${item.seq}  ${offset(item.ms)}`
  switch (item.item) {
    case 'statement':
      return [
        ...statementLines(item, at),
        ...item.results.flatMap(resultLines),
        ...(item.results.length === 0 ? ['    (no answer was recorded)'] : []),
        '',
      ]
    case 'notice':
      return [`${at}  ${oneLine(noticeOf(item))}`, '']
    case 'gap':
      return [`${at}  --- recording gap (${item.reason}): ${oneLine(item.message)} ---`, '']
    case 'end':
      return [`${at}  ended by: ${item.reason}${item.message ? ` (${oneLine(item.message)})` : ''}`]
  }
}

function noticeOf({ kind, severity, message, data }: Extract<TimelineItem, { item: 'notice' }>): string {
  if (kind === 'text' && data !== undefined) return `(a piece of a long text, ${decodeBytes(data).length} bytes)`
  return `${severity ?? kind}: ${message}`
}

/** Time since the session began. */
export function offset(ms: number): string {
  return `+${(ms / 1000).toFixed(3)} s`
}

function statementLines(item: StatementItem, at: string): string[] {
  const [first = '', ...rest] = printable(item.text.replaceAll('\r\n', '\n')).split('\n')
  const params = item.params.map(({ value, encoding, oid }, index) => {
    const shown = value === null ? 'NULL' : encoding === 'hex' ? `\\x${value} (oid ${oid})` : `'${oneLine(value)}'`
    return `    $${index + 1} = ${shown}`
  })
  return [`${at}  ${first}`, ...rest.map((line) => `    ${line}`), ...restOf(item), ...params, ...elsewhere(item)]
}

/** What follows a start that is not the whole text. */
function restOf({ truncated, tail, tailFrom, textOf }: StatementItem): string[] {
  if (truncated === undefined) return []
  if (textOf !== undefined) return [`    (the whole text, ${truncated.total} bytes, stands at #${textOf})`]
  if (tail === undefined) return [`    (cut: ${truncated.kept} of ${truncated.total} bytes kept)`]
  const lines = printable(tail.replaceAll('\r\n', '\n')).split('\n')
  return [
    `    (… to byte ${tailFrom ?? 0} of ${truncated.total}: what lies between came before, in pieces)`,
    ...lines.map((line) => `    ${line}`),
  ]
}

function elsewhere({ paramsOf, paramsTruncated }: StatementItem): string[] {
  if (paramsOf !== undefined) return [`    (its bind values stand at #${paramsOf})`]
  return paramsTruncated === undefined ? [] : [`    (${paramsTruncated.kept} of ${paramsTruncated.total} bind values kept)`]
}

function resultLines(result: StatementResult): string[] {
  const took = shortDuration(result.durationUs / 1000)
  if (result.error) return [`    ${oneLine(`${result.error.severity} ${result.error.sqlstate}: ${result.error.message}`)} (${took})`]
  const shown = sampleLines(result)
  const total = result.rows !== null && result.rows > Math.min(result.sample.length, MAX_ROWS) && result.columns.length > 0
  const note = total ? `, ${Math.min(result.sample.length, MAX_ROWS)} shown` : ''
  const copied = result.copy ? `, copied ${result.copy.direction} ${result.copy.bytes} bytes` : ''
  return [...shown, `    ${oneLine(result.tag ?? 'no tag')}${copied}${note} (${took})`]
}

function sampleLines({ columns, sample }: StatementResult): string[] {
  if (columns.length === 0) return []
  const shown = columns
    .slice(0, MAX_COLUMNS)
    .map((column, at) => ({ title: oneLine(column.name), of: (row: readonly (string | null)[]) => cellOf(row[at]) }))
  const table = renderTable(shown, sample.slice(0, MAX_ROWS)).split('\n')
  const [head = '', ...rows] = table
  const hidden = columns.length > MAX_COLUMNS ? [`    (and ${columns.length - MAX_COLUMNS} more columns)`] : []
  return [`    ${head}`, `    ${'-'.repeat(head.length)}`, ...rows.map((row) => `    ${row}`), ...hidden]
}

function cellOf(value: string | null | undefined): string {
  if (value === null || value === undefined) return 'NULL'
  const line = oneLine(value)
  return line.length > MAX_CELL ? `${line.slice(0, MAX_CELL - 1)}…` : line
}
