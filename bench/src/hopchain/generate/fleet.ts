import { type AttackPlan, stage } from './attack/attack.ts'
import { brokered, jump, orchestrate, renew, scheduled, triage } from './benign/flows.ts'
import type { Job } from './benign/job.ts'
import { common, deploy, page, readRegistry, report, retry } from './benign/reports.ts'
import { drawCell } from './cells.ts'
import { Random } from './random.ts'
import { DAY, HOUR, Story } from './story.ts'
import { buildWorld } from './world.ts'

/** 2026-10-05T00:00Z, a Monday. */
export const FIRST_DAY_US = Date.UTC(2026, 9, 5) * 1000

export type FleetOptions = {
  /** Names the fleet; the same gives the same. */
  seed: string
  /** Without the path and the technique that are held out. */
  isForFitting: boolean
  /** Days on which nothing but work is done, days on which attacks begin too, and days on which the slow ones go on. */
  quietDays?: number
  attackDays?: number
  lastDays?: number
  attacksADay?: number
  runsADay?: number
}

export type Fleet = { seed: string; story: Story; attacks: AttackPlan[]; days: number }

/** What agents are set to, and how often. */
const JOBS: readonly (readonly [number, (job: Job) => void])[] = [
  [26, report],
  [10, page],
  [10, deploy],
  [9, retry],
  [9, common],
  [4, readRegistry],
  [8, triage],
  [7, brokered],
  [5, renew],
  [6, orchestrate],
  [5, jump],
  [1, scheduled],
]

/** A fleet at work for some days, and the attacks in it. Deterministic: the same options give the same plan. */
export function buildFleet(options: FleetOptions): Fleet {
  const { seed, isForFitting, quietDays = 2, attackDays = 4, lastDays = 3, attacksADay = 5, runsADay = 90 } = options
  const random = new Random(`hopchain/${seed}`)
  const story = new Story(buildWorld(random.for('world')), random.for('story'))
  const days = quietDays + attackDays + lastDays
  for (let day = 0; day < days; day++) work(story, FIRST_DAY_US + day * DAY, runsADay, random.for(`work-${day}`))
  const attackDaysUs = Array.from({ length: attackDays }, (_, n) => FIRST_DAY_US + (quietDays + n) * DAY)
  const attacks: AttackPlan[] = []
  for (const dayUs of attackDaysUs) {
    for (let n = 0; n < attacksADay; n++) {
      const id = `${seed}-${attacks.length}`
      const own = random.for(`attack-${id}`)
      const cell = drawCell(attacks.length + seedOffset(seed), own, isForFitting)
      attacks.push(stage(story, id, cell, dayUs + own.between(1, 18) * HOUR + own.between(0, HOUR), own))
    }
  }
  return { seed, story, attacks, days }
}

// Fleets begin at different cells, so that together they hold them all.
function seedOffset(seed: string): number {
  return new Random(`offset/${seed}`).between(0, 29)
}

// Agents work around the clock, most of them by day.
function work(story: Story, dayUs: number, runs: number, random: Random): void {
  const total = JOBS.reduce((sum, [weight]) => sum + weight, 0)
  for (let n = 0; n < runs; n++) {
    const own = random.for(`run-${n}`)
    const hour = own.chance(0.75) ? own.between(7, 18) : own.between(0, 23)
    const atUs = dayUs + hour * HOUR + own.between(0, HOUR - 1)
    jobAt(own.between(1, total))({ story, random: own, actor: own.pick(story.world.actors), atUs })
  }
}

function jobAt(ticket: number): (job: Job) => void {
  let left = ticket
  for (const [weight, job] of JOBS) {
    left -= weight
    if (left <= 0) return job
  }
  throw new RangeError('no job has that ticket')
}
