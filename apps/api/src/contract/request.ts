import { bodies, HttpBody, Observable } from '@hoptrace/events'
import { z } from 'zod'
import { Masked, Reveal } from './masked.ts'
import { Cursor, Instant, pageOf, repeatable } from './primitives.ts'

const place = { seq: z.int(), ms: z.number(), at: Instant }

/** What was called through a request, as a line tells it. */
export const ToolName = z.object({
  name: z.string(),
  /** Null while it has no result. */
  isError: z.boolean().nullable(),
})

/** Of a request for a resource of a Kubernetes API. */
export const KubernetesWhere = z.object({
  verb: z.string(),
  /** Empty for the core group. */
  group: z.string(),
  version: z.string(),
  resource: z.string().nullable(),
  subresource: z.string().nullable(),
  namespace: z.string().nullable(),
  name: z.string().nullable(),
})
export type KubernetesWhere = z.infer<typeof KubernetesWhere>

/**
 * - `answered`, `failed`: by its status; what the gateway answered in the target's place failed
 * - `unanswered`: no answer was recorded
 * - `open`: the answer goes on
 */
export const RequestState = z.enum(['answered', 'failed', 'unanswered', 'open'])
export type RequestState = z.infer<typeof RequestState>

/** One request with how it went, in one line: without headers and bodies. */
export const RequestLine = z.object({
  kind: z.literal('request'),
  ...place,
  method: z.string(),
  /** Path and query. */
  path: z.string(),
  /** Of HTTP: the `Host` that the caller named. */
  host: z.string().nullable(),
  kubernetes: KubernetesWhere.nullable(),
  isDiscovery: z.boolean(),
  state: RequestState,
  status: z.int().nullable(),
  /** Why the gateway answered in the target's place. */
  refused: z.string().nullable(),
  redirect: z.object({ to: z.string(), isElsewhere: z.boolean() }).nullable(),
  stream: z.enum(['sse', 'websocket', 'watch', 'log']).nullable(),
  /** Until its end; of one that goes on, until the answer's head. */
  durationMs: z.number().nullable(),
  /** On the wire; null while it goes on. */
  bytesToTarget: z.int().nullable(),
  bytesToCaller: z.int().nullable(),
  /** Did both bodies come whole? Null while it goes on. */
  isComplete: z.boolean().nullable(),
  /** The first 8 of `toolCount`. */
  tools: z.array(ToolName),
  toolCount: z.int(),
  /** What runs in a container: its terminal is `channel`. */
  exec: z.object({ seq: z.int(), channel: z.int(), command: z.string(), exitCode: z.int().nullable() }).nullable(),
})
export type RequestLine = z.infer<typeof RequestLine>

/** Requests that follow each other by which a client learns what the server has. `seq` to `toSeq`, which may hold others' answers. */
export const DiscoveryRun = z.object({
  kind: z.literal('discovery'),
  ...place,
  count: z.int(),
  fromSeq: z.int(),
  toSeq: z.int(),
  failed: z.int(),
  /** From the first request to the last one's answer. */
  durationMs: z.number(),
})
export type DiscoveryRun = z.infer<typeof DiscoveryRun>

export const RequestItem = z.discriminatedUnion('kind', [RequestLine, DiscoveryRun])
export type RequestItem = z.infer<typeof RequestItem>

const Text = z.string().max(1024)
/** A class or a status: `4xx`, `404`; `none` where nothing answered. */
const StatusFilter = z.string().regex(/^(?:[1-5]xx|[1-5]\d\d|none)$/, 'must be a status, a class of them like 4xx, or none')

/** Filters that requests can be narrowed by. Values of one are alternatives; of several, each must match. */
export const RequestFilter = z.object({
  verb: repeatable(Text),
  method: repeatable(Text),
  /** Of Kubernetes `pods`, `pods/exec`, `deployments.apps`, each with all below it; of HTTP a path, with all below it. */
  resource: repeatable(Text),
  /** Empty: what has none. */
  namespace: repeatable(Text),
  name: repeatable(Text),
  status: repeatable(StatusFilter),
  /** Of a tool that was called. */
  tool: repeatable(Text),
})
export type RequestFilter = z.infer<typeof RequestFilter>

export const RequestsQuery = RequestFilter.extend({
  after: z.coerce.number().int().min(-1).default(-1),
  /** No request above this seq. */
  through: z.coerce.number().int().nonnegative().optional(),
  /** `each`: requests of discovery one by one, rather than one item for all that follow each other. */
  discovery: z.enum(['folded', 'each']).default('folded'),
  cursor: Cursor.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  reveal: Reveal,
})
export type RequestsQuery = z.infer<typeof RequestsQuery>

/** In the order of seq. */
export const RequestsPage = pageOf(RequestItem).extend({ masked: Masked })
export type RequestsPage = z.infer<typeof RequestsPage>

const told = { ...place, observables: z.array(Observable) }

export const AskedDetail = z.discriminatedUnion('type', [
  z.object({ type: z.literal('http.request'), ...told, body: bodies['http.request'] }),
  z.object({ type: z.literal('kubernetes.request'), ...told, body: bodies['kubernetes.request'] }),
])
export type AskedDetail = z.infer<typeof AskedDetail>
export const AnsweredDetail = z.object({ ...told, body: bodies['http.response'] })
export type AnsweredDetail = z.infer<typeof AnsweredDetail>
export const MessageDetail = z.object({ ...told, body: bodies['http.message'] })
export type MessageDetail = z.infer<typeof MessageDetail>
const ToolResultDetail = z.object({ ...told, body: bodies['tool.result'] })
export const ToolDetail = z.object({ ...told, body: bodies['tool.call'], result: ToolResultDetail.nullable() })
export type ToolDetail = z.infer<typeof ToolDetail>
export const ExecDetail = z.object({
  ...told,
  body: bodies['kubernetes.exec'],
  exit: z.object({ ...place, body: bodies['kubernetes.exit'] }).nullable(),
})
export type ExecDetail = z.infer<typeof ExecDetail>

/** One request with everything that was recorded of it. */
export const RequestDetail = z.object({
  line: RequestLine,
  asked: AskedDetail,
  answered: AnsweredDetail.nullable(),
  /** Where it ended after its answer was recorded. */
  ended: z.object({ ...place, body: bodies['http.ended'] }).nullable(),
  /** The first ones: at most 200, and at most 1 MiB of them. */
  messages: z.array(MessageDetail),
  /** More of them were recorded. */
  hasMoreMessages: z.boolean(),
  tools: z.array(ToolDetail),
  exec: ExecDetail.nullable(),
  forwards: z.array(z.object({ ...place, body: bodies['kubernetes.forward'] })),
  masked: Masked,
})
export type RequestDetail = z.infer<typeof RequestDetail>

export const RequestDetailQuery = z.object({ reveal: Reveal })
export type RequestDetailQuery = z.infer<typeof RequestDetailQuery>

/** As much of a body as an event holds of it. */
export type RecordedBody = z.infer<typeof HttpBody>
