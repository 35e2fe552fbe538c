import type { RawMessage } from '@hoptrace/bus'
import { DeadLetterHeaders } from '@hoptrace/events'
import type { DeadLetterInsert } from '@hoptrace/store'
import { deadLetterId } from './dead-letter-row.ts'

/**
 * The row of a message in the topic of dead letters that a publisher put there, such as an event that is larger than
 * its topic takes. Null for what an ingest put there: it stored the row itself.
 */
export function setAsideRow({ value, headers, at, timestampMs }: RawMessage, tenant: string, nowMs: number): DeadLetterInsert | null {
  const read = DeadLetterHeaders.safeParse(headers)
  const said = read.success ? read.data : { hoptrace_reason: 'unknown', hoptrace_topic: at.source }
  if (said.hoptrace_partition !== undefined) return null
  return {
    tenant,
    id: deadLetterId(value),
    reason: said.hoptrace_reason.slice(0, MAX_REASON),
    at: said.hoptrace_field ?? '',
    received_base64: value.toString('base64'),
    size: value.length,
    source: at.source,
    partition: at.partition,
    offset: at.offset,
    first_seen: timestampMs !== undefined && timestampMs >= 0 && timestampMs <= nowMs ? timestampMs : nowMs,
  }
}

/** Anyone may write to the topic. */
const MAX_REASON = 64
