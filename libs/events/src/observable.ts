import { z } from 'zod'
import { Name } from './identifiers.ts'

/** `trace`: the trace id of W3C Trace Context, 32 hex digits; a request carries it (`asked`). */
export const ObservableKind = z.enum(['host', 'address', 'credential', 'key', 'url', 'arn', 'pod', 'trace'])
export type ObservableKind = z.infer<typeof ObservableKind>

/**
 * How a value stood in the event.
 * - `answered`: the target's answer held it
 * - `asked`: the caller's request held it
 * - `presented`: it was offered as a credential, accepted or not, or named as one in a command (a use)
 * - `target`: the access went there
 * - `named`: a command or a statement says that it will go there (`pivot.named`)
 */
export const ObservableRole = z.enum(['answered', 'asked', 'presented', 'target', 'named'])
export type ObservableRole = z.infer<typeof ObservableRole>

/** A keyed digest of a value, and where the value stood. */
export const Observable = z.object({
  kind: ObservableKind,
  /** HMAC-SHA-256 of `kind NUL canonical form` under the tenant's key, the first 128 bits in hex. */
  digest: z.string().regex(/^[0-9a-f]{32}$/),
  keyId: z.string().max(32),
  role: ObservableRole,
  /** Where in the body: a JSON pointer (RFC 6901), `/sample/0/2` or `/text`. Empty when it stands in no recorded field. */
  at: z.string().max(256),
  /** Offset of the value in the text of that field, in UTF-16 units. */
  offset: z.int().nonnegative().optional(),
  /** The canonical form itself, for kinds that are not secret. Never for `credential` and `key`. */
  value: z.string().max(512).optional(),
})
export type Observable = z.infer<typeof Observable>

export const Origin = z.object({ address: z.string(), port: z.int(), client: z.string().nullable() })
export type Origin = z.infer<typeof Origin>

export const TargetRef = z.object({
  name: Name,
  protocol: z.enum(['postgres', 'ssh', 'kubernetes', 'http']),
  /** `host:port` as configured at the gateway. */
  address: z.string(),
  account: z.string(),
})
export type TargetRef = z.infer<typeof TargetRef>
