import type { EventPublisher } from '@hoptrace/bus'
import type { Store } from '@hoptrace/store'

/** Tells the api what was stored, where the ingest runs in the same process. */
export type Changes = {
  /** Calls back after each stored batch. @returns stops that */
  onStored(listener: (stored: StoredBatch) => void): () => void
}

export type StoredBatch = { sessions: readonly { tenant: string; sessionId: string }[] }

/** What the api is given by whoever composes it. */
export type ApiOptions = {
  tenant: string
  version: string
  /** Names the api's own event stream. */
  gatewayId: string
  operatorToken: string
  /** Base URL of the gateway's control endpoint; null for none. */
  gatewayUrl: string | null
  /** Directory of the built web; null for none. */
  webDirectory: string | null
  publisher: EventPublisher
  store: Store
  changes: Changes
}
