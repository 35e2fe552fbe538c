import { createHash } from 'node:crypto'
import type { OutgoingMessage, RawMessage } from '@hoptrace/bus'
import type { DeadLetterHeaders } from '@hoptrace/events'

/** The dead letter of bytes that the disk has damaged: they are kept whole and parsed by nobody. @param nowMs ms since the epoch */
export function damagedRecord({ value, at, damage }: RawMessage, nowMs: number): OutgoingMessage {
  const sha256 = createHash('sha256').update(value).digest('hex')
  const headers = {
    hoptrace_reason: damage ?? 'crc',
    hoptrace_topic: at.source,
    hoptrace_partition: at.partition,
    hoptrace_offset: String(at.offset),
    hoptrace_refused_at: new Date(nowMs).toISOString(),
    hoptrace_sha256: sha256,
  } satisfies DeadLetterHeaders
  return { key: sha256, value, headers }
}
