import { readEvent, recordedTypeOf, type SessionEvent } from '@hoptrace/events'
import { z } from 'zod'
import type { EventItem } from '../contract/index.ts'
import { instantOf } from '../http/instant.ts'

export const EventRow = z.object({ seq: z.number(), content: z.string(), hash: z.string() })
export type EventRow = z.infer<typeof EventRow>

/** The event that a stored content and its hash are, of a type that is known here or not. */
export function eventOf(row: EventRow): SessionEvent {
  const read = readEvent({ ...(JSON.parse(row.content) as object), hash: row.hash })
  if (read.kind === 'read') return read.event
  throw new Error(`What is stored under ${row.hash} is no event: ${read.reason} at ${read.at}`)
}

/** Rows in the order of seq as items; every content of a conflicting seq is one. */
export function itemsOf(rows: readonly EventRow[]): EventItem[] {
  return rows.map((row, index) => {
    const event = eventOf(row)
    const isConflicting = rows[index - 1]?.seq === row.seq || rows[index + 1]?.seq === row.seq
    const { seq, elapsedUs, ts } = event
    return { seq, ms: elapsedUs / 1000, at: instantOf(ts), type: recordedTypeOf(event), event, isConflicting }
  })
}
