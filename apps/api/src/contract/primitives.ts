import { Uuid } from '@hoptrace/events'
import { z } from 'zod'

/** A moment in UTC with microseconds (RFC 3339), `2026-10-03T09:12:44.120345Z`. */
export const Instant = z.iso.datetime({ precision: 6 })
export type Instant = z.infer<typeof Instant>

/** A moment as a caller may write it: any RFC 3339 form. */
export const InstantInput = z.iso.datetime({ offset: true, local: false })

/** Opaque: hand it back as `cursor` to get the next page. */
export const Cursor = z.string().max(1024)

/** A page of answers. `nextCursor` is null on the last page. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: Cursor.nullable() })
}

/** A query parameter that may be given once or several times. Values of one parameter are alternatives. */
export function repeatable<T extends z.ZodType<unknown, string>>(value: T) {
  return z.preprocess((given) => (given === undefined || Array.isArray(given) ? given : [given]), z.array(value).max(50)).optional()
}

export const PageLimit = z.coerce.number().int().min(1).max(500).default(50)

/** A place in a recording: the session, the event, and the milliseconds since the session began. */
export const Pointer = z.object({ sessionId: Uuid, seq: z.int().nonnegative(), ms: z.number().nonnegative() })
export type Pointer = z.infer<typeof Pointer>
