import { z } from 'zod'
import { Instant } from './primitives.ts'
import { ConflictsFound, GatewayStatus } from './triage.ts'

/** For probes, and for whoever waits until the server is up. */
export const Alive = z.object({ status: z.literal('ok'), version: z.string() })
export type Alive = z.infer<typeof Alive>

export const SpoolHealth = z.object({
  /** `filling`: the platform does not take what is recorded. `full`: new sessions are refused. */
  level: z.enum(['roomy', 'filling', 'full']),
  bytes: z.number(),
  /** Bytes from which on new sessions are refused. */
  maxBytes: z.number(),
})
export type SpoolHealth = z.infer<typeof SpoolHealth>

export const GatewayHealth = GatewayStatus.extend({
  /** When its next heartbeat was due, where it is silent; null where it is heard. */
  silentSince: Instant.nullable(),
  /** As its last heartbeat said; null for a gateway that does not say. */
  spool: SpoolHealth.nullable(),
})
export type GatewayHealth = z.infer<typeof GatewayHealth>

/** `recording` is null while the store cannot be read: then nothing is known but that. */
export const Health = z.object({
  /** The server's clock. */
  now: Instant,
  /** Of the api. */
  version: z.string(),
  store: z.object({
    reachable: z.boolean(),
    /** A stable code; null when it is reachable. */
    fault: z.string().nullable(),
  }),
  recording: z
    .object({
      /** `never`: no gateway was ever heard. `blind`: one is silent, or its spool is full. `degraded`: gaps, dead letters, a spool that fills. */
      state: z.enum(['recording', 'degraded', 'blind', 'never']),
      /** Why it is not `recording`, one sentence each. */
      reasons: z.array(z.string()),
      gateways: z.array(GatewayHealth),
      openSessions: z.int(),
      /** `recording.gap` events in the last 24 h. */
      gaps: z.int(),
      /** Open ones. */
      deadLetters: z.int(),
      conflicts: ConflictsFound,
      /** Event time up to which gateways' events are stored; null when there is none. */
      storedTo: Instant.nullable(),
      /** How long ago that was. Between two heartbeats it grows by their distance, 10 s by default. */
      ingestLagMs: z.number().nullable(),
      /** Event time up to which hops were linked; null when nothing was. */
      analysedTo: Instant.nullable(),
      /** How far the analysis is behind what is stored. */
      analysisLagMs: z.number().nullable(),
    })
    .nullable(),
})
export type Health = z.infer<typeof Health>
