import type { LinkPolicy } from '@hoptrace/hopchain'
import { detect, evidencedOf, policyFor, read } from './detect/detect.ts'
import { falseLinks, hopF1, shareOfAttacks } from './measure/figures.ts'
import { type Outcome, outcomeOf } from './measure/outcome.ts'
import type { PivotRecorder } from './record/record-pivots.ts'
import { aCase, type Case, FITTING } from './run-fleets.ts'

// Tries other weights, on the seeds for fitting alone, one after the other: whichever is best stays while the next is tried. It changes
// nothing of the product: it prints what would be better.

type Change = (policy: LinkPolicy) => LinkPolicy
type Try = { name: string; change: Change }
type Prepared = { fitted: Case; evidenced: ReturnType<typeof evidencedOf> }

const WEIGHTS = ['credentialFlow', 'delegation', 'targetFlowCap', 'origin', 'pivotCommand', 'sameRoot', 'timing'] as const
const FACTORS = [0.6, 1.5]

const TRIES: Try[][] = [
  ...WEIGHTS.map((name) =>
    FACTORS.map((factor) => ({
      name: `${name} × ${factor}`,
      change: (policy: LinkPolicy) => ({ ...policy, weights: { ...policy.weights, [name]: Math.round(policy.weights[name] * factor) } }),
    })),
  ),
  [1500, 3000].map((rarityThatLinks) => ({
    name: `rarityThatLinks ${rarityThatLinks}`,
    change: (policy) => ({ ...policy, rarityThatLinks }),
  })),
  [75, 300].map((priorCallers) => ({ name: `priorCallers ${priorCallers}`, change: (policy) => ({ ...policy, priorCallers }) })),
  [10, 20].map((maxCallersOfValue) => ({
    name: `maxCallersOfValue ${maxCallersOfValue}`,
    change: (policy) => ({ ...policy, maxCallersOfValue }),
  })),
]

export function fit(pivots: PivotRecorder): void {
  const cases = FITTING.map((seed) => {
    const fitted = aCase(seed, pivots)
    return { fitted, evidenced: evidencedOf(read(fitted.recording.events)) }
  })
  let kept: Change = (policy) => policy
  let best = scoreOf(cases, kept)
  console.log(`as shipped: ${told(best)}`)
  for (const tries of TRIES) {
    const before = kept
    for (const { name, change } of tries) {
      const both: Change = (policy) => change(before(policy))
      const score = scoreOf(cases, both)
      if (score.worth <= best.worth + LEAST_GAIN) continue
      best = score
      kept = both
      console.log(`${name}: ${told(score)}`)
    }
  }
}

/** Less than this is noise. */
const LEAST_GAIN = 0.002

type Score = { worth: number; f1: number; exact: number; root: number; falseLinks: number }

/** Hops, chains and their roots count alike; false links four times, since each is somebody's innocent work. */
function scoreOf(cases: readonly Prepared[], change: Change): Score {
  const outcomes: Outcome[] = cases.map(({ fitted: { fleet, truth }, evidenced }) =>
    outcomeOf(fleet, truth, detect(evidenced, change(policyFor(fleet.story.world.sharedOrigin))), null),
  )
  const isNoGhost = ({ cell }: { cell: { stealth: string } }) => cell.stealth !== 'ghost'
  const f1 = hopF1()(outcomes)
  const exact = shareOfAttacks(({ isExact }) => isExact, isNoGhost)(outcomes)
  const root = shareOfAttacks(({ isRootRight }) => isRootRight, isNoGhost)(outcomes)
  const wrong = falseLinks(outcomes)
  return { worth: (f1 + exact + root) / 3 - 4 * wrong, f1, exact, root, falseLinks: wrong }
}

function told({ worth, f1, exact, root, falseLinks: wrong }: Score): string {
  const show = (n: number) => n.toFixed(4)
  return `worth ${show(worth)}, hop F1 ${show(f1)}, exact ${show(exact)}, root ${show(root)}, false links ${show(wrong)}`
}
