import { answering, ordinary, request } from '../steps.ts'
import { HOUR, MINUTE, SECOND, startOf } from '../story.ts'
import { habit, habitsOf, type Job, someMinutes, workAt } from './job.ts'

/** Work in which values do flow, as they should: the truth holds these hops, and nobody wants to be woken by them. */

/** An incident names a machine; that is where to look. */
export function triage(job: Job): void {
  const { story, random, actor, atUs } = job
  const run = story.run(actor, atUs, 'look at the newest incident')
  const incidents = habit(job, 'postgres')
  const machine = random.pick(story.world.systems.filter(({ protocol }) => protocol === 'ssh' || protocol === 'http'))
  const sql = story.open(run, incidents, atUs + 4 * SECOND)
  const seen = story.act(sql, atUs + 9 * SECOND, answering(incidents, 'machine', [machine.host], random))
  story.close(sql, atUs + 30 * SECOND)
  const there = workAt(job, run, machine, atUs + someMinutes(random))
  story.ledTo(seen, startOf(there), 'target')
}

/** The broker hands out a secret for an API, which is then asked with it: an approved path. */
export function brokered(job: Job): void {
  const { story, random, actor, atUs } = job
  const run = story.run(actor, atUs, 'reconcile the ledger')
  const secret = `brk-${random.text(28)}`
  const api = random.pick(habitsOf(job).filter(({ protocol }) => protocol === 'http' || protocol === 'kubernetes'))
  const broker = story.open(run, story.world.broker, atUs + 2 * SECOND)
  const path = `/v1/leases/${api.name}`
  const seen = story.act(broker, atUs + 3 * SECOND, request('POST', path, JSON.stringify({ lease: 3600, secret })))
  story.close(broker, atUs + 5 * SECOND)
  const session = story.open(run, api, atUs + 20 * SECOND)
  const used = story.act(session, atUs + 22 * SECOND, { ...ordinary(api, random), secret } as ReturnType<typeof ordinary>)
  for (let n = 1; n < 4; n++)
    story.act(session, atUs + (22 + 9 * n) * SECOND, { ...ordinary(api, random), secret } as ReturnType<typeof ordinary>)
  story.close(session, atUs + 5 * MINUTE)
  story.ledTo(seen, used, 'credential')
}

/** A token is fetched, used, and renewed while the session with the old one goes on. */
export function renew(job: Job): void {
  const { story, random, actor, atUs } = job
  const run = story.run(actor, atUs, 'keep the feed running')
  const api = habit(job, 'http')
  const tokens = [0, 1].map(() => `ya.${random.text(30)}`)
  const session = story.open(run, api, atUs + 10 * SECOND)
  for (const [n, token] of tokens.entries()) {
    const at = atUs + n * HOUR
    const authority = story.open(run, story.world.authority, at + (n === 0 ? 2 : 15) * SECOND)
    const answer = JSON.stringify({ access_token: token, expires_in: 3600 })
    const seen = story.act(authority, at + (n === 0 ? 3 : 16) * SECOND, request('POST', '/oauth/token', answer))
    story.close(authority, at + 20 * SECOND)
    const used = story.act(session, at + 30 * SECOND, request('GET', '/v1/feed', '{"items":[]}', { secret: token }))
    story.act(session, at + 90 * SECOND, request('GET', '/v1/feed', '{"items":[]}', { secret: token }))
    story.ledTo(seen, used, 'credential')
  }
  story.close(session, atUs + 70 * MINUTE)
}

/** Hands its work to runs of its own, which go where their configuration says. */
export function orchestrate(job: Job): void {
  const { story, random, actor, atUs } = job
  const run = story.run(actor, atUs, 'close the month')
  const tickets = habit(job, 'postgres')
  const parent = story.open(run, tickets, atUs + 3 * SECOND)
  story.act(parent, atUs + 9 * SECOND, ordinary(tickets, random))
  for (let n = random.between(1, 3); n > 0; n--) {
    const child = story.run(actor, atUs + n * MINUTE, 'do a part of it', run)
    for (const system of random.some(habitsOf(job), random.between(1, 2))) {
      const there = workAt(job, child, system, atUs + n * MINUTE + random.between(5, 600) * SECOND)
      story.ledTo(startOf(parent), startOf(there), 'delegation')
    }
  }
  story.close(parent, atUs + 30 * MINUTE)
}

/** Goes over the shared bastion, where others are too, to a machine behind it. */
export function jump(job: Job): void {
  const { story, random, actor, atUs } = job
  const run = story.run(actor, atUs, 'rotate the logs')
  const bastion = random.pick(story.world.bastions)
  const machine = habit(job, 'ssh')
  const outer = story.open(run, bastion, atUs + 2 * SECOND)
  const command = `ssh -o BatchMode=yes svc@${machine.host} uptime`
  const named = story.act(outer, atUs + 20 * SECOND, { kind: 'exec', command, output: 'up 41 days\n', status: 0 })
  const inner = workAt(job, run, machine, atUs + 22 * SECOND, bastion.address)
  story.close(outer, Math.max(inner.endUs ?? 0, atUs + random.between(5, 40) * MINUTE))
  story.ledTo(named, startOf(inner), 'pivot')
}

/** A job of the bastion's own, started by its clock: nobody who is logged in there has led to it. */
export function scheduled(job: Job): void {
  const { story, random, actor, atUs } = job
  const bastion = random.pick(story.world.bastions)
  const run = story.run({ ...actor, principal: 'scheduler', rootPrincipal: 'ops', address: bastion.address }, atUs, 'back up')
  workAt(job, run, random.pick(story.world.systems.slice(0, 3)), atUs + SECOND)
}
