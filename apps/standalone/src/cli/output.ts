import { type Column, renderTable } from './table.ts'

/** What a command prints. Results go to standard output; progress and warnings to standard error. */
export class Output {
  private hasProgress = false

  constructor(readonly isJson: boolean) {}

  line(text = ''): void {
    process.stdout.write(`${text}\n`)
  }

  json(value: unknown): void {
    process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
  }

  /** The rows as JSON or as a table; `empty` is said instead of a table without rows. */
  table<T>(rows: readonly T[], columns: readonly Column<T>[], empty: string): void {
    if (this.isJson) this.json(rows)
    else
      this.line(
        rows.length === 0
          ? empty
          : renderTable(
              columns.map((column) => ({ ...column, title: column.title.toUpperCase() })),
              rows,
            ),
      )
  }

  warn(text: string): void {
    this.clearProgress()
    process.stderr.write(`${text}\n`)
  }

  /** One line that replaces itself, for people who wait; nothing where nobody looks. */
  progress(text: string): void {
    if (!process.stderr.isTTY) return
    process.stderr.write(`\r\u001b[2K${text}`)
    this.hasProgress = true
  }

  clearProgress(): void {
    if (this.hasProgress) process.stderr.write('\r\u001b[2K')
    this.hasProgress = false
  }
}
