import { workAt } from '../benign/job.ts'
import { answering, request } from '../steps.ts'
import { MINUTE, SECOND } from '../story.ts'
import type { Attack } from './course.ts'

/**
 * Values put where innocents read them, so that what they do anyway looks led to.
 * - `readers`: others read the same place as the attack does, and go where they always go
 * - `planted`: the attack writes the names of many systems into a page that others read before they go there as always
 */
export function decoy(attack: Attack): void {
  const { story, random, cell } = attack
  const innocents = random.some(story.world.actors, cell.decoys === 'planted' ? 5 : 3)
  if (cell.decoys === 'planted') plant(attack)
  for (const actor of innocents) {
    const atUs = attack.nowUs + random.between(1, 50) * MINUTE
    const run = story.run(actor, atUs, 'catch up')
    const habits = story.world.habits.get(actor.principal) ?? []
    const place = cell.decoys === 'planted' ? story.world.wiki : attack.at.system
    const session = story.open(run, place, atUs + SECOND)
    const names = cell.decoys === 'planted' ? habits.map(({ host }) => host) : [random.pick(habits).host]
    story.act(session, atUs + 3 * SECOND, answering(place, 'notes', names, random))
    story.close(session, atUs + 20 * SECOND)
    const there = workAt({ story, random }, run, random.pick(habits), atUs + random.between(2, 9) * MINUTE)
    story.decoyed.push(there)
  }
}

function plant(attack: Attack): void {
  const { story, random, run } = attack
  const session = story.open(run, story.world.wiki, attack.nowUs + SECOND)
  const names = random.some(story.world.systems, 20).map(({ host }) => host)
  const body = JSON.stringify({ text: `maintenance on ${names.join(', ')}` })
  story.act(session, attack.nowUs + 2 * SECOND, request('PUT', '/v1/pages/notes', '{"ok":true}', { body }))
  story.close(session, attack.nowUs + 9 * SECOND)
}
