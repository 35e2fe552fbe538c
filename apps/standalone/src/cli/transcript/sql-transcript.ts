import type { StatementItem, StatementResult, TimelineItem } from '@hoptrace/api'
import { printable } from '@hoptrace/events'
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
      return [`${at}  ${oneLine(`${item.severity ?? item.kind}: ${item.message}`)}`, '']
    case 'gap':
      return [`${at}  --- recording gap (${item.reason}): ${oneLine(item.message)} ---`, '']
    case 'end':
      return [`${at}  ended by: ${item.reason}${item.message ? ` (${oneLine(item.message)})` : ''}`]
  }
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
  const cut = item.truncated ? [`    (cut: ${item.truncated.kept} of ${item.truncated.total} kept)`] : []
  return [`${at}  ${first}`, ...rest.map((line) => `    ${line}`), ...cut, ...params]
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
