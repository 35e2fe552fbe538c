import { z } from 'zod'
import { Truncation } from '../bytes.ts'
import { askedOverHttp } from './http-bodies.ts'
import { Channel } from './terminal-bodies.ts'

/** What the caller asked of a Kubernetes API server; on record before it is sent on. */
export const KubernetesRequest = z.object({
  ...askedOverHttp,
  /** As RBAC names it: `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`, `connect`; of what is no resource the method in lower case. */
  verb: z.string(),
  /** Empty for the core group. */
  group: z.string(),
  version: z.string(),
  /** Plural, `pods`; null where the path names none (`/version`). */
  resource: z.string().nullable(),
  subresource: z.string().nullable(),
  namespace: z.string().nullable(),
  name: z.string().nullable(),
  query: z.array(z.tuple([z.string(), z.string()])),
  /** One of the requests by which a client learns what the server has (`/api`, `/apis/apps/v1`, `/openapi/v3`). */
  isDiscovery: z.boolean(),
})

/** A program run in a container, or one that was joined; what it reads and writes are `terminal.*` events of its channel. */
export const KubernetesExec = z.object({
  channel: Channel,
  /** seq of its `kubernetes.request`. */
  request: z.int(),
  kind: z.enum(['exec', 'attach']),
  namespace: z.string(),
  pod: z.string(),
  /** Null where the caller left it to the server. */
  container: z.string().nullable(),
  /** Every argument; empty for `attach`. */
  command: z.array(z.string()),
  /** In arguments, or in bytes of the last one kept. */
  truncated: Truncation.optional(),
  tty: z.boolean(),
  stdin: z.boolean(),
  stdout: z.boolean(),
  stderr: z.boolean(),
  /** The subprotocol that the server chose: `v5.channel.k8s.io`. */
  subprotocol: z.string(),
})

export const KubernetesExit = z.object({
  channel: Channel,
  /** Null where the server said none. */
  exitCode: z.int().nullable(),
  /** Of the `Status` that ended it. */
  status: z.enum(['Success', 'Failure']).nullable(),
  reason: z.string().nullable(),
  message: z.string().nullable(),
  stdoutBytes: z.int(),
  stderrBytes: z.int(),
  stdinBytes: z.int(),
})

/** A port-forward: counted, its bytes are not recorded. */
export const KubernetesForward = z.object({
  request: z.int(),
  phase: z.enum(['opened', 'closed', 'refused']),
  namespace: z.string(),
  pod: z.string(),
  /** As far as the request names them. */
  ports: z.array(z.int()),
  bytesToTarget: z.int(),
  bytesToCaller: z.int(),
})
