import { DenyReason, Protocol, Uuid } from '@hoptrace/events'
import { z } from 'zod'
import { AlertQueue } from './alert.ts'
import { ChainSummary } from './chain.ts'
import { Instant } from './primitives.ts'
import { RunSummary } from './run.ts'
import { SessionSummary } from './session.ts'

export const GatewayStatus = z.object({
  gatewayId: z.string(),
  bootId: Uuid,
  lastHeartbeatAt: Instant,
  /** Age of the last heartbeat when the answer was made. */
  ageMs: z.number(),
  openSessions: z.int(),
  /** No heartbeat for 30 s. */
  isSilent: z.boolean(),
})
export type GatewayStatus = z.infer<typeof GatewayStatus>

/** Sessions that took an event in the last 24 h, and of which two different events stand under one seq. Both are kept. */
export const ConflictsFound = z.object({
  count: z.int(),
  /** The newest 20, each with the first seq that it is so of. */
  newest: z.array(z.object({ sessionId: Uuid, seq: z.int(), storedAt: Instant })),
})
export type ConflictsFound = z.infer<typeof ConflictsFound>

/** A refused attempt. `at` addresses its event in the gateway's boot stream. */
export const Denial = z.object({
  at: z.object({ sessionId: Uuid, seq: z.int() }),
  deniedAt: Instant,
  reason: DenyReason.nullable(),
  protocol: Protocol,
  target: z.string(),
  account: z.string().nullable(),
  database: z.string().nullable(),
  /** Over HTTP and Kubernetes: what was asked of the target, `DELETE /v1/invoices/7`. */
  action: z.string().optional(),
  principal: z.string().nullable(),
  rootPrincipal: z.string().nullable(),
  run: Uuid.nullable(),
  originAddress: z.string().nullable(),
  message: z.string().nullable(),
})
export type Denial = z.infer<typeof Denial>

export const Triage = z.object({
  /** The server's clock. */
  now: Instant,
  recording: z.object({
    /** `never`: no gateway was ever heard. `blind`: one is silent, or the gateway refuses. `degraded`: gaps or dead letters in the last 24 h. */
    state: z.enum(['recording', 'degraded', 'blind', 'never']),
    /** Why it is not `recording`, one sentence each. */
    reasons: z.array(z.string()),
    gateways: z.array(GatewayStatus),
    /** `recording.gap` events in the last 24 h. */
    gaps: z.int(),
    /** Open ones. */
    deadLetters: z.int(),
    conflicts: ConflictsFound,
    /** Event time up to which gateways' events are stored; null when there is none. */
    ingestedTo: Instant.nullable(),
    /** Event time up to which hops were linked: `ingestedTo` when nothing that is stored waits for it. Null when nothing was. */
    analysedTo: Instant.nullable(),
  }),
  liveRuns: z.array(RunSummary),
  openSessions: z.array(SessionSummary),
  denials: z.array(Denial),
  chains: z.array(ChainSummary),
  alerts: AlertQueue,
})
export type Triage = z.infer<typeof Triage>
