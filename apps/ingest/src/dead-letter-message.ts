import type { DeadLetterHeaders } from '@hoptrace/events'
import { deadLetterId } from './dead-letter-row.ts'
import type { DeadLetter } from './triage.ts'

/** Takes dead letters whole. */
export interface DeadLetterTopic {
  /**
   * Resolves once all of them are acknowledged.
   * @param nowMs when they were refused, ms since the epoch
   */
  send(letters: readonly DeadLetter[], nowMs: number): Promise<void>
}

/** A dead letter as a message: what was refused byte for byte, and in its headers why, and where it stood. */
export function deadLetterMessage({ message, reason, field }: DeadLetter, nowMs: number) {
  const { value, at, key } = message
  const id = deadLetterId(value)
  const headers: DeadLetterHeaders = {
    hoptrace_reason: reason,
    hoptrace_field: field,
    hoptrace_topic: at.source,
    hoptrace_partition: at.partition,
    hoptrace_offset: String(at.offset),
    hoptrace_refused_at: new Date(nowMs).toISOString(),
    hoptrace_sha256: id,
    ...(key ? { hoptrace_key: key } : {}),
  }
  return { key: id, value, headers }
}
