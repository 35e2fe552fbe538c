import type { EventPublisher } from '@hoptrace/bus'

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
}
