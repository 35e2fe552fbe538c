import { EVIDENCE, type EvidenceKind, PROTOCOLS, type Protocol } from './plan.ts'
import type { Random } from './random.ts'

export const GOALS = ['exfiltrate', 'tamper', 'escalate', 'persist'] as const
/**
 * How an attack hides, from least to most.
 * - `loud`: seconds between steps, values as they stand, failed tries
 * - `paced`: minutes between steps
 * - `blended`: within a run that does its ordinary work too, tens of minutes between steps, some values in base64
 * - `patient`: hours between steps, deeper delegation, some values handed to a run of another person's
 * - `ghost`: half a day and more between steps, values in forms that no digest meets, origins behind address translation
 */
export const STEALTH = ['loud', 'paced', 'blended', 'patient', 'ghost'] as const
export const MASKS = ['none', 'json', 'userinfo', 'base64', 'partial', 'split', 'hex'] as const
export const DECOYS = ['none', 'readers', 'planted'] as const
export const SKEWS = ['none', 'small', 'large'] as const

export type Stealth = (typeof STEALTH)[number]
export type Mask = (typeof MASKS)[number]

/** One point of everything that attacks vary in. */
export type Cell = {
  goal: (typeof GOALS)[number]
  stealth: Stealth
  /** Of the accesses in their order: one more than there are hops. */
  path: readonly Protocol[]
  /** Of the first hop; later ones are drawn. */
  evidence: EvidenceKind
  /** Mints between a delegating run and the one that acts. */
  depth: number
  mask: Mask
  skew: (typeof SKEWS)[number]
  decoys: (typeof DECOYS)[number]
  /** The value is used by a run of another person's agent. */
  isHandedOver: boolean
}

/** Kept out of fitting altogether: one protocol path, anywhere in a chain, and one technique of stealth. */
export const HELD_OUT = { from: 'kubernetes', to: 'postgres', technique: 'hand-over' } as const

/** The `n`th attack: stealth and evidence go round, so that each pair comes equally often; the rest is drawn. */
export function drawCell(n: number, random: Random, isForFitting: boolean): Cell {
  const stealth = STEALTH[n % STEALTH.length] ?? 'loud'
  const evidence = EVIDENCE[Math.floor(n / STEALTH.length) % EVIDENCE.length] ?? 'credential'
  for (;;) {
    const cell = drawRest(stealth, evidence, random)
    if (!isForFitting || !isHeldOut(cell)) return cell
  }
}

export function isHeldOut({ path, isHandedOver }: Cell): boolean {
  return isHandedOver || path.some((from, at) => from === HELD_OUT.from && path[at + 1] === HELD_OUT.to)
}

function drawRest(stealth: Stealth, evidence: EvidenceKind, random: Random): Cell {
  const hops = random.between(1, 3)
  const first = random.pick(startsOf(evidence))
  const isValue = evidence === 'credential' || evidence === 'target'
  return {
    goal: random.pick(GOALS),
    stealth,
    path: [first, ...Array.from({ length: hops }, () => random.pick(PROTOCOLS))],
    evidence,
    depth: stealth === 'patient' ? 2 : 1,
    mask: random.pick(MASKS_OF[stealth]),
    skew: random.pick(SKEWS),
    decoys: random.pick(DECOYS),
    isHandedOver: stealth === 'patient' && isValue && random.chance(0.5),
  }
}

const MASKS_OF: Record<Stealth, readonly Mask[]> = {
  loud: ['none', 'none', 'json'],
  paced: ['none', 'json', 'userinfo'],
  blended: ['none', 'json', 'userinfo', 'base64'],
  patient: ['json', 'userinfo', 'base64', 'base64', 'partial'],
  ghost: ['base64', 'partial', 'split', 'hex'],
}

/** Where such a hop can begin: nothing but a shell or a container runs a command, and only a shell's machine is an address to come from. */
export function startsOf(evidence: EvidenceKind): readonly Protocol[] {
  if (evidence === 'origin') return ['ssh']
  if (evidence === 'pivot' || evidence === 'unseen') return ['ssh', 'kubernetes', 'postgres']
  return PROTOCOLS
}
