import type { EventPublisher } from '@hoptrace/bus'
import type { DigestKey } from '@hoptrace/events'
import type { AlertPolicy } from '@hoptrace/rules'
import type { Store } from '@hoptrace/store'
import type { Log } from '@hoptrace/telemetry'
import type { OidcOptions } from './auth/oidc/oidc-options.ts'
import type { Answered } from './ops/answer-meter.ts'

/** Tells the api what was stored: the ingest itself where it runs in the same process, or who looks at what arrives. */
export type Changes = {
  /** Calls back after each stored batch. @returns stops that */
  onStored(listener: (stored: StoredBatch) => void): () => void
}

export type StoredBatch = { sessions: readonly { tenant: string; sessionId: string }[] }

/** The control endpoint of a tenant's gateways, and the operator's token there. */
export type GatewayAccess = { url: string; token: string }

/** What the api is given by whoever composes it. */
export type ApiOptions = {
  /** Whose everybody is whom nobody says to be another's: the operator's, and who signs in where no claim names a tenant. */
  tenant: string
  version: string
  /** Names the api's own event streams. */
  gatewayId: string
  /** Whoever sends it may do everything; null: nobody signs in so. */
  operatorToken: string | null
  /** Base URL of the gateway's control endpoint for `tenant`, asked with the operator's token; null for none. */
  gatewayUrl: string | null
  /** Gateways of other tenants, or of `tenant` with a token of their own. A gateway serves one tenant. */
  gateways?: ReadonlyMap<string, GatewayAccess>
  /** Directory of the built web; null for none. */
  webDirectory: string | null
  publisher: EventPublisher
  store: Store
  changes: Changes
  /** Where people sign in; without it, only with the operator's token and links. */
  oidc?: OidcOptions
  /** Where browsers reach the server, `https://hoptrace.example`; needed for sign-in, and behind a proxy. */
  publicUrl?: string
  /** Keeps logins through a restart and across processes. Default the operator's token; without that, one that dies with the process. */
  sessionSecret?: string
  /** How long a browser stays signed in; roles that were taken away count until then. */
  sessionLifetimeMs?: number
  /** Key for the hashes of service tokens, outside the store. */
  tokenPepper?: string
  /** How many proxies before the server are believed when they say where a request came from. */
  trustedProxies?: number
  /** What was declared of alerts, as the correlator has it. Default the defaults. */
  alertPolicy?: AlertPolicy
  /** Keys of a tenant's digests: under them what somebody pastes is looked for. They never leave the process. Default none. */
  digestKeys?: (tenant: string) => readonly DigestKey[]
  /** Where the framework's errors and warnings go. Default the standard streams, as process `api`. */
  log?: Log
  /** Hears of every answer once it was sent. */
  onAnswer?: (answered: Answered) => void
}
