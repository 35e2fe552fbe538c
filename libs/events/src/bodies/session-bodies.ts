import { z } from 'zod'
import { Protocol, Uuid } from '../identifiers.ts'
import { Origin } from '../observable.ts'

export const SessionStarted = z.object({
  /** Client software as it names itself: `application_name`, the SSH identification string. */
  client: z.string().nullable(),
  database: z.string().nullable(),
  tls: z.boolean(),
  /** What is recorded instead of lived: an imported file and its SHA-256. */
  imported: z.object({ file: z.string(), sha256: z.string(), format: z.string() }).optional(),
  /** Of a gateway's own stream: the last event of the stream before it on the same spool, when that is known. */
  previousBoot: z.object({ bootId: Uuid, lastSeq: z.int(), hash: z.string() }).optional(),
})
export const SessionEnded = z.object({
  /** `idle`: nothing more was asked for so long (HTTP and Kubernetes, whose sessions are no connections). */
  reason: z.enum(['client', 'target', 'revoked', 'expired', 'crash', 'error', 'recording', 'shutdown', 'imported', 'idle']),
  message: z.string().nullable(),
})

/** Why an access was refused. Stable: rules and people key on it. */
export const DenyReason = z.enum([
  'no-credential',
  'unknown-token',
  'expired',
  'revoked',
  /** What the gateway knows of runs is too old to tell which are revoked. */
  'runs-stale',
  'unknown-target',
  'not-granted',
  'wrong-account',
  'tls-required',
  'host-key-changed',
  'target-unreachable',
  'target-refused',
  'recording-unavailable',
  'malformed',
  /** A Kubernetes caller asked to act as another user. */
  'impersonation',
])
export type DenyReason = z.infer<typeof DenyReason>

export const AccessDecided = z.object({
  decision: z.enum(['allow', 'deny', 'review']),
  reason: DenyReason.nullable(),
  asked: z.object({
    protocol: Protocol,
    target: z.string(),
    account: z.string().nullable(),
    database: z.string().nullable(),
    /** HTTP and Kubernetes: what was asked of the target, `DELETE /v1/invoices/7`, `delete pods web-1 in shop`. */
    action: z.string().optional(),
  }),
  method: z.enum(['password', 'publickey', 'bearer', 'none']),
  message: z.string().nullable(),
  /** Of a refusal, which stands in the gateway's own stream: where it came from, and whose token or key it was, when that is known. */
  origin: Origin.optional(),
  by: z.object({ run: Uuid, principal: z.string(), rootPrincipal: z.string(), lineage: z.array(Uuid) }).nullish(),
})
