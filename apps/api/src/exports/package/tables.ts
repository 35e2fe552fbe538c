import type { Archive } from './archive.ts'
import { Spool } from './spool.ts'
import { csvHeader, csvLine, jsonLine, type TableRow } from './table.ts'

/** A table of an export: its rows come once, and stand in the archive as JSONL and as CSV. */
export type Table = {
  /** Path in the archive, without what the name ends in. */
  path: string
  columns: readonly string[]
  rows: AsyncIterable<TableRow>
}

/** Rows of a table, kept on the disk until the export ends. */
export class Rows {
  count = 0

  private constructor(
    private readonly columns: readonly string[],
    private readonly spool: Spool,
  ) {}

  static async open(columns: readonly string[]): Promise<Rows> {
    return new Rows(columns, await Spool.open())
  }

  async add(row: TableRow): Promise<void> {
    this.count += 1
    await this.spool.write(jsonLine(row))
  }

  async addAll(rows: AsyncIterable<TableRow>): Promise<void> {
    for await (const row of rows) await this.add(row)
  }

  /** Files of this name, one a form. Nothing is added after it. */
  async *into(archive: Archive, path: string): AsyncGenerator<Buffer> {
    yield* archive.spooled(`${path}.jsonl`, this.spool)
    yield* archive.file(`${path}.csv`, this.csv())
  }

  async *read(): AsyncGenerator<TableRow> {
    for await (const line of this.spool.lines()) yield JSON.parse(line) as TableRow
  }

  close(): Promise<void> {
    return this.spool.close()
  }

  private async *csv(): AsyncGenerator<string> {
    yield csvHeader(this.columns)
    for await (const row of this.read()) yield csvLine(this.columns, row)
  }
}
