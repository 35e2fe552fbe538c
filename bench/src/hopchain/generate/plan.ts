/**
 * What happens in a fleet, before anything is recorded of it. Plans say what was asked and what was answered, in text; they know nothing
 * of events, digests or links. Times are microseconds since the epoch by a clock that is right: gateways' own clocks differ from it.
 */

export const PROTOCOLS = ['postgres', 'ssh', 'kubernetes', 'http'] as const
export type Protocol = (typeof PROTOCOLS)[number]

/** Something that is reached through the gateways. */
export type System = {
  name: string
  protocol: Protocol
  host: string
  /** Without its port. */
  address: string
  port: number
  account: string
  isPrivileged: boolean
}

/** An agent that runs again and again. */
export type Actor = { principal: string; rootPrincipal: string; template: string; version: string; address: string }

export type Run = { id: string; actor: Actor; lineage: readonly string[]; atUs: number; task: string; token: string; gateway: number }

type At = { atUs: number }
export type Act = At &
  (
    | { kind: 'sql'; text: string; cells: string[][]; rows: number }
    | { kind: 'exec'; command: string; output: string; status: number }
    | { kind: 'http'; method: string; path: string; answer: string; secret: string | null; body: string | null }
    | {
        kind: 'kubernetes'
        verb: string
        resource: string
        namespace: string
        name: string | null
        answer: string
        secret: string | null
        body: string | null
      }
    | { kind: 'tool'; name: string; arguments: string; result: string }
    | { kind: 'container'; namespace: string; pod: string; command: string; output: string }
  )

export type Session = {
  kind: 'session'
  /** UUIDv7 of the session as it will be recorded. */
  id: string
  run: Run
  system: System
  gateway: number
  /** Address that it came from. */
  origin: string
  atUs: number
  acts: Act[]
  /** Null while it is open at the end of the recording. */
  endUs: number | null
}

export type Refusal = {
  kind: 'refusal'
  atUs: number
  gateway: number
  origin: string
  system: Pick<System, 'name' | 'protocol' | 'host' | 'address'>
  account: string | null
  secret: string
  reason: 'unknown-token' | 'expired' | 'not-granted' | 'wrong-account'
  /** Whose token it was, where it is anyone's. */
  by: Run | null
}

/** A moment in an access; without an act its very beginning. */
export type Spot = { access: Session | Refusal; act: Act | null }

export const EVIDENCE = ['credential', 'target', 'delegation', 'pivot', 'origin', 'unseen'] as const
export type EvidenceKind = (typeof EVIDENCE)[number]

/**
 * What did lead from one access to another.
 * - `also`: where the same caller had been answered the same before the use: no log can tell which of them it took
 * - `isLeaf`: the later access is one act of a session that had been opened before the earlier one was
 * - `isTraced`: what flowed stands in the recording verbatim or in base64, or the gateway itself knows (a lineage, an address)
 */
export type TrueHop = {
  from: Spot
  also: Spot[]
  to: Spot
  evidence: EvidenceKind
  isLeaf: boolean
  isTraced: boolean
  attack: string | null
}

/** A gateway: its clock is so far ahead, in µs; negative when it is behind. */
export type Gateway = { id: string; bootId: string; skewUs: number }
