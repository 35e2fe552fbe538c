import type { EventBody, FoundObservables, SqlError } from '@hoptrace/events'
import type { Conversation } from './conversation.ts'
import { CopySample } from './copy-sample.ts'
import type { Execution } from './outstanding.ts'
import { NO_COLUMNS, type RowDescription } from './row-description.ts'
import { RowSample } from './row-sample.ts'

export type Outcome = { tag: string | null; error: SqlError | null; isIncomplete?: boolean }

/** The answer that the server is giving now; it answers one statement at a time. */
export class Answer {
  readonly rows = new RowSample()
  private bytes = 0
  private description: RowDescription | null = null
  private copyOut: CopySample | null = null
  private copyDirection: 'in' | 'out' | 'both' | null = null

  constructor(private readonly conversation: Conversation) {}

  count(bytes: number): void {
    this.bytes += bytes
  }

  describe(description: RowDescription, formats: readonly number[]): void {
    this.description = description
    this.rows.begin(description, formats)
  }

  get isDescribed(): boolean {
    return this.description !== null
  }

  beginCopy(direction: 'in' | 'out' | 'both'): void {
    this.copyDirection = direction
    if (direction !== 'in') this.copyOut = new CopySample()
  }

  /** Bytes of the next CopyData that the sample has room for. */
  get wantedCopy(): number {
    return this.copyOut?.wanted ?? 0
  }

  addCopy(bytes: Buffer, start: number, end: number, length: number): void {
    this.copyOut?.add(bytes, start, end, length)
  }

  /** Records the result, and begins with the next. */
  complete(execution: Execution, outcome: Outcome): void {
    const body = this.body(execution, outcome)
    this.conversation.log.append('sql.result', body, this.observe(outcome.error))
    this.clear()
  }

  private observe(error: SqlError | null): FoundObservables | undefined {
    if (error === null && this.copyOut === null && !this.rows.isWorthScanning) return undefined
    const observer = this.conversation.log.observer()
    this.rows.observe(observer)
    if (error) observer.text(error.message, 'answered', '/error/message')
    if (this.copyOut) observer.text(this.copyOut.sample().text, 'answered', '/copy/sample')
    return observer.result()
  }

  // Members stand in the order of the canonical form, which then costs nothing to make.
  private body(execution: Execution, { tag, error, isIncomplete }: Outcome): EventBody<'sql.result'> {
    const { columns, truncated: columnsTruncated } = this.description ?? NO_COLUMNS
    const { rows, conversation } = this
    const copy = this.copyBody(execution)
    return {
      bytes: this.bytes,
      columns,
      ...(columnsTruncated ? { columnsTruncated } : undefined),
      ...(copy ? { copy } : undefined),
      ...(rows.cutCells.length > 0 ? { cutCells: rows.cutCells } : undefined),
      durationUs: conversation.sinceUs(execution),
      error,
      ...(rows.hexCells.length > 0 ? { hexCells: rows.hexCells } : undefined),
      ...(isIncomplete ? { incomplete: true } : undefined),
      index: execution.index,
      rows: rowsOf(tag) ?? (this.description || rows.total > 0 ? rows.total : null),
      sample: rows.rows,
      statement: execution.seq,
      tag,
      transaction: conversation.transaction,
      ...(rows.truncated ? { truncated: rows.truncated } : undefined),
    }
  }

  private copyBody(execution: Execution): EventBody<'sql.result'>['copy'] {
    const copy = this.copyDirection === 'out' ? this.copyOut : execution.copyIn
    if (this.copyDirection === null) return undefined
    const { sample, truncated } = (copy ?? new CopySample()).sample()
    const counts = { bytes: copy?.bytes ?? 0, chunks: copy?.chunks ?? 0 }
    return { ...counts, direction: this.copyDirection, sample, ...(truncated ? { truncated } : {}) }
  }

  private clear(): void {
    this.rows.clear()
    this.bytes = 0
    this.description = null
    this.copyOut = null
    this.copyDirection = null
    this.rows.begin(NO_COLUMNS, [])
  }
}

/** The count at the end of a command tag: `INSERT 0 5`, `SELECT 100`. Null where it names none, or one that no integer of JSON holds. */
function rowsOf(tag: string | null): number | null {
  if (tag === null) return null
  const digits = /(?:^| )(\d{1,19})$/.exec(tag)?.[1]
  const rows = Number(digits ?? Number.NaN)
  return Number.isSafeInteger(rows) ? rows : null
}
