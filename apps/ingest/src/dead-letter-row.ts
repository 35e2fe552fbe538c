import { createHash } from 'node:crypto'
import type { DeadLetterInsert } from '@hoptrace/store'
import type { Triage } from './triage.ts'

/** The message whole, with where it stood and why it was refused. @param nowMs when it was seen, ms since the epoch */
export function deadLetterRow(letter: Extract<Triage, { kind: 'deadLetter' }>, tenant: string, nowMs: number): DeadLetterInsert {
  const { message, reason, field } = letter
  return {
    tenant,
    id: createHash('sha256').update(message.value).digest('hex'),
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
