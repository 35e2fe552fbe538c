import { type Access, callerOf, compareAccesses, type Sighting } from '../access.ts'
import { comparePlaces } from '../place.ts'
import type { Answer, World } from '../world.ts'

/** A value answered in one access and used in a later one. */
export type Flow = { answer: Answer; use: Sighting; callers: number }

/**
 * Where the values that `to` uses were answered before: in each earlier access the first answer that told its caller something new.
 * A value that either caller had sent before the answer does not flow, nor does one that many callers were answered.
 */
export function* flowsInto(to: Access, world: World, isUse: (sighting: Sighting) => boolean): Generator<Flow> {
  for (const use of to.sightings) {
    if (!isUse(use) || isCommon(use, world)) continue
    const answers = world.answersOf(use.digest)
    if (answers.length === 0) continue
    const callers = world.callersOfValue(use.digest, use)
    if (callers > world.policy.maxCallersOfValue) continue
    for (const answer of firstPerAccess(to, use, answers, world)) yield { answer, use, callers }
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
  if (access.id === to.id || access.start.stream === to.start.stream) return false
  if (compareAccesses(access, to) >= 0 || use.tsUs - sighting.tsUs > world.policy.windowUs) return false
  return !world.knewBefore(callerOf(access), use.digest, sighting) && !world.knewBefore(callerOf(to), use.digest, sighting)
}

function isCommon(use: Sighting, world: World): boolean {
  return use.value !== null && world.policy.commonValues.includes(use.value)
}
