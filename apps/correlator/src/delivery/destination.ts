import type { AlertNotice } from '@hoptrace/events'

/** `refused`: another try would end the same. `failed`: it may not. */
export type Sent = { kind: 'delivered' } | { kind: 'refused'; reason: string } | { kind: 'failed'; reason: string }

/** Who is told of alerts. */
export interface Destination {
  readonly name: string
  /** The least urgent response that it is told of. */
  readonly from: 'page' | 'queue'
  /** Whose alerts; null: every tenant's. */
  readonly tenants: readonly string[] | null
  /** @param key names the alert, its severity and its response: whoever got it twice takes it once. Never rejects */
  send(notice: AlertNotice, key: string, signal: AbortSignal): Promise<Sent>
  close(): Promise<void>
}
