import { z } from 'zod'
import { Name, Uuid, WallMicros } from '../identifiers.ts'
import { Grant } from './grant.ts'

export const AgentRef = z.object({ template: Name, version: z.string().max(64) })
export type AgentRef = z.infer<typeof AgentRef>

export const RunStarted = z.object({
  runId: Uuid,
  principal: z.string(),
  rootPrincipal: z.string(),
  /** Run ids from the root run to this run's parent; empty for a root. */
  lineage: z.array(Uuid),
  agent: AgentRef.nullable(),
  task: z.string(),
  owner: z.string(),
  grants: z.array(Grant),
  expiresAt: WallMicros,
})
export const RunRevoked = z.object({ runId: Uuid, by: z.string(), reason: z.string() })
export const RunExpired = z.object({ runId: Uuid })
