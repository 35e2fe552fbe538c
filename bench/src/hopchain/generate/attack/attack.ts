import type { Cell } from '../cells.ts'
import { startsOf } from '../cells.ts'
import { EVIDENCE, type EvidenceKind, type Protocol, type Session, type System } from '../plan.ts'
import type { Random } from '../random.ts'
import { ordinary } from '../steps.ts'
import { lastUsOf, SECOND, type Story, startOf } from '../story.ts'
import { type Attack, gatewayOf, pause } from './course.ts'
import { decoy } from './decoys.ts'
import { finish } from './finish.ts'
import { HOPS } from './hops.ts'

/** What the truth keeps of an attack. */
export type AttackPlan = { id: string; cell: Cell; startUs: number; endUs: number; root: Session }

/** An agent is turned from its task: it goes from system to system as the cell says, and does there what it came for. */
export function stage(story: Story, id: string, cell: Cell, startUs: number, random: Random): AttackPlan {
  const actor = random.pick(story.world.actors)
  const run = story.run(actor, startUs - 5 * SECOND, 'look at the open tickets')
  const entry = entryOf(story, actor.principal, cell.path[0] ?? 'postgres', random)
  const root = story.open(run, entry, startUs, { gateway: gatewayOf(cell, 0) })
  const attack: Attack = {
    id,
    cell,
    story,
    random,
    run,
    at: root,
    nowUs: startUs + 2 * SECOND,
    mintedIn: null,
    visited: new Set([entry.name]),
  }
  story.act(root, attack.nowUs, ordinary(entry, random))
  if (cell.decoys !== 'none') decoy(attack)
  for (const [n, protocol] of cell.path.slice(1).entries()) goOn(attack, n, protocol)
  finish(attack)
  endSessions(attack)
  return { id, cell, startUs, endUs: attack.nowUs, root }
}

function goOn(attack: Attack, n: number, protocol: Protocol): void {
  const evidence = evidenceOf(attack, n)
  pause(attack)
  HOPS[evidence](attack, destination(attack, protocol), n + 1)
  if (attack.cell.stealth === 'blended') ownWork(attack)
}

// The first hop is the cell's; a later one is drawn from what can begin where the attack stands.
function evidenceOf({ cell, at, random }: Attack, n: number): EvidenceKind {
  if (n === 0) return cell.evidence
  return random.pick(EVIDENCE.filter((kind) => kind !== 'unseen' && startsOf(kind).includes(at.system.protocol)))
}

// The ordinary work of the agent, in between; of a delegated run it is what that led to as well.
function ownWork(attack: Attack): void {
  const { story, random, run, mintedIn } = attack
  const habits = story.world.habits.get(run.actor.principal) ?? []
  const system = random.pick(habits)
  const session = story.open(run, system, attack.nowUs + 20 * SECOND)
  story.act(session, attack.nowUs + 30 * SECOND, ordinary(system, random))
  story.close(session, attack.nowUs + 50 * SECOND)
  if (mintedIn) story.ledTo(mintedIn.spot, startOf(session), 'delegation', { also: mintedIn.also })
}

function entryOf(story: Story, principal: string, protocol: Protocol, random: Random): System {
  return random.pick((story.world.habits.get(principal) ?? []).filter((system) => system.protocol === protocol))
}

// Mostly what the agent never used; the last is often privileged.
function destination({ story, visited, random, run, cell }: Attack, protocol: Protocol): System {
  const isLast = visited.size >= cell.path.length - 1
  const habits = new Set(story.world.habits.get(run.actor.principal)?.map(({ name }) => name))
  const fresh = story.world.systems.filter(
    (system) => system.protocol === protocol && !visited.has(system.name) && !habits.has(system.name),
  )
  const privileged = story.world.privileged.filter((system) => system.protocol === protocol && !visited.has(system.name))
  if (isLast && privileged.length > 0 && random.chance(0.7)) return random.pick(privileged)
  return random.pick(fresh.length > 0 ? fresh : [...privileged, ...story.world.systems.filter((system) => system.protocol === protocol)])
}

function endSessions({ story, run, nowUs, random, id }: Attack): void {
  const rootRun = run.lineage[0] ?? run.id
  const touched = new Set(story.hops.filter(({ attack }) => attack === id).flatMap(({ from, to }) => [from.access, to.access]))
  for (const session of story.sessions) {
    const isOurs = touched.has(session) || session.run.id === rootRun || session.run.lineage[0] === rootRun
    if (isOurs && session.endUs === null) story.close(session, Math.max(lastUsOf(session), nowUs) + random.between(1, 90) * SECOND)
  }
}
