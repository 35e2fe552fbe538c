import { answering, ordinary, podList, request } from '../steps.ts'
import { MINUTE, SECOND } from '../story.ts'
import { after, habit, habitsOf, type Job, workAt } from './job.ts'

/** Looks at several systems that its configuration or its task names; through a pool of connections to the first. */
export function report(job: Job): void {
  const { story, random, actor, atUs } = job
  const systems = random.some(habitsOf(job), random.between(2, 4))
  const isNamed = random.chance(0.5)
  const task = isNamed ? `weekly report from ${systems.map(({ host }) => host).join(', ')}` : 'weekly report'
  const run = story.run(actor, atUs, task)
  let at = atUs + random.between(2, 40) * SECOND
  const [first, ...others] = systems
  if (!first) return
  const pool = Array.from({ length: random.between(1, 4) }, (_, n) => workAt(job, run, first, at + n * 300_000))
  at = Math.max(...pool.map((session) => after(session, random)))
  for (const system of others) at = after(workAt(job, run, system, at), random)
}

/** Reads a list of all there is, as many do, and then uses what its configuration has told it to use. */
export function readRegistry(job: Job): void {
  const { story, random, actor, atUs } = job
  const run = story.run(actor, atUs, 'nightly inventory')
  const { registry, systems } = story.world
  const session = story.open(run, registry, atUs + 9 * SECOND)
  story.act(session, atUs + 12 * SECOND, request('GET', '/v1/services', JSON.stringify(systems.map(({ name, host }) => ({ name, host })))))
  story.close(session, atUs + 60 * SECOND)
  workAt(job, run, habit(job), atUs + random.between(2, 15) * MINUTE)
}

/** Pages through what an API answers; links and cursors lead back to the API itself. */
export function page(job: Job): void {
  const { story, random, actor, atUs } = job
  const run = story.run(actor, atUs, 'collect the invoices')
  const api = habit(job, 'http')
  const session = story.open(run, api, atUs + 3 * SECOND)
  let at = atUs + 4 * SECOND
  for (let n = 0; n < random.between(3, 9); n++) {
    const next = `http://${api.host}:${api.port}/v1/invoices?page=${n + 1}&cursor=${random.text(18)}`
    story.act(session, at, request('GET', `/v1/invoices?page=${n}`, JSON.stringify({ items: [], next })))
    at += random.between(1, 40) * SECOND
  }
  story.close(session, at)
}

/** Rolls something out: looks for pods, reads one, runs a command in it, changes the deployment, and looks at the service. */
export function deploy(job: Job): void {
  const { story, random, actor, atUs } = job
  const run = story.run(actor, atUs, 'roll out the new image')
  const cluster = habit(job, 'kubernetes')
  const pod = `web-${random.text(9, 'bcdfghjklmnpqrstvwxz2456789')}-${random.text(5, 'bcdfghjklmnpqrstvwxz2456789')}`
  const session = story.open(run, cluster, atUs + 5 * SECOND)
  const base = { kind: 'kubernetes', namespace: 'shop', secret: null, body: null } as const
  const answer = JSON.stringify({ kind: 'Pod', metadata: { name: pod, namespace: 'shop' }, status: { phase: 'Running' } })
  story.act(session, atUs + 8 * SECOND, { ...base, verb: 'list', resource: 'pods', name: null, answer: podList([pod]) })
  story.act(session, atUs + 20 * SECOND, { ...base, verb: 'get', resource: 'pods', name: pod, answer })
  story.act(session, atUs + 40 * SECOND, { kind: 'container', namespace: 'shop', pod, command: 'nginx -t', output: 'syntax is ok\n' })
  const image = JSON.stringify({ spec: { image: `shop/web:${random.between(100, 900)}` } })
  story.act(session, atUs + 70 * SECOND, { ...base, verb: 'patch', resource: 'deployments', name: 'web', answer: '{}', body: image })
  story.close(session, atUs + 2 * MINUTE)
  workAt(job, run, habit(job, 'http'), atUs + 3 * MINUTE)
}

/** Tries with a token that has expired, or another account, or before the target is up; then as it should. */
export function retry(job: Job): void {
  const { story, random, actor, atUs } = job
  const system = habit(job)
  const old = story.run(actor, atUs - 90 * MINUTE, 'sync')
  const run = story.run(actor, atUs, 'sync')
  let at = atUs + 2 * SECOND
  for (let tries = random.between(1, 4); tries > 0; tries--) {
    const reason = random.pick(['expired', 'wrong-account'] as const)
    const token = reason === 'expired' ? old : run
    const asked = { system, account: reason === 'wrong-account' ? 'admin' : system.account, secret: token.token, reason, by: token }
    story.refuse({ atUs: at, gateway: 0, origin: actor.address, ...asked })
    at += random.between(1, 30) * SECOND
  }
  workAt(job, run, system, at)
}

/** Reads values that stand in many places: a mail relay, a time server, a version. */
export function common(job: Job): void {
  const { story, random, actor, atUs } = job
  const run = story.run(actor, atUs, 'check the settings')
  const system = habit(job)
  const session = story.open(run, system, atUs + SECOND)
  story.act(
    session,
    atUs + 3 * SECOND,
    answering(system, 'settings', ['smtp.corp.internal', 'ntp.corp.internal', 'localhost', '1.28.4'], random),
  )
  story.act(session, atUs + 9 * SECOND, ordinary(system, random))
  story.close(session, atUs + MINUTE)
  workAt(job, run, habit(job), atUs + 4 * MINUTE)
}
