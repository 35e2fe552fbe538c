import { lookup as resolve } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import type { AlertNotice } from '@hoptrace/events'
import { Agent, request } from 'undici'
import type { Destination, Sent } from './destination.ts'
import { isPublicAddress } from './public-address.ts'
import { signatureOf } from './signature.ts'
import { slackMessage } from './slack-message.ts'

export type WebDestinationOptions = Pick<Destination, 'name' | 'from' | 'tenants'> & {
  kind: 'webhook' | 'slack'
  url: string
  /** Null: unsigned. */
  secret: Buffer | null
  allowPrivateAddresses: boolean
  /** Milliseconds since the epoch, for the signature. */
  now: () => number
}

const CONNECT_WITHIN_MS = 5_000
const ANSWER_WITHIN_MS = 15_000
const MAX_ANSWER_BYTES = 64 * 1024
/** Too early, too often, or too slow: that passes (RFC 9110, RFC 8470, RFC 6585). */
const PASSING = new Set([408, 425, 429])

/** The address that a name stands for is not to be reached. */
class PrivateAddressError extends Error {
  readonly code = 'PRIVATE_ADDRESS'
}

/** Posts notices as JSON, to a webhook or in Slack's form. Follows no redirect; connects to the address that it has checked. */
export class WebDestination implements Destination {
  readonly name: string
  readonly from: 'page' | 'queue'
  readonly tenants: readonly string[] | null
  private readonly agent: Agent

  constructor(private readonly options: WebDestinationOptions) {
    this.name = options.name
    this.from = options.from
    this.tenants = options.tenants
    this.agent = new Agent({
      connect: { timeout: CONNECT_WITHIN_MS, ...(options.allowPrivateAddresses ? {} : { lookup: publicLookup }) },
      headersTimeout: ANSWER_WITHIN_MS,
      bodyTimeout: ANSWER_WITHIN_MS,
      maxHeaderSize: 16 * 1024,
      connections: 1,
      pipelining: 1,
    })
  }

  async send(notice: AlertNotice, key: string, signal: AbortSignal): Promise<Sent> {
    const { url, kind, allowPrivateAddresses } = this.options
    if (!allowPrivateAddresses && !mayBePublic(url)) return { kind: 'refused', reason: 'private-address' }
    const body = JSON.stringify(kind === 'slack' ? slackMessage(notice) : notice)
    try {
      const { statusCode, body: answer } = await request(url, {
        method: 'POST',
        dispatcher: this.agent,
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
        headers: { 'content-type': 'application/json', 'user-agent': 'hoptrace', 'idempotency-key': key, ...this.signed(body) },
        body,
      })
      await answer.dump({ limit: MAX_ANSWER_BYTES })
      return judged(statusCode)
    } catch (error) {
      const reason = codeOf(error)
      return reason === 'PRIVATE_ADDRESS' ? { kind: 'refused', reason: 'private-address' } : { kind: 'failed', reason }
    }
  }

  close(): Promise<void> {
    return this.agent.destroy()
  }

  private signed(body: string): Record<string, string> {
    const { secret, now } = this.options
    if (secret === null) return {}
    const timestamp = String(Math.floor(now() / 1000))
    return { 'hoptrace-timestamp': timestamp, 'hoptrace-signature': signatureOf(secret, timestamp, body) }
  }
}

function judged(status: number): Sent {
  if (status >= 200 && status < 300) return { kind: 'delivered' }
  const reason = `status-${status}`
  return status >= 500 || PASSING.has(status) ? { kind: 'failed', reason } : { kind: 'refused', reason }
}

// A literal address is connected to without being looked up. Off this machine what is told travels encrypted.
function mayBePublic(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  return protocol === 'https:' && (isIP(host) === 0 || isPublicAddress(host))
}

// What is checked is what is connected to: a name that stands for something else a moment later gains nothing.
const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 4)
    const [first] = addresses
    if (!first || !addresses.every(({ address }) => isPublicAddress(address))) return callback(new PrivateAddressError(), '', 4)
    if (options.all) callback(null, addresses)
    else callback(null, first.address, first.family)
  })
}

// Codes alone: a message may quote the address, which may be a secret.
function codeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  for (const each of [error, cause]) if (each instanceof Error && 'code' in each && typeof each.code === 'string') return each.code
  return error instanceof Error ? error.name : 'unknown'
}
