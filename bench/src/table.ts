/** One line of the results: what was measured, the ratio and its bound when there is one. */
export type Row = { figure: string; value: string; ratio?: number; bound?: { atLeast: number } | { atMost: number }; note?: string }

export function renderTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [row.figure, row.value, row.ratio?.toFixed(2) ?? '', boundOf(row), verdictOf(row), row.note ?? ''])
  const all = [['figure', 'measured', 'ratio', 'wanted', 'met', 'note'], ...cells]
  const widths = (all[0] ?? []).map((_, i) => Math.max(...all.map((line) => (line[i] ?? '').length)))
  const lines = all.map((line) => `| ${line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`)
  lines.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`)
  return lines.join('\n')
}

function boundOf({ bound }: Row): string {
  if (!bound) return ''
  return 'atLeast' in bound ? `≥ ${bound.atLeast}` : `≤ ${bound.atMost}`
}

function verdictOf({ ratio, bound }: Row): string {
  if (!bound || ratio === undefined) return ''
  return ('atLeast' in bound ? ratio >= bound.atLeast : ratio <= bound.atMost) ? 'yes' : 'NO'
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
