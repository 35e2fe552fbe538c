import { z } from 'zod'

/** Longer paths than this no API server takes from a client. */
const MAX_URI = 8192

const Text = (max: number) => z.string().transform((text) => text.toWellFormed().slice(0, max))
const User = z.object({ username: Text(1024).default('') })
const Groups = z.array(Text(1024)).transform((groups) => groups.slice(0, 64))

/** A moment of an audit event (RFC 3339, to the microsecond) in microseconds since the epoch. */
const Micros = z.string().transform((text, context) => {
  const [, seconds = '', fraction = '', zone = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text) ?? []
  const ms = Date.parse(`${seconds}${zone}`)
  if (!(ms >= 0)) {
    context.addIssue({ code: 'custom', message: 'no moment' })
    return z.NEVER
  }
  return ms * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6))
})

/** What is read of an event of `audit.k8s.io` (k8s.io/apiserver, pkg/apis/audit/v1). The objects are whatever the request held. */
export const AuditEvent = z.object({
  kind: z.literal('Event'),
  /** Absent in the items of some lists. */
  apiVersion: z.enum(['audit.k8s.io/v1', 'audit.k8s.io/v1beta1', 'audit.k8s.io/v1alpha1']).optional(),
  auditID: z.string().min(1).max(256),
  stage: z.enum(['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic']),
  requestURI: z.string().min(1).max(MAX_URI),
  verb: z.string().min(1).max(64),
  user: User.default({ username: '' }),
  impersonatedUser: z.object({ ...User.shape, groups: Groups.optional() }).nullish(),
  /** The last is who connected; those before it are what that one said. */
  sourceIPs: z.array(Text(128)).nullish(),
  userAgent: Text(1024).nullish(),
  objectRef: z
    .object({
      apiGroup: Text(256).default(''),
      apiVersion: Text(64).default(''),
      resource: Text(256).optional(),
      subresource: Text(256).optional(),
      namespace: Text(256).optional(),
      name: Text(1024).optional(),
    })
    .nullish(),
  responseStatus: z.looseObject({ code: z.int().min(0).max(999).optional() }).nullish(),
  requestObject: z.unknown().optional(),
  responseObject: z.unknown().optional(),
  requestReceivedTimestamp: Micros,
  stageTimestamp: Micros,
})
export type AuditEvent = z.infer<typeof AuditEvent>

export type ReadAudit = { kind: 'event'; event: AuditEvent } | { kind: 'broken'; reason: string }

/** Reads one record. The reason of a broken one names its field, and never what stands in it. */
export function readAuditEvent(json: unknown): ReadAudit {
  const read = AuditEvent.safeParse(json)
  if (read.success) return { kind: 'event', event: read.data }
  const [issue] = read.error.issues
  const field = issue?.path.map(String).join('.') ?? ''
  return { kind: 'broken', reason: field === '' ? 'not-an-audit-event' : `not-an-audit-event: ${field}` }
}
