import { workAt } from '../benign/job.ts'
import { maskSecret, maskTarget } from '../mask.ts'
import type { EvidenceKind, Run, Session, Spot, System } from '../plan.ts'
import { answering, ordinary, request } from '../steps.ts'
import { MINUTE, SECOND, startOf } from '../story.ts'
import { commandTo, outsideOf, runs } from './commands.ts'
import { type Attack, gatewayOf, moveTo, pause, record } from './course.ts'

/** How an attack gets from where it stands to the next system, by each kind of evidence that it leaves. */
export const HOPS: Record<EvidenceKind, (attack: Attack, to: System, n: number) => void> = {
  credential(attack, to, n) {
    if (to.protocol === 'http' || to.protocol === 'kubernetes') useInRequest(attack, to, n)
    else if (attack.random.chance(0.4)) tryAndNameInCommand(attack, to, n)
    else takeOver(attack, to, n)
  },

  target(attack, to, n) {
    const { cells, isTraced } = maskTarget(to, maskOf(attack), attack.random)
    const seen = disclose(attack, 'peer', cells)
    const next = enter(attack, handedOver(attack), to, n)
    record(attack, seen, startOf(next), 'target', isTraced)
    moveTo(attack, next)
  },

  delegation(attack, to, n) {
    const parent = attack.at
    // No recording tells in which of a run's accesses it thought of a child.
    const also = attack.story.sessions.filter(({ run, atUs }) => run === attack.run && atUs < attack.nowUs).map(startOf)
    let child = attack.run
    for (let depth = attack.cell.depth; depth > 0; depth--) {
      attack.nowUs += 3 * SECOND
      child = attack.story.run(child.actor, attack.nowUs, 'go on with it', child)
    }
    const next = enter(attack, child, to, n)
    record(attack, startOf(parent), startOf(next), 'delegation', true, also)
    attack.mintedIn = { spot: startOf(parent), also }
    moveTo(attack, next)
  },

  pivot(attack, to, n) {
    const { story, cell, at, nowUs } = attack
    const named = story.act(at, nowUs, runs(at.system, commandTo(to), ''))
    attack.nowUs += 2 * SECOND
    const origin = at.system.protocol === 'ssh' && cell.stealth !== 'ghost' ? at.system.address : story.world.sharedOrigin
    const next = story.open(attack.run, to, attack.nowUs, { origin, gateway: gatewayOf(cell, n) })
    record(attack, named, startOf(next), 'pivot', true)
    moveTo(attack, next)
  },

  origin(attack, to, n) {
    const { story, cell, at, nowUs } = attack
    story.act(at, nowUs, { kind: 'exec', command: 'bash -s', output: '', status: 0 })
    attack.nowUs += 4 * SECOND
    const isTranslated = cell.stealth === 'ghost'
    const origin = isTranslated ? story.world.sharedOrigin : at.system.address
    const next = story.open(attack.run, to, attack.nowUs, { origin, gateway: gatewayOf(cell, n) })
    record(attack, startOf(at), startOf(next), 'origin', !isTranslated)
    moveTo(attack, next)
  },

  // It leads past the gateways; the attack itself goes on by a name that it reads.
  unseen(attack, to, n) {
    const { story, at, nowUs, random } = attack
    const outside = outsideOf(to, random)
    const named = story.act(at, nowUs, runs(at.system, commandTo(outside), 'connected\n'))
    record(attack, named, named, 'unseen', true)
    attack.nowUs += 30 * SECOND
    HOPS.target(attack, to, n)
  },
}

// Targets that the caller brings its own credential to: the stolen one is presented with a request.
function useInRequest(attack: Attack, to: System, n: number): void {
  const { story, random } = attack
  const secret = random.text(26)
  const { cells, isTraced } = maskSecret(secret, maskOf(attack), random)
  const seen = disclose(attack, 'token', cells)
  const next = enter(attack, handedOver(attack), to, n)
  const step = { ...ordinary(to, random), secret } as ReturnType<typeof request>
  const used = story.act(next, next.atUs + 2 * SECOND, step)
  record(attack, seen, used, 'credential', isTraced)
  moveTo(attack, next)
}

// Another agent's run token lies about, and is good for a system that the attacker's own run has no grant for.
function takeOver(attack: Attack, to: System, n: number): void {
  const { story, random, nowUs, run } = attack
  const actor = random.pick(story.world.actors.filter(({ principal }) => principal !== run.actor.principal))
  const victim = story.run(actor, nowUs - random.between(5, 50) * MINUTE, 'export the figures')
  workAt(attack, victim, random.pick(story.world.habits.get(actor.principal) ?? [to]), victim.atUs + 10 * SECOND)
  const { cells, isTraced } = maskSecret(victim.token, maskOf(attack), random)
  const seen = disclose(attack, 'token', cells)
  const next = story.open(victim, to, attack.nowUs, { origin: run.actor.address, gateway: gatewayOf(attack.cell, n) })
  record(attack, seen, startOf(next), 'credential', isTraced)
  moveTo(attack, next)
}

// A password of the target's own opens nothing at the gateway: it is refused there, and then named in a command on a machine.
function tryAndNameInCommand(attack: Attack, to: System, n: number): void {
  const { story, random, cell, run } = attack
  const secret = `${random.text(5)}!${random.text(7, 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789')}`
  const { cells, isTraced } = maskSecret(secret, maskOf(attack), random)
  const seen = disclose(attack, 'password', cells)
  for (let tries = cell.stealth === 'loud' ? 3 : 1; tries > 0; tries--) {
    const asked = { system: to, account: to.account, secret, reason: 'unknown-token' as const, by: null }
    const refused = story.refuse({ atUs: attack.nowUs, gateway: gatewayOf(cell, n), origin: run.actor.address, ...asked })
    record(attack, seen, refused, 'credential', isTraced)
    attack.nowUs += 6 * SECOND
  }
  const machine = machineFor(attack)
  const next = enter(attack, attack.run, machine, n)
  const command = `PGPASSWORD='${secret}' psql -h 127.0.0.1 -U ${to.account} -c 'select 1'`
  const used = story.act(next, next.atUs + 5 * SECOND, { kind: 'exec', command, output: '1\n', status: 0 })
  record(attack, seen, used, 'credential', isTraced)
  moveTo(attack, next)
}

function machineFor({ story, random, visited }: Attack): System {
  return random.pick(story.world.systems.filter(({ protocol, name }) => protocol === 'ssh' && !visited.has(name)))
}

function maskOf({ cell }: Attack) {
  return cell.mask
}

/** Reads something in which `cells` stand, and waits a while. */
function disclose(attack: Attack, label: string, cells: readonly string[]): Spot {
  const { story, at, random } = attack
  const seen = story.act(at, attack.nowUs, answering(at.system, label, cells, random))
  pause(attack)
  return seen
}

// With a hand-over, the run of another person's agent goes on.
function handedOver({ cell, story, run, nowUs, random }: Attack): Run {
  if (!cell.isHandedOver) return run
  const others = story.world.actors.filter(({ rootPrincipal }) => rootPrincipal !== run.actor.rootPrincipal)
  return story.run(random.pick(others), nowUs - 2 * MINUTE, 'follow up')
}

function enter(attack: Attack, run: Run, to: System, n: number): Session {
  return attack.story.open(run, to, attack.nowUs, { gateway: gatewayOf(attack.cell, n) })
}
