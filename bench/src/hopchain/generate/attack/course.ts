import type { Cell, Stealth } from '../cells.ts'
import type { EvidenceKind, Run, Session, Spot } from '../plan.ts'
import type { Random } from '../random.ts'
import { HOUR, MINUTE, SECOND, type Story } from '../story.ts'

/** An attack as it goes on: who acts now, from where, and when. */
export type Attack = {
  id: string
  cell: Cell
  story: Story
  random: Random
  run: Run
  /** Where it stands. */
  at: Session
  nowUs: number
  /** Where the run that acts now was minted, when an earlier one of the attack did so. */
  mintedIn: { spot: Spot; also: Spot[] } | null
  /** Systems that it has been to. */
  visited: Set<string>
}

/** Between two steps, in µs. */
const PACE: Record<Stealth, readonly [number, number]> = {
  loud: [2 * SECOND, 30 * SECOND],
  paced: [2 * MINUTE, 20 * MINUTE],
  blended: [10 * MINUTE, 50 * MINUTE],
  patient: [1 * HOUR, 4 * HOUR],
  ghost: [8 * HOUR, 14 * HOUR],
}

/** Lets time pass. */
export function pause(attack: Attack): void {
  const [least, most] = PACE[attack.cell.stealth]
  attack.nowUs += attack.random.between(least, most)
}

/** The attack stands in another session from now on. */
export function moveTo(attack: Attack, session: Session): void {
  if (session.run !== attack.run && session.run.lineage.length === 0) attack.mintedIn = null
  attack.at = session
  attack.run = session.run
  attack.visited.add(session.system.name)
  attack.nowUs = session.atUs + attack.random.between(1, 5) * SECOND
}

/** One of the gateways: with skew, every other access is recorded by another clock. */
export function gatewayOf({ skew }: Cell, n: number): number {
  if (skew === 'none' || n % 2 === 0) return 0
  return skew === 'small' ? 1 : 2
}

export function record(attack: Attack, from: Spot, to: Spot, evidence: EvidenceKind, isTraced: boolean, also: Spot[] = []): void {
  attack.story.ledTo(from, to, evidence, { attack: attack.id, isTraced, also })
}
