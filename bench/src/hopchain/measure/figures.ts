import { Random } from '../generate/random.ts'
import { type AttackOutcome, type HopOutcome, type Outcome } from './outcome.ts'
import { byPriority, type Told, topOfDays } from './rank.ts'

/** A share between 0 and 1 over fleets; NaN when there is nothing to divide by. */
export type Figure = (fleets: readonly Outcome[]) => number

export function shareOfAttacks(is: (attack: AttackOutcome) => boolean, among: (attack: AttackOutcome) => boolean = () => true): Figure {
  return (fleets) => {
    const all = fleets.flatMap(({ attacks }) => attacks).filter(among)
    return all.filter(is).length / all.length
  }
}

export function hopRecall(among: (hop: HopOutcome) => boolean): Figure {
  return (fleets) => {
    const all = fleets.flatMap(({ hops }) => hops).filter(among)
    return all.filter(({ isFound }) => isFound).length / all.length
  }
}

/** 2PR ÷ (P + R) over all accesses' hops. @param among true hops that count; wrong ones always do, since they are of no cell */
export function hopF1(among: (hop: HopOutcome) => boolean = () => true): Figure {
  return (fleets) => {
    const all = fleets.flatMap(({ hops }) => hops).filter(among)
    const right = all.filter(({ isFound }) => isFound).length
    const wrong = fleets.reduce((sum, { wrongHops }) => sum + wrongHops, 0)
    return (2 * right) / (2 * right + wrong + all.length - right)
  }
}

export const pointers: Figure = (fleets) => {
  const found = fleets.flatMap(({ hops }) => hops).filter(({ isFound }) => isFound)
  return found.filter(({ isPointerRight }) => isPointerRight).length / found.length
}

export const falseLinks: Figure = (fleets) => sum(fleets, 'falseLinks') / sum(fleets, 'benign')
export const falseLinksOfDecoyed: Figure = (fleets) => sum(fleets, 'decoyedFalse') / sum(fleets, 'decoyed')

type Ranking = (fleet: Outcome) => readonly Told[]

/** Of the `k` most urgent of each day, how many tell of an attack. Days on which nothing was told do not count. */
export function precisionAt(k: number, ranking: Ranking): Figure {
  return (fleets) => {
    const told = fleets.flatMap((fleet) => topOfDays(ranking(fleet), k))
    return told.filter(({ attacks }) => attacks.size > 0).length / told.length
  }
}

/** Average precision: the precision wherever a further attack is told of, summed over the attacks. One that is never told of adds 0. */
export function averagePrecision(ranking: Ranking): Figure {
  return (fleets) => {
    const ranked = fleets.flatMap((fleet, n) => ranking(fleet).map((told) => ({ ...told, n }))).sort(byPriority)
    const seen = new Set<string>()
    let right = 0
    let area = 0
    for (const [at, { attacks, n }] of ranked.entries()) {
      if (attacks.size > 0) right += 1
      for (const attack of attacks) {
        if (seen.has(`${n} ${attack}`)) continue
        seen.add(`${n} ${attack}`)
        area += right / (at + 1)
      }
    }
    return area / fleets.flatMap(({ attacks }) => attacks).length
  }
}

/** Half of the found attacks are found sooner than this, in µs. */
export function medianDetection(fleets: readonly Outcome[], among: (attack: AttackOutcome) => boolean): number {
  const found = fleets.flatMap(({ attacks }) => attacks.filter(among).flatMap(({ detectedAfterUs }) => detectedAfterUs ?? []))
  return found.sort((a, b) => a - b)[found.length >> 1] ?? Number.NaN
}

export type Interval = { value: number; low: number; high: number }

const DRAWS = 1000

/** 95 %, percentile bootstrap (Efron) over whole fleets, since what happens within one hangs together. Seeded. */
export function withInterval(figure: Figure, fleets: readonly Outcome[], label: string): Interval {
  const random = new Random(`bootstrap/${label}`)
  const draws = Array.from({ length: DRAWS }, () => figure(fleets.map(() => random.pick(fleets)))).filter((value) => !Number.isNaN(value))
  const sorted = draws.sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
  return { value: figure(fleets), low: at(0.025), high: at(0.975) }
}

function sum(fleets: readonly Outcome[], name: 'falseLinks' | 'benign' | 'decoyed' | 'decoyedFalse'): number {
  return fleets.reduce((total, fleet) => total + fleet[name], 0)
}
