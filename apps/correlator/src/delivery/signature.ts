import { createHmac } from 'node:crypto'

/**
 * What a webhook's reader checks: `v1=` and HMAC-SHA-256, in hex, over the timestamp (seconds since the epoch, as the header says it), a
 * full stop and the body, byte for byte. Whoever refuses old timestamps cannot be told the same twice.
 */
export function signatureOf(secret: Buffer, timestamp: string, body: string): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`
}
