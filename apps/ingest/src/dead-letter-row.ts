import { createHash } from 'node:crypto'
import type { DeadLetterInsert } from '@hoptrace/store'
import type { DeadLetter } from './triage.ts'

/** Of the received bytes: the same bytes are one letter, however often they arrive. */
export function deadLetterId(value: Buffer): string {
  return createHash('sha256').update(value).digest('hex')
}

/** The message whole, with where it stood and why it was refused. @param nowMs when it was seen, ms since the epoch */
export function deadLetterRow(letter: DeadLetter, tenant: string, nowMs: number): DeadLetterInsert {
  const { message, reason, field } = letter
  return {
    tenant,
    id: deadLetterId(message.value),
    reason,
    at: field,
    received_base64: message.value.toString('base64'),
    size: message.value.length,
    source: message.at.source,
    partition: message.at.partition,
    offset: message.at.offset,
    first_seen: nowMs,
  }
}
