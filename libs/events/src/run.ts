import { z } from 'zod'
import { AgentRef, Grant } from './bodies.ts'
import { Name, Sha256Hex, Uuid, WallMicros } from './identifiers.ts'

/** One scoped, expiring execution of a principal. Lineage and root principal follow from the token that minted it. */
export const Run = z.object({
  id: Uuid,
  principal: z.string(),
  rootPrincipal: z.string(),
  /** Run ids from the root run to this run's parent; empty for a root. */
  lineage: z.array(Uuid),
  agent: AgentRef.nullable(),
  task: z.string(),
  owner: z.string(),
  grants: z.array(Grant),
  startedAt: WallMicros,
  expiresAt: WallMicros,
})
export type Run = z.infer<typeof Run>

export const RunState = z.enum(['live', 'expired', 'revoked'])
export type RunState = z.infer<typeof RunState>

/** A run as it stands, in the topic of runs. Its token is there as SHA-256 only; its key as OpenSSH's SHA-256 fingerprint. */
export const RunRecord = z.object({
  v: z.literal(1),
  kind: z.literal('run'),
  tenant: Name,
  run: Run,
  tokenHash: Sha256Hex,
  keyFingerprint: z.string().nullable(),
  state: RunState,
})
export type RunRecord = z.infer<typeof RunRecord>

/** The writer of a tenant's runs says once a second that it lives, after everything that it has acknowledged. */
export const RunsBeat = z.object({
  v: z.literal(1),
  kind: z.literal('beat'),
  tenant: Name,
  gatewayId: Name,
  bootId: Uuid,
  /** Above that of every writer before it: of two that both write, the one with the lower epoch steps down. */
  epoch: z.int().positive(),
  /** From 0 in its boot. */
  seq: z.int().nonnegative(),
  /** SHA-256 of the writer's operator token, so that every gateway knows an operator. */
  operatorHash: Sha256Hex,
})
export type RunsBeat = z.infer<typeof RunsBeat>

/** What the compacted topic of runs holds. */
export const RunsMessage = z.discriminatedUnion('kind', [RunRecord, RunsBeat])
export type RunsMessage = z.infer<typeof RunsMessage>

/** Under which key a message of the topic of runs is kept: the newest of each key survives compaction. */
export function runsKeyOf(message: RunsMessage): string {
  return `${message.tenant}/${message.kind === 'beat' ? 'beat' : message.run.id}`
}
