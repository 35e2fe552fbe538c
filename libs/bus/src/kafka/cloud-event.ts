import { Buffer } from 'node:buffer'
import { z } from 'zod'

/** What routing needs to know of an event. Everything else is left to who consumes it. */
const Head = z.object({
  sessionId: z.string().min(1).max(128),
  seq: z.number(),
  ts: z.string().regex(/^[0-9]{1,18}$/),
  gatewayId: z.string().min(1).max(256),
  type: z.string().min(1).max(128),
  hash: z.string().min(1).max(128),
})
export type EventHead = z.infer<typeof Head>

/** Null when the bytes are no event: they are published all the same, since evidence never vanishes. */
export function eventHead(event: Buffer): EventHead | null {
  let json: unknown
  try {
    json = JSON.parse(event.toString('utf8'))
  } catch {
    return null
  }
  const parsed = Head.safeParse(json)
  return parsed.success ? parsed.data : null
}

/** Prefix of `ce_type`: `io.hoptrace.sql.statement`. */
export const EVENT_TYPE_PREFIX = 'io.hoptrace.'

/**
 * CloudEvents 1.0 in Kafka's binary mode (https://github.com/cloudevents/spec, kafka-protocol-binding.md, 3.2): the
 * attributes in headers, the event's own bytes as the value. Source and id together name an event's identity: the
 * session, its number and its content.
 */
export function cloudEventHeaders(head: EventHead): Record<string, string> {
  return {
    ce_specversion: '1.0',
    ce_id: `${head.sessionId}/${head.seq}/${head.hash}`,
    ce_source: `/gateways/${encodeURIComponent(head.gatewayId)}`,
    ce_type: EVENT_TYPE_PREFIX + head.type,
    ce_time: rfc3339(head.ts),
    'content-type': 'application/json',
  }
}

/** Microseconds since the epoch as RFC 3339 in UTC, to the microsecond. */
function rfc3339(micros: string): string {
  const digits = micros.padStart(7, '0')
  const date = new Date(Number(digits.slice(0, -3)))
  // A clock far off has no such form (years above 9999): the value says it anyway.
  if (!(date.getTime() < 253_402_300_800_000)) return '9999-12-31T23:59:59.999999Z'
  return `${date.toISOString().slice(0, -1)}${digits.slice(-3)}Z`
}
