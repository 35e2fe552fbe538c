import { z } from 'zod'
import { Bytes, Truncation } from '../bytes.ts'
import { Sha256Hex } from '../identifiers.ts'

/** In the order of the wire. Names in lower case; repeated ones stand as often as they came. */
const Headers = z.array(z.tuple([z.string(), z.string()]))

/** The recorded part of a body. */
export const HttpBody = z.object({
  mediaType: z.string().nullable(),
  /** `Content-Encoding` on the wire; `data` is decoded. */
  encoding: z.string().nullable(),
  /** The first bytes of a textual body, decoded. Absent for others, of which the digest alone is kept. */
  data: Bytes.optional(),
  /** In bytes of the decoded body as far as it had come when this was recorded. */
  truncated: Truncation.optional(),
  /** JSON pointers of values that are never recorded, only digested; `data` holds a note in their places. */
  withheld: z.array(z.string()).optional(),
})
export type HttpBody = z.infer<typeof HttpBody>

/** What every request over HTTP has. */
export const askedOverHttp = {
  method: z.string(),
  /** Path and query as they go to the target. */
  path: z.string(),
  headers: Headers,
  /** Names of headers whose values are never recorded: `authorization`, `cookie`, `x-api-key`. */
  withheldHeaders: z.array(z.string()),
  /** Address and port of the connection that it came by: a session has many. */
  from: z.string(),
  /** `1.0`, `1.1` or `2`, as the caller spoke; empty where an import does not say. */
  httpVersion: z.string(),
  /** As much as had come when the request was sent on; null where there is none. The rest is counted and digested in the end. */
  body: HttpBody.nullable(),
}

/** What the caller asked; on record before it is sent on. */
export const HttpRequest = z.object({
  ...askedOverHttp,
  /** The `Host` (or authority) that the caller named. */
  host: z.string(),
})

/** How an exchange ended. Sizes and digests are of the bodies as they were on the wire, without framing. */
export const HttpCompletion = z.object({
  /** From the request's arrival. */
  durationUs: z.int(),
  bytesToTarget: z.int(),
  /** Null where nothing came, or not all, or where something in it is withheld: a digest would let it be guessed. */
  sha256ToTarget: Sha256Hex.nullable(),
  bytesToCaller: z.int(),
  sha256ToCaller: Sha256Hex.nullable(),
  /** WebSocket messages, server-sent events, events of a watch. */
  messages: z.object({ toTarget: z.int(), toCaller: z.int() }).optional(),
  /** Did both bodies come whole? */
  isComplete: z.boolean(),
  /** Why not; or, of a stream that had no end of its own, who ended it. */
  message: z.string().nullable(),
})

/** The answer to an `http.request` or a `kubernetes.request`; on record before it is released. */
export const HttpResponse = z.object({
  /** seq of the request that this answers. */
  request: z.int(),
  /** Null where the target never answered. */
  status: z.int().nullable(),
  headers: Headers,
  withheldHeaders: z.array(z.string()),
  body: HttpBody.nullable(),
  /** Until the answer's head. */
  durationUs: z.int(),
  /** Why the gateway itself answered, in the target's place. */
  refused: z.string().nullable(),
  /** Of a redirect: where to, and whether that is another host than the target's. It is passed on, never followed. */
  redirect: z.object({ to: z.string(), isElsewhere: z.boolean() }).optional(),
  stream: z.enum(['sse', 'websocket', 'watch', 'log']).optional(),
  /** Where the exchange ended with this; else `http.ended` follows. */
  end: HttpCompletion.optional(),
})

/** The end of an exchange that went on after its `http.response` was recorded. */
export const HttpEnded = z.object({ request: z.int(), ...HttpCompletion.shape })

/** One message of a WebSocket or of a stream of server-sent events. The first ones are recorded, all are counted. */
export const HttpMessage = z.object({
  request: z.int(),
  direction: z.enum(['toTarget', 'toCaller']),
  kind: z.enum(['text', 'binary', 'event']),
  data: Bytes,
  truncated: Truncation.optional(),
})
