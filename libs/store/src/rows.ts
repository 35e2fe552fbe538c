/** A row to insert: its columns by name, or its JSON text rendered already (one line, no line feed). */
export type InsertRow = object | string

/**
 * Rows as JSONEachRow. The embedded engine takes what follows a blank line for SQL, so no producer's bytes ever
 * pass: rows are rendered by JSON.stringify, which escapes every line feed, and one that still holds one is refused.
 */
export function renderRows(rows: readonly InsertRow[]): Buffer {
  let text = ''
  for (const row of rows) {
    const line = typeof row === 'string' ? row : JSON.stringify(row)
    if (line.includes('\n') || !line.startsWith('{')) throw new RangeError('A row must be one line of JSON')
    text += `${line}\n`
  }
  return Buffer.from(text, 'utf8')
}
