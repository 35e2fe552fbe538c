import type { HopChain } from '@hoptrace/hopchain'
import type { Alert } from '@hoptrace/rules'
import type { Detected } from '../detect/detect.ts'
import type { Cell } from '../generate/cells.ts'
import type { Fleet } from '../generate/fleet.ts'
import { arePointersRight, type Matched, match } from './match.ts'
import { accessesOfAttacks, type Told, toldByAlerts, toldByChains, toldByUnseenEdges, topOfDays } from './rank.ts'
import { isExact, treesOfAttacks } from './trees.ts'
import type { NamedHop } from './truth.ts'

export const ALERTS_A_DAY = 9

export type AttackOutcome = {
  cell: Cell
  /** At least one hop left a trace, or all did. */
  hasStrongEvidence: boolean
  isAllTraced: boolean
  isRecalled: boolean
  isRecalledByBaseline: boolean
  isExact: boolean
  isRootRight: boolean
  /** From its first access to the later end of the first right hop, in µs of event time; null when none was found. */
  detectedAfterUs: number | null
}

export type HopOutcome = { cell: Cell | null; evidence: string; isTraced: boolean; isFound: boolean; isPointerRight: boolean }

/** What came of one fleet. */
export type Outcome = {
  attacks: AttackOutcome[]
  hops: HopOutcome[]
  /** Wrong hops; and of accesses of no attack how many there are, and into how many a wrong hop leads; of those with decoys too. */
  wrongHops: number
  benign: number
  falseLinks: number
  decoyed: number
  decoyedFalse: number
  /** Alerts, and beside them chains by their score. */
  told: Told[]
  chains: Told[]
  toldByBaseline: Told[]
}

export function outcomeOf(fleet: Fleet, truth: readonly NamedHop[], detected: Detected, alerts: readonly Alert[] | null): Outcome {
  const matched = match(truth, detected.hops)
  const ofAttacks = accessesOfAttacks(truth)
  const byScore = toldByChains(detected.chains, (chain) => attacksIn(chain, matched))
  const ranked = alerts === null ? byScore : toldByAlerts(alerts, attacksOfHops(matched), ofAttacks)
  const byEdges = toldByUnseenEdges(detected.evidenced.accesses, ofAttacks)
  const cells = new Map(fleet.attacks.map(({ id, cell }) => [id, cell]))
  return {
    attacks: attackOutcomes(fleet, truth, detected, matched, ranked, byEdges),
    hops: truth.map((hop) => hopOutcome(hop, matched, cells)),
    wrongHops: matched.wrong.length,
    ...falseLinksOf(fleet, detected, matched, ofAttacks),
    told: ranked,
    chains: byScore,
    toldByBaseline: byEdges,
  }
}

function attacksOfHops({ right }: Matched): Map<string, string> {
  return new Map([...right].flatMap(([{ id }, { truth }]) => (truth.attack === null ? [] : [[id, truth.attack] as const])))
}

export function attacksIn(chain: HopChain, { right }: Matched): Set<string> {
  return new Set(chain.hops.flatMap((hop) => right.get(hop)?.truth.attack ?? []))
}

function hopOutcome(hop: NamedHop, { found }: Matched, cells: ReadonlyMap<string, Cell>): HopOutcome {
  const one = found.get(hop)
  const { evidence, isTraced, attack } = hop.truth
  const isPointerRight = one !== undefined && arePointersRight(one, hop)
  return { cell: attack === null ? null : (cells.get(attack) ?? null), evidence, isTraced, isFound: one !== undefined, isPointerRight }
}

function attackOutcomes(
  fleet: Fleet,
  truth: readonly NamedHop[],
  { chains }: Detected,
  matched: Matched,
  told: readonly Told[],
  byEdges: readonly Told[],
): AttackOutcome[] {
  const trees = treesOfAttacks(truth, matched)
  const recalled = new Set(topOfDays(told, ALERTS_A_DAY).flatMap(({ attacks }) => [...attacks]))
  const recalledByEdges = new Set(topOfDays(byEdges, ALERTS_A_DAY).flatMap(({ attacks }) => [...attacks]))
  const chainOf = new Map(chains.flatMap((chain) => chain.accesses.map(({ access }) => [access.id, chain] as const)))
  return fleet.attacks.map(({ id, cell, startUs }) => {
    const own = truth.filter((hop) => hop.truth.attack === id)
    const tree = trees.get(id)
    const chain = tree?.last.to.map((to) => chainOf.get(to)).find((each) => each !== undefined)
    const moments = own.flatMap((hop) => matched.found.get(hop) ?? []).map(({ from, to }) => Math.max(from.tsUs, to.tsUs))
    return {
      cell,
      hasStrongEvidence: own.some((hop) => hop.truth.isTraced),
      isAllTraced: own.every((hop) => hop.truth.isTraced),
      isRecalled: recalled.has(id),
      isRecalledByBaseline: recalledByEdges.has(id),
      isExact: tree !== undefined && chain !== undefined && isExact(chain, tree, matched),
      isRootRight: tree !== undefined && chain?.root === tree.root,
      detectedAfterUs: moments.length === 0 ? null : Math.max(0, Math.min(...moments) - startUs),
    }
  })
}

// A wrong hop into an access of no attack, or into something inside it.
function falseLinksOf({ story }: Fleet, { evidenced, accesses }: Detected, { wrong }: Matched, ofAttacks: ReadonlyMap<string, unknown>) {
  const streams = new Set(story.sessions.map(({ id }) => id))
  const attacked = new Set(ofAttacks.keys())
  const isBenign = (id: string) => !attacked.has(id)
  const into = new Set(
    wrong.flatMap(({ toAccess }) => {
      const to = accesses.get(toAccess)
      if (!to || !isBenign(toAccess)) return []
      return [streams.has(to.start.stream) ? to.start.stream : toAccess]
    }),
  )
  const decoyed = story.decoyed.map(({ id }) => id)
  const benign = evidenced.accesses.filter(({ id }) => isBenign(id)).length
  const falseLinks = [...into].filter(isBenign).length
  return { benign, falseLinks, decoyed: decoyed.length, decoyedFalse: decoyed.filter((id) => into.has(id)).length }
}
