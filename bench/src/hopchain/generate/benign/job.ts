import type { Actor, Run, Session, System } from '../plan.ts'
import type { Random } from '../random.ts'
import { ordinary } from '../steps.ts'
import { MINUTE, SECOND, type Story } from '../story.ts'

/** One piece of work that an agent is set to. */
export type Job = { story: Story; random: Random; actor: Actor; atUs: number }

export function habitsOf({ story, actor }: Pick<Job, 'story' | 'actor'>): readonly System[] {
  return story.world.habits.get(actor.principal) ?? []
}

/** A habitual system; of the given protocol when there is one. */
export function habit(job: Pick<Job, 'story' | 'actor' | 'random'>, protocol?: System['protocol']): System {
  return job.random.pick(habitsOf(job).filter((system) => protocol === undefined || system.protocol === protocol))
}

/** Opens a system, does ordinary work there for some minutes, and leaves. @returns the session, closed */
export function workAt({ story, random }: Pick<Job, 'story' | 'random'>, run: Run, system: System, atUs: number, origin?: string): Session {
  const session = story.open(run, system, atUs, origin === undefined ? {} : { origin })
  let at = atUs
  for (let step = random.between(1, 4); step > 0; step--) {
    at += random.between(2, 90) * SECOND
    story.act(session, at, ordinary(system, random))
  }
  story.close(session, at + random.between(1, 3 * 60) * SECOND)
  return session
}

/** A little while after a session's end. */
export function after({ endUs, atUs }: Session, random: Random): number {
  return (endUs ?? atUs) + random.between(5, 8 * 60) * SECOND
}

export function someMinutes(random: Random): number {
  return random.between(1, 20) * MINUTE
}
