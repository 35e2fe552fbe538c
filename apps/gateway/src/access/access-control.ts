import type { AskedScope, DenyReason, Grant, Origin, Protocol, Run } from '@hoptrace/events'
import type { z } from 'zod'
import type { SessionRecording } from '../recording/session-recording.ts'
import type { Target } from './target.ts'

/** What the caller offered to prove who it is. The secret itself never leaves this call. */
export type Presented =
  | { method: 'password'; secret: string }
  /** A run token over HTTP, whichever header carried it. */
  | { method: 'bearer'; secret: string }
  /** `keyBlob`: the public key as SSH encodes it; the proxy has verified the signature. */
  | { method: 'publickey'; keyBlob: Buffer }
  | { method: 'none' }

export type AccessRequest = {
  protocol: Protocol
  presented: Presented
  asked: {
    target: string
    account: string | null
    database: string | null
    /** What is asked of the target, for people: `DELETE /v1/invoices/7`, `delete pods/web-1 in shop`. */
    action?: string
    /** The same for the grant's scope. Without it only a grant that states no scope allows the access. */
    scope?: AskedScope
  }
  origin: z.infer<typeof Origin>
}

export type { Run }

export type Refusal = { kind: 'deny'; reason: DenyReason; message: string }

export type Admitted = {
  kind: 'allow'
  run: Run
  /** The grant that allows it; `forward` says whether tunnels may be opened. */
  grant: Grant
  target: Target
}

export type Admission = Admitted | Refusal

/** The recording already holds `access.decided: allow`; the proxy appends `session.started` next. */
export type Opened = { kind: 'open'; recording: SessionRecording } | Refusal

export type Decision = (Admitted & { recording: SessionRecording }) | Refusal

/** Decides who may reach what, and records every decision. */
export interface AccessControl {
  /** Admits and opens at once: for protocols whose session is one connection. */
  decide(request: AccessRequest): Decision
  /**
   * Authenticates the run and checks its grants, their scope for what is asked included. Opens no recording; a deny is
   * recorded with the presented secret's digest. For each request of a session that is open already, too.
   */
  admit(request: AccessRequest): Admission
  /** Opens the recording of an admitted access; a deny, which is recorded, where nothing more can be recorded now. */
  open(request: AccessRequest, admitted: Admitted): Opened
  /** Records a refusal that the protocol itself found (no TLS, malformed start, unreachable target). */
  refuse(request: AccessRequest, reason: DenyReason, message: string): void
  /** May a caller that holds this key authenticate with it? Answers SSH's unsigned query; opens and records nothing. */
  isKnownKey(keyBlob: Buffer): boolean
}

/** The run token that was presented; null for a key or nothing. */
export function presentedToken(presented: Presented): string | null {
  return presented.method === 'password' || presented.method === 'bearer' ? presented.secret : null
}
