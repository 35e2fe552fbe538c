import { type Access, callerOf, compareAccesses, type Sighting } from '../access.ts'
import { dayOf } from '../baseline.ts'
import { comparePlaces, countBefore } from '../place.ts'
import type { Answer, World } from '../world.ts'

/** A value answered in one access and used in a later one. */
export type Flow = { answer: Answer; use: Sighting; callers: number }

/**
 * Was the secret taken over, and used since? Like a lineage it explains the first access best, and later ones less than
 * what that one read.
 */
export function isUsedAgain({ answer, use }: Flow, to: Access, { knowledge }: World): boolean {
  const caller = callerOf(to)
  if (callerOf(answer.access) === caller || !knowledge.knewBefore(caller, use.digest, answer.sighting)) return false
  return knowledge.wasTakenOver(caller, use.digest, { after: answer.sighting, before: to.start })
}

/**
 * Where the values that `to` uses were answered before: in each earlier access the first answer that told its caller something new.
 * A value that either caller had sent before the answer does not flow, nor does one that many callers were answered.
 */
export function* flowsInto(to: Access, world: World, isUse: (sighting: Sighting) => boolean): Generator<Flow> {
  for (const use of tellingUses(to, world, isUse)) {
    const answers = world.answersOf(use.digest)
    const callers = world.callersOfValue(use.digest, use)
    if (callers > world.policy.maxCallersOfValue) continue
    for (const answer of firstPerAccess(to, use, answers, world)) yield { answer, use, callers }
  }
}

/**
 * The uses that can tell more than the ones before them. A session over HTTP may present one token ten thousand times: between two
 * answers of its value, and within a day, whose baseline and window only narrow, the first says it all.
 */
export function* tellingUses(to: Access, world: World, isUse: (sighting: Sighting) => boolean): Generator<Sighting> {
  const before = new Map<string, { day: number; answers: number }>()
  for (const use of to.sightings.filter(isUse).sort(comparePlaces)) {
    if (isCommon(use, world)) continue
    const answers = countBefore(world.answersOf(use.digest), use, ({ sighting }) => sighting)
    const last = before.get(use.digest)
    const day = dayOf(use.tsUs)
    if (answers === 0 || (last?.day === day && last.answers === answers)) continue
    before.set(use.digest, { day, answers })
    yield use
  }
}

function* firstPerAccess(to: Access, use: Sighting, answers: readonly Answer[], world: World): Generator<Answer> {
  const told = new Set<string>()
  for (const answer of answers) {
    if (comparePlaces(answer.sighting, use) >= 0) return
    if (told.has(answer.access.id) || !mayLead(answer, to, use, world)) continue
    told.add(answer.access.id)
    yield answer
  }
}

function mayLead({ access, sighting }: Answer, to: Access, use: Sighting, world: World): boolean {
  if (access.id === to.id || access.start.stream === to.start.stream || isOneVisit(access, to)) return false
  if (compareAccesses(access, to) >= 0 || use.tsUs - sighting.tsUs > world.policy.windowUs) return false
  const { knowledge } = world
  if (knowledge.knewBefore(callerOf(access), use.digest, sighting)) return false
  return !knowledge.knewBefore(callerOf(to), use.digest, sighting) || isTakenOver({ access, sighting }, to, use, world)
}

// A secret that another caller was answered, and that then comes from an address from which its owner had not sent it.
function isTakenOver({ access, sighting }: Answer, to: Access, use: Sighting, { knowledge }: World): boolean {
  if (use.role !== 'presented' || (use.kind !== 'credential' && use.kind !== 'key') || to.origin === null) return false
  const caller = callerOf(to)
  return callerOf(access) !== caller && knowledge.isNewOrigin(to.origin, caller, use.digest, sighting)
}

// Sessions over HTTP are one run's requests to one target, cut where it paused: what it was answered before the pause (a page, a pod, a
// cookie) and uses after it has gone nowhere. To be refused there is another matter.
function isOneVisit(from: Access, to: Access): boolean {
  if (to.protocol !== 'http' && to.protocol !== 'kubernetes') return false
  if (to.kind === 'refused' || from.run !== to.run || callerOf(from) !== callerOf(to)) return false
  return from.protocol === to.protocol && from.target === to.target
}

export function isCommon(use: Sighting, world: World): boolean {
  return use.value !== null && world.policy.commonValues.includes(use.value)
}
