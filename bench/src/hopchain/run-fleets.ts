import type { LinkPolicy } from '@hoptrace/hopchain'
import { alertPolicyFor, alertsOf } from './detect/alerts.ts'
import { detect, evidencedOf, policyFor, read } from './detect/detect.ts'
import { buildFleet, type Fleet } from './generate/fleet.ts'
import { Random } from './generate/random.ts'
import { type Outcome, outcomeOf } from './measure/outcome.ts'
import { type NamedHop, nameTruth } from './measure/truth.ts'
import { type Recording, recordFleet } from './record/record-fleet.ts'
import type { PivotRecorder } from './record/record-pivots.ts'

export const FITTING = Array.from({ length: 8 }, (_, n) => `fit-${n + 1}`)
export const REPORTED = Array.from({ length: 12 }, (_, n) => `report-${n + 1}`)

/** A fleet, what was recorded of it, and what is true of that. */
export type Case = { fleet: Fleet; recording: Recording; truth: NamedHop[] }

export function aCase(seed: string, pivots: PivotRecorder): Case {
  const fleet = buildFleet({ seed, isForFitting: seed.startsWith('fit-') })
  const recording = recordFleet(fleet.story, pivots)
  return { fleet, recording, truth: nameTruth(fleet, recording) }
}

export type Measured = { outcome: Outcome; events: number; isSameShuffled: boolean }

/** Links what was recorded, and once more with all events handed over in another order. */
export function measure({ fleet, recording, truth }: Case, change: (policy: LinkPolicy) => LinkPolicy = (policy) => policy): Measured {
  const events = read(recording.events)
  const policy = change(policyFor(fleet.story.world.sharedOrigin))
  const detected = detect(evidencedOf(events), policy)
  const shuffled = detect(evidencedOf(new Random(`shuffle/${fleet.seed}`).shuffled(events)), policy)
  const isSameShuffled = JSON.stringify(detected.hops) === JSON.stringify(shuffled.hops)
  return {
    outcome: outcomeOf(fleet, truth, detected, alertsOf(events, detected, alertPolicyFor(fleet.story.world))),
    events: events.length,
    isSameShuffled,
  }
}
