import type { Parameters } from './parameters.ts'

export type Settings = Readonly<Record<string, string | number>>

/** The ClickHouse behind a store: embedded or a server. Rows travel as JSONEachRow both ways. */
export interface Engine {
  /** Runs one statement that answers nothing. */
  command(sql: string): Promise<void>
  /** @param lines whole JSONEachRow lines; settings count for this insert alone */
  insert(table: string, lines: Buffer, settings: Settings): Promise<void>
  /** The whole answer at once, one row a line. */
  read(sql: string, parameters: Parameters): Promise<string>
  /** The answer as it is computed, in memory that does not depend on its length. */
  stream(sql: string, parameters: Parameters): AsyncIterable<string>
  /** Waits for what is running, then lets the data go. */
  close(): Promise<void>
}

/** Settings of every read. Whole numbers are JSON numbers: what may pass 2^53 is read with toString(). */
export const READ_SETTINGS = { output_format_json_quote_64bit_integers: 0, output_format_json_quote_denormals: 1 } as const

/** Settings of every insert: acknowledged means stored, a batch may span any number of days, and an object in a column of text is kept as its text. */
export const INSERT_SETTINGS = {
  async_insert: 0,
  max_partitions_per_insert_block: 0,
  input_format_json_read_objects_as_strings: 1,
} as const

/** Splits text that arrives in pieces into lines; a piece may end anywhere. */
export async function* linesOf(chunks: AsyncIterable<string>): AsyncIterable<string> {
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') yield line
  }
  if (rest !== '') yield rest
}
