import type { DenyReason, Grant, Origin, Protocol } from '@hoptrace/events'
import type { z } from 'zod'
import type { SessionRecording } from '../recording/session-recording.ts'
import type { Run } from './run-log.ts'
import type { Target } from './target.ts'

/** What the caller offered to prove who it is. The secret itself never leaves this call. */
export type Presented =
  | { method: 'password'; secret: string }
  /** `keyBlob`: the public key as SSH encodes it; the proxy has verified the signature. */
  | { method: 'publickey'; keyBlob: Buffer }
  | { method: 'none' }

export type AccessRequest = {
  protocol: Protocol
  presented: Presented
  asked: { target: string; account: string | null; database: string | null }
  origin: z.infer<typeof Origin>
}

export type { Run }

export type Decision =
  | {
      kind: 'allow'
      run: Run
      /** The grant that allows it; `forward` says whether tunnels may be opened. */
      grant: Grant
      target: Target
      /** Already holds `access.decided: allow`; the proxy appends `session.started` next. */
      recording: SessionRecording
    }
  | { kind: 'deny'; reason: DenyReason; message: string }

/** Decides who may reach what, and records every decision. */
export interface AccessControl {
  /** Authenticates the run and checks its grants. An allow opens the session's recording; a deny is recorded with the presented secret's digest. */
  decide(request: AccessRequest): Decision
  /** Records a refusal that the protocol itself found (no TLS, malformed start, unreachable target). */
  refuse(request: AccessRequest, reason: DenyReason, message: string): void
  /** May a caller that holds this key authenticate with it? Answers SSH's unsigned query; opens and records nothing. */
  isKnownKey(keyBlob: Buffer): boolean
}
