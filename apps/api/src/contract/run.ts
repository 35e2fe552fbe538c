import { AgentRef, Grant, GrantRequest, Protocol, Uuid } from '@hoptrace/events'
import { z } from 'zod'
import { Cursor, Instant, PageLimit, pageOf } from './primitives.ts'

/** `unknown`: recorded, but the gateway that knows its state cannot be reached. */
export const RunState = z.enum(['live', 'expired', 'revoked', 'unknown'])
export type RunState = z.infer<typeof RunState>

export const RunSummary = z.object({
  id: Uuid,
  principal: z.string(),
  rootPrincipal: z.string().nullable(),
  /** From the root run to this run's parent; empty for a root. */
  lineage: z.array(Uuid),
  agent: AgentRef.nullable(),
  task: z.string(),
  owner: z.string(),
  grants: z.array(Grant),
  startedAt: Instant,
  expiresAt: Instant,
  state: RunState,
  /** Null when the gateway cannot be reached. */
  openSessions: z.int().nullable(),
  /** Sessions recorded for it. */
  sessions: z.int(),
  denials: z.int(),
})
export type RunSummary = z.infer<typeof RunSummary>

export const RunDetail = RunSummary.extend({
  revocation: z.object({ at: Instant, by: z.string(), reason: z.string() }).nullable(),
  parents: z.array(RunSummary),
  children: z.array(RunSummary),
  /** Command lines for plain clients, `<token>` standing where the run's token goes. */
  commands: z.array(z.object({ target: z.string(), protocol: Protocol, command: z.string() })),
})
export type RunDetail = z.infer<typeof RunDetail>

export const RunsQuery = z.object({
  state: RunState.optional(),
  principal: z.string().max(256).optional(),
  cursor: Cursor.optional(),
  limit: PageLimit,
})
export type RunsQuery = z.infer<typeof RunsQuery>

export const RunsPage = pageOf(RunSummary)
export type RunsPage = z.infer<typeof RunsPage>

export const StartRunRequest = z.strictObject({
  principal: z.string().min(1).max(256),
  agent: AgentRef.optional(),
  task: z.string().max(4096),
  owner: z.string().max(256).optional(),
  grants: z.array(GrantRequest).min(1).max(100),
  ttlSeconds: z
    .int()
    .min(1)
    .max(30 * 86_400),
  /** An OpenSSH public key that may stand for the token. */
  sshPublicKey: z.string().max(4096).optional(),
})
export type StartRunRequest = z.infer<typeof StartRunRequest>

/** Where plain clients reach the gateway, `host:port`; null where it does not listen. */
export const Listeners = z.object({
  postgres: z.string().nullable(),
  ssh: z.string().nullable(),
  http: z.string().nullish(),
  kubernetes: z.string().nullish(),
  /** Does the door for HTTP speak TLS? The one for Kubernetes always does. */
  isHttpEncrypted: z.boolean().optional(),
  /** Whom callers trust for the certificate of the door to Kubernetes, PEM; null where their own authorities will do. */
  certificateAuthority: z.string().nullish(),
  /** The gateway's own SSH host key; `knownHostsKey` as a known_hosts file has it. */
  sshHostKey: z.object({ fingerprint: z.string(), knownHostsKey: z.string() }).nullish(),
})
export type Listeners = z.infer<typeof Listeners>

export const StartedRun = z.object({
  run: RunSummary,
  /** Shown once. */
  token: z.string(),
  commands: z.array(z.object({ target: z.string(), protocol: Protocol, command: z.string() })),
  listeners: Listeners,
  /** For kubectl: each cluster that the run may reach, with its token; null where it may reach none. */
  kubeconfig: z.string().nullish(),
})
export type StartedRun = z.infer<typeof StartedRun>

export const RevokeRunRequest = z.strictObject({ reason: z.string().min(1).max(1024) })
export type RevokeRunRequest = z.infer<typeof RevokeRunRequest>

/** The run and every run it delegated to. */
export const RevokedRuns = z.object({ revoked: z.array(Uuid) })
export type RevokedRuns = z.infer<typeof RevokedRuns>
