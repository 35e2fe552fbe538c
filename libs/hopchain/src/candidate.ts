import type { Access } from './access.ts'
import { evidenceClasses } from './evidence/classes.ts'
import type { Evidence, EvidenceClass, EvidenceClassName } from './evidence/evidence.ts'
import { pivotCommand } from './evidence/pivot-command.ts'
import { targetFlow } from './evidence/target-flow.ts'
import { compareEnds } from './hop.ts'
import { pushTo } from './lists.ts'
import { compareText } from './place.ts'
import type { World } from './world.ts'

/** An access that may have led to another, with everything that speaks for it. */
export type Candidate = {
  from: Access
  score: number
  /** One a class, strongest first. */
  strongest: Evidence[]
  all: Evidence[]
}

/** A pivot that was not seen stands in its session, whatever else led there: where its name was answered is the alternative. */
const OF_UNSEEN: readonly EvidenceClass[] = [pivotCommand, targetFlow]

function classesFor(to: Access): readonly EvidenceClass[] {
  return to.kind === 'unseen' ? OF_UNSEEN : evidenceClasses
}

/** Every access that may have led to `to`, best first. Those that no evidence links are left out. */
export function candidatesFor(to: Access, world: World): Candidate[] {
  const byAccess = new Map<string, Evidence[]>()
  for (const found of classesFor(to).flatMap((each) => each.find(to, world))) {
    pushTo(byAccess, found.fromAccess, found)
  }
  const candidates: Candidate[] = []
  for (const [id, found] of byAccess) {
    const from = world.access(id)
    // What a session uses was not led to by the session itself, though it came from the address that it went to.
    if (from && (id !== to.start.stream || to.kind === 'unseen') && found.some(({ isLink }) => isLink))
      candidates.push(weigh(from, to, found, world))
  }
  return candidates.sort((a, b) => Number(b.from.id === to.start.stream) - Number(a.from.id === to.start.stream) || compareCandidates(a, b))
}

function weigh(from: Access, to: Access, found: Evidence[], world: World): Candidate {
  const all = [...found, ...classesFor(to).flatMap((each) => each.confirm(from, to, world))]
  const perClass = evidenceClasses.flatMap((each) => strongestOf(each, all))
  const strongest = perClass.toSorted((a, b) => b.score - a.score || rankOf(a.class) - rankOf(b.class))
  return { from, score: sumOf(strongest), strongest, all }
}

function strongestOf({ name }: EvidenceClass, all: readonly Evidence[]): Evidence[] {
  const ofClass = all.filter((evidence) => evidence.class === name)
  return ofClass
    .sort((a, b) => b.score - a.score || compareEnds(a.to, b.to) || compareEnds(a.from, b.from) || compareText(keyOf(a), keyOf(b)))
    .slice(0, 1)
}

// Classes add up as if independent; of the weak ones, which are not, only the strongest counts.
function sumOf(strongest: readonly Evidence[]): number {
  const weak = new Set(evidenceClasses.filter(({ isWeak }) => isWeak).map(({ name }) => name))
  const strong = strongest.filter((evidence) => !weak.has(evidence.class)).reduce((sum, { score }) => sum + score, 0)
  return strong + Math.max(0, ...strongest.filter((evidence) => weak.has(evidence.class)).map(({ score }) => score))
}

// Between equals the nearer in time: the value was fresher there.
function compareCandidates(a: Candidate, b: Candidate): number {
  return b.score - a.score || latest(b) - latest(a) || compareText(b.from.id, a.from.id)
}

function latest(candidate: Candidate): number {
  return candidate.strongest[0]?.from.tsUs ?? 0
}

function rankOf(name: EvidenceClassName): number {
  return evidenceClasses.findIndex((each) => each.name === name)
}

function keyOf({ observable, from, to }: Evidence): string {
  return `${observable?.kind ?? ''} ${observable?.digest ?? ''} ${from.at} ${to.at}`
}
