import { z } from 'zod'
import { Bytes, Truncation } from '../bytes.ts'

export const TransactionState = z.enum(['idle', 'transaction', 'failed'])

/** One bind value: decoded where its type is known, else the raw bytes in hex beside the type's OID. */
export const BindValue = z.object({
  oid: z.int(),
  value: z.string().nullable(),
  encoding: z.enum(['text', 'hex']),
  truncated: Truncation.optional(),
})
export type BindValue = z.infer<typeof BindValue>

export const SqlStatement = z.object({
  text: z.string(),
  /** In bytes of the text; what is kept are its first bytes and those of `tail`. */
  truncated: Truncation.optional(),
  /** The last bytes of a text that was cut. What lies between came before, in notices of the kind `text` that follow one another. */
  tail: z.string().optional(),
  /** The bytes of `tail` where it is not all of them. */
  tailRaw: Bytes.optional(),
  /** Where `tail` begins, in bytes of the text. */
  tailFrom: z.int().optional(),
  /** Of all bytes of a text that was cut, in hexadecimal; absent when they never came whole. */
  sha256: z.string().optional(),
  /** seq of the statement that ran the same long prepared text before, and holds it with its tables and parts; here is only its start. */
  textOf: z.int().optional(),
  /** seq of the statement that ran the same portal before, and holds its many bind values. */
  paramsOf: z.int().optional(),
  /** The statement's bytes, where they are not valid UTF-8 and `text` therefore is not all of them. */
  raw: Bytes.optional(),
  /** `simple`: a Query message. `extended`: one Execute. `function`: a FunctionCall message. */
  mode: z.enum(['simple', 'extended', 'function']),
  /** Name of the prepared statement; empty for the unnamed one. */
  prepared: z.string().nullable(),
  params: z.array(BindValue),
  /** In bind values. */
  paramsTruncated: Truncation.optional(),
  /** First keyword, upper case: `SELECT`, `COPY`. */
  kind: z.string(),
  tables: z.array(z.string()),
  transaction: TransactionState,
  /** Start and end of each statement in a multi-statement string, in UTF-16 units; at most the first 2000. Absent for one. */
  parts: z.array(z.tuple([z.int(), z.int()])).optional(),
})

export const SqlColumn = z.object({ name: z.string(), oid: z.int(), type: z.string() })
export type SqlColumn = z.infer<typeof SqlColumn>

export const SqlError = z.object({
  severity: z.string(),
  sqlstate: z.string(),
  message: z.string(),
  detail: z.string().nullable(),
  hint: z.string().nullable(),
  position: z.int().nullable(),
})
export type SqlError = z.infer<typeof SqlError>

export const SqlResult = z.object({
  /** seq of the statement that this answers. */
  statement: z.int(),
  /** Which result of a multi-statement string, from 0. */
  index: z.int(),
  tag: z.string().nullable(),
  /** Rows returned or affected; null when the protocol names none. */
  rows: z.int().nullable(),
  /** Bytes of the answer on the wire. */
  bytes: z.int(),
  durationUs: z.int(),
  error: SqlError.nullable(),
  columns: z.array(SqlColumn),
  columnsTruncated: Truncation.optional(),
  /** The first rows of the answer, as text; null is NULL. Binary of unknown types as `\x` hex. */
  sample: z.array(z.array(z.string().nullable())),
  /** In rows recorded whole: a row of the sample with a cut cell is not. */
  truncated: Truncation.optional(),
  /** Cells of the sample that were cut: row, column, and the cell's bytes on the wire. */
  cutCells: z.array(z.tuple([z.int(), z.int(), z.int()])).optional(),
  /** Cells of the sample that are not valid UTF-8: row and column of each, its bytes as `\x` hex. */
  hexCells: z.array(z.tuple([z.int(), z.int()])).optional(),
  copy: z
    .object({
      direction: z.enum(['in', 'out', 'both']),
      bytes: z.int(),
      chunks: z.int(),
      sample: Bytes,
      truncated: Truncation.optional(),
    })
    .optional(),
  transaction: TransactionState,
  /**
   * True when the answer never came whole: the connection ended first, or the server discarded the statement
   * because an earlier one in its pipeline failed.
   */
  incomplete: z.boolean().optional(),
})
/**
 * A message that answers no statement: a notice (or an error of no statement), an asynchronous notification, a cancel request;
 * the first bytes that the caller copied in (`copy`), on record before the COPY can take effect;
 * and what a statement too long for one event holds between its start and its tail (`text`), in pieces and in order.
 */
export const SqlNotice = z.object({
  kind: z.enum(['notice', 'notification', 'cancel', 'copy', 'text']),
  severity: z.string().nullable(),
  sqlstate: z.string().nullable(),
  message: z.string(),
  channel: z.string().nullable(),
  /** `copy`: the first bytes of what was copied in. `text`: the next bytes of the statement. */
  data: Bytes.optional(),
  /** In bytes of the message, or of `data`. */
  truncated: Truncation.optional(),
})
