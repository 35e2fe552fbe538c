import { type Row, renderTable } from '../table.ts'
import { type Cell, DECOYS, GOALS, isHeldOut, MASKS, SKEWS, STEALTH } from './generate/cells.ts'
import { EVIDENCE } from './generate/plan.ts'
import {
  averagePrecision,
  type Figure,
  falseLinks,
  falseLinksOfDecoyed,
  hopF1,
  hopRecall,
  type Interval,
  medianDetection,
  pointers,
  precisionAt,
  shareOfAttacks,
  withInterval,
} from './measure/figures.ts'
import type { AttackOutcome, Outcome } from './measure/outcome.ts'
import type { Measured } from './run-fleets.ts'

type Bound = Row['bound']
const MINUTE_US = 60_000_000

/** The page's sections on generated fleets. */
export function fleetSections(measured: readonly Measured[], how: string): string[] {
  const fleets = measured.map(({ outcome }) => outcome)
  return [
    `## Against the goals\n\n${how}\n\n${renderTable(goalRows(measured, fleets))}`,
    `## By stealth\n\n${byGroup('stealth', fleets, STEALTH_GROUPS)}`,
    `## By everything else, all but ghost\n\n${byGroup('attacks', fleets, NO_GHOSTS)}`,
    `## Held out of fitting\n\n${renderTable(heldOutRows(fleets))}`,
    `## Beside a baseline of unseen edges\n\n${renderTable(baselineRows(fleets))}`,
    `## Hops of attacks by what they leave\n\n${byTrace(fleets)}`,
  ]
}

const isNoGhost = ({ cell }: AttackOutcome) => cell.stealth !== 'ghost'
const isRecalled = ({ isRecalled: is }: AttackOutcome) => is

function goalRows(measured: readonly Measured[], fleets: readonly Outcome[]): Row[] {
  const row = rowsOver(fleets)
  const strong = (attack: AttackOutcome) => isNoGhost(attack) && attack.hasStrongEvidence
  const same = measured.filter(({ isSameShuffled }) => isSameShuffled).length
  return [
    row('recall at 9 alerts a day, all but ghost', shareOfAttacks(isRecalled, isNoGhost), { atLeast: 0.95 }),
    row('recall at 9 alerts a day, where a strong evidence exists, all but ghost', shareOfAttacks(isRecalled, strong), { atLeast: 0.98 }),
    row(
      'recall at 9 alerts a day, ghost: the stealthiest, apart',
      shareOfAttacks(isRecalled, (attack) => !isNoGhost(attack)),
    ),
    row('hop F1, all hops of all fleets', hopF1(), { atLeast: 0.95 }),
    row(
      'hop F1, hops that left a trace',
      hopF1(({ isTraced }) => isTraced),
      { atLeast: 0.95 },
    ),
    row(
      'hop recall, attacks, hops that left a trace',
      hopRecall(({ cell, isTraced }) => cell !== null && isTraced),
    ),
    row(
      'hop recall, work that is no attack',
      hopRecall(({ cell }) => cell === null),
    ),
    row(
      'exact chain, all but ghost',
      shareOfAttacks(({ isExact }) => isExact, isNoGhost),
      { atLeast: 0.9 },
    ),
    row(
      'exact chain, every hop left a trace',
      shareOfAttacks(
        ({ isExact }) => isExact,
        ({ isAllTraced }) => isAllTraced,
      ),
      { atLeast: 0.9 },
    ),
    row(
      'root, all but ghost',
      shareOfAttacks(({ isRootRight }) => isRootRight, isNoGhost),
      { atLeast: 0.98 },
    ),
    row(
      'root, every hop left a trace',
      shareOfAttacks(
        ({ isRootRight }) => isRootRight,
        ({ isAllTraced }) => isAllTraced,
      ),
      { atLeast: 0.98 },
    ),
    row('false links ÷ accesses of no attack', falseLinks, { atMost: 0.005 }),
    row('false links ÷ accesses that decoys were laid for', falseLinksOfDecoyed),
    row('pointers: both ends right ÷ right hops', pointers, { atLeast: 0.99 }),
    {
      figure: 'identical hops when events come shuffled',
      value: `${same} of ${measured.length} fleets`,
      ratio: same / measured.length,
      bound: { atLeast: 1 },
    },
  ]
}

function heldOutRows(fleets: readonly Outcome[]): Row[] {
  const row = rowsOver(fleets)
  const held = (attack: AttackOutcome) => isHeldOut(attack.cell)
  return [
    row('recall at 9 alerts a day, held out', shareOfAttacks(isRecalled, held)),
    row(
      'recall at 9 alerts a day, the others, all but ghost',
      shareOfAttacks(isRecalled, (attack) => !held(attack) && isNoGhost(attack)),
    ),
    row(
      'hop recall, path kubernetes → postgres or hand-over',
      hopRecall(({ cell, isTraced }) => isTraced && cell !== null && isHeldOut(cell)),
    ),
    row(
      'hop recall, hand-over alone',
      hopRecall(({ cell, isTraced }) => isTraced && cell?.isHandedOver === true),
    ),
  ]
}

function baselineRows(fleets: readonly Outcome[]): Row[] {
  const row = rowsOver(fleets)
  const told = ({ told: all }: Outcome) => all
  const edges = ({ toldByBaseline }: Outcome) => toldByBaseline
  const byBaseline = ({ isRecalledByBaseline: is }: AttackOutcome) => is
  return [
    row('recall at 9 alerts a day, hop chains', shareOfAttacks(isRecalled)),
    row('recall at 9 alerts a day, unseen edges', shareOfAttacks(byBaseline)),
    ...[1, 5, 9].flatMap((k) => [
      row(`precision at ${k} a day, hop chains`, precisionAt(k, told)),
      row(`precision at ${k} a day, unseen edges`, precisionAt(k, edges)),
    ]),
    row('area under precision and recall, hop chains', averagePrecision(told)),
    row('area under precision and recall, unseen edges', averagePrecision(edges)),
  ]
}

type Group = { name: string; of: (cell: Cell) => boolean }

function byGroup(word: string, fleets: readonly Outcome[], groups: readonly Group[]): string {
  const head = [word, 'attacks', 'recall at 9 a day', 'unseen edges', 'hop recall', 'exact chain', 'root', 'time to detect, median']
  const lines = groups.map(({ name, of }) => {
    const isIn = ({ cell }: AttackOutcome) => of(cell)
    const figure = (one: Figure) => text(withInterval(one, fleets, `${word} ${name}`))
    return [
      name,
      String(fleets.flatMap(({ attacks }) => attacks).filter(isIn).length),
      figure(shareOfAttacks(isRecalled, isIn)),
      figure(shareOfAttacks(({ isRecalledByBaseline: is }) => is, isIn)),
      figure(hopRecall(({ cell }) => cell !== null && of(cell))),
      figure(shareOfAttacks(({ isExact: is }) => is, isIn)),
      figure(shareOfAttacks(({ isRootRight: is }) => is, isIn)),
      `${(medianDetection(fleets, isIn) / MINUTE_US).toFixed(1)} min`,
    ]
  })
  return markdown(head, lines)
}

const STEALTH_GROUPS: readonly Group[] = STEALTH.map((name) => ({ name, of: ({ stealth }) => stealth === name }))
const NO_GHOSTS: readonly Group[] = [
  ...SKEWS.map((skew) => ({ name: `clock skew ${skew}`, of: (cell: Cell) => cell.stealth !== 'ghost' && cell.skew === skew })),
  ...DECOYS.map((decoys) => ({ name: `decoys ${decoys}`, of: (cell: Cell) => cell.stealth !== 'ghost' && cell.decoys === decoys })),
  ...GOALS.map((goal) => ({ name: `to ${goal}`, of: (cell: Cell) => cell.stealth !== 'ghost' && cell.goal === goal })),
  ...EVIDENCE.map((kind) => ({ name: `first by ${kind}`, of: (cell: Cell) => cell.stealth !== 'ghost' && cell.evidence === kind })),
]

function byTrace(fleets: readonly Outcome[]): string {
  const hops = fleets.flatMap(({ hops: all }) => all).filter(({ cell }) => cell !== null)
  const line = (name: string, of: typeof hops) => {
    const found = of.filter(({ isFound }) => isFound)
    return [name, String(of.length), String(found.length), of.length === 0 ? '' : (found.length / of.length).toFixed(2)]
  }
  const kinds = EVIDENCE.flatMap((kind) => [
    line(
      `${kind}, traced`,
      hops.filter(({ evidence, isTraced }) => evidence === kind && isTraced),
    ),
    line(
      `${kind}, not traced`,
      hops.filter(({ evidence, isTraced }) => evidence === kind && !isTraced),
    ),
  ])
  const masks = MASKS.map((mask) =>
    line(
      `values ${mask}`,
      hops.filter(({ cell, evidence }) => cell?.mask === mask && isOfValue(evidence)),
    ),
  )
  const skews = ['none', 'small', 'large'].map((skew) =>
    line(
      `clock skew ${skew}`,
      hops.filter(({ cell, isTraced }) => cell?.skew === skew && isTraced),
    ),
  )
  const decoys = ['none', 'readers', 'planted'].map((one) =>
    line(
      `decoys ${one}`,
      hops.filter(({ cell, isTraced }) => cell?.decoys === one && isTraced),
    ),
  )
  return markdown(
    ['hops of attacks', 'true', 'found', 'share'],
    [...kinds, ...masks, ...skews, ...decoys].filter(([, all]) => all !== '0'),
  )
}

function isOfValue(evidence: string): boolean {
  return evidence === 'credential' || evidence === 'target'
}

function rowsOver(fleets: readonly Outcome[]) {
  return (figure: string, one: Figure, bound?: Bound): Row => {
    const interval = withInterval(one, fleets, figure)
    return { figure, value: text(interval), ratio: interval.value, ...(bound ? { bound } : {}) }
  }
}

function text({ value, low, high }: Interval): string {
  return Number.isNaN(value) ? 'none' : `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`
}

export function markdown(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const rows = [head, head.map(() => '---'), ...lines]
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
