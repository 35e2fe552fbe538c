import { uuidv7 } from '@hoptrace/events'
import type { Act, Actor, EvidenceKind, Refusal, Run, Session, Spot, System, TrueHop } from './plan.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

export const SECOND = 1_000_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

type Opening = { origin?: string; gateway?: number }
// An act of any kind without its time, which the order of a story gives.
type Untimed<A> = A extends Act ? Omit<A, 'atUs'> : never
export type Step = Untimed<Act>

/** What was done in a fleet, as it is written: runs, sessions, refusals, and what truly led to what. */
export class Story {
  readonly runs: Run[] = []
  readonly sessions: Session[] = []
  readonly refusals: Refusal[] = []
  readonly hops: TrueHop[] = []
  /** Accesses of innocents that decoys were laid for. */
  readonly decoyed: Session[] = []

  constructor(
    readonly world: World,
    private readonly random: Random,
  ) {}

  /** @param parent the run whose token minted this one */
  run(actor: Actor, atUs: number, task: string, parent: Run | null = null): Run {
    const lineage = parent ? [...parent.lineage, parent.id] : []
    const owner = parent ? { ...actor, rootPrincipal: parent.actor.rootPrincipal } : actor
    const token = `hop_${this.random.text(32)}`
    const run = { id: this.id(atUs), actor: owner, lineage, atUs, task, token, gateway: this.someGateway() }
    this.runs.push(run)
    return run
  }

  open(run: Run, system: System, atUs: number, { origin = run.actor.address, gateway = this.someGateway() }: Opening = {}): Session {
    const session: Session = { kind: 'session', id: this.id(atUs), run, system, gateway, origin, atUs, acts: [], endUs: null }
    this.sessions.push(session)
    return session
  }

  /** Does one more thing in a session. */
  act(session: Session, atUs: number, step: Step): Spot {
    const act = { ...step, atUs } as Act
    session.acts.push(act)
    return { access: session, act }
  }

  close(session: Session, atUs: number): void {
    session.endUs = atUs
  }

  refuse(refusal: Omit<Refusal, 'kind'>): Spot {
    const whole: Refusal = { kind: 'refusal', ...refusal }
    this.refusals.push(whole)
    return { access: whole, act: null }
  }

  /** Says that `from` led to `to`. */
  ledTo(from: Spot, to: Spot, evidence: EvidenceKind, more: Partial<Pick<TrueHop, 'also' | 'isTraced' | 'attack'>> = {}): void {
    const { also = [], isTraced = true, attack = null } = more
    const isLeaf = to.act !== null && to.access.atUs < from.access.atUs
    this.hops.push({ from, also, to, evidence, isLeaf, isTraced, attack })
  }

  // Most sessions go through one gateway; few through the one whose clock is far off.
  private someGateway(): number {
    const drawn = this.random.fraction()
    if (drawn < 0.7) return 0
    return drawn < 0.97 ? 1 : 2
  }

  private id(atUs: number): string {
    return uuidv7(Math.floor(atUs / 1000), this.random.bytes(10))
  }
}

export function startOf(session: Session | Refusal): Spot {
  return { access: session, act: null }
}

/** When the last of a session's acts was done. */
export function lastUsOf(session: Session): number {
  return session.acts.at(-1)?.atUs ?? session.atUs
}
