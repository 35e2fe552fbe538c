/** A row to insert: its columns by name, its JSON text rendered already (one line, no line feed), or many of these in bytes, a line feed behind each, and then alone. */
export type InsertRow = object | string

const LINE_FEED = 0x0a
const OPENING = 0x7b

/**
 * Rows as JSONEachRow. The embedded engine takes what follows a blank line for SQL, so no producer's bytes ever
 * pass: rows are rendered by JSON.stringify, which escapes every line feed, and one that still holds one is refused.
 */
export function renderRows(rows: readonly InsertRow[]): Buffer {
  const [first] = rows
  if (rows.length === 1 && Buffer.isBuffer(first)) return checkedLines(first)
  let text = ''
  for (const row of rows) {
    if (Buffer.isBuffer(row)) throw new RangeError('Rows in bytes are inserted by themselves')
    const line = typeof row === 'string' ? row : JSON.stringify(row)
    if (line.includes('\n') || !line.startsWith('{')) throw new RangeError('A row must be one line of JSON')
    text += `${line}\n`
  }
  return Buffer.from(text, 'utf8')
}

/** The bytes as they are: every line must begin as an object does, so that none is blank, and the last must be whole. */
function checkedLines(lines: Buffer): Buffer {
  for (let at = 0; at < lines.length; ) {
    const end = lines.indexOf(LINE_FEED, at)
    if (lines[at] !== OPENING || end < 0) throw new RangeError('Rows must be whole lines of JSON')
    at = end + 1
  }
  return lines
}
