import { z } from 'zod'
import { ProblemError } from './problem.ts'

/** A cursor is opaque to callers; inside it is the sort key of the last row. */
export function encodeCursor(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key), 'utf8').toString('base64url')
}

/** @throws ProblemError INVALID_REQUEST for a cursor that this server did not make */
export function decodeCursor<T extends z.ZodType>(cursor: string | undefined, key: T): z.infer<T> | null {
  if (cursor === undefined) return null
  const read = key.safeParse(jsonOf(Buffer.from(cursor, 'base64url').toString('utf8')))
  if (!read.success) throw new ProblemError('INVALID_REQUEST', 'cursor: not one that this server gave')
  return read.data
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Cuts rows fetched with one more than the limit into a page. */
export function cutPage<T>(rows: readonly T[], limit: number, keyOf: (last: T) => readonly (string | number)[]) {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null }
}
