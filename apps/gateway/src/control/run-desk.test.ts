import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { digestValue } from '@hoptrace/events'
import { describe, expect, it } from 'vitest'
import { GatewayAccess } from '../access/gateway-access.ts'
import { RunLog } from '../access/run-log.ts'
import { RunRegistry } from '../access/run-registry.ts'
import { Target } from '../access/target.ts'
import { TargetDirectory } from '../access/target-directory.ts'
import { SystemClock } from '../recording/clock.ts'
import { aDigestKey, aSpoolDir, eventsIn, openRecordings } from '../recording/recordings.test-support.ts'
import { Callers } from './callers.ts'
import { Problem } from './problem.ts'
import { RunDesk } from './run-desk.ts'

const common = { protocol: 'postgres', account: 'app', database: 'x', password: { env: 'X' } } as const
const targets = ['orders', 'payroll'].map((name) => Target.parse({ ...common, name, address: `${name}.internal:5432` }))
const OPERATOR = 'hopop_operator'

function aDesk() {
  const dir = aSpoolDir()
  const recordings = openRecordings(dir)
  const runs = new RunRegistry(new RunLog(join(mkdtempSync(join(tmpdir(), 'hoptrace-runs-')), 'runs.log')), new SystemClock(), randomBytes)
  const directory = new TargetDirectory(targets)
  const access = new GatewayAccess(runs, directory, recordings)
  const callers = new Callers(OPERATOR, runs, (token) => access.refuseControl(token))
  const desk = new RunDesk(runs, directory, recordings, access)
  const as = (token: string) => callers.identify(`Bearer ${token}`)
  const decided = async () => {
    await recordings.close()
    return eventsIn(dir).filter((event) => event.type === 'access.decided')
  }
  return { desk, runs, as, decided }
}

const request = (target: string) => ({ principal: 'agent-a', ttlSeconds: 60, grants: [{ target, protocol: 'postgres' }] })

function refusalOf(work: () => unknown): number {
  try {
    work()
  } catch (error) {
    if (error instanceof Problem) return error.getStatus()
    throw error
  }
  return 200
}

describe('the run desk', () => {
  it('records that a run asked to delegate a target which it does not hold', async () => {
    const { desk, as, decided } = aDesk()
    const { run, token } = desk.start(request('orders'), as(OPERATOR))
    expect(refusalOf(() => desk.start(request('payroll'), as(token)))).toBe(403)
    expect((await decided()).map((event) => event.body)).toMatchObject([
      { decision: 'deny', reason: 'not-granted', asked: { target: 'payroll' }, by: { run: run.id } },
    ])
  })

  it('records a token that lets nobody in by its digest, and whose it was once the run has ended', async () => {
    const { desk, as, decided } = aDesk()
    const { run, token } = desk.start(request('orders'), as(OPERATOR))
    desk.revoke(run.id, '', as(OPERATOR))
    expect([refusalOf(() => as('found-secret')), refusalOf(() => as(token))]).toEqual([401, 401])
    const events = await decided()
    expect(events.map((event) => event.body)).toMatchObject([
      { reason: 'unknown-token', asked: { target: 'hoptrace' }, by: null },
      { reason: 'revoked', by: { run: run.id } },
    ])
    expect(events[0]?.observables[0]).toMatchObject({ role: 'presented', digest: digestValue(aDigestKey, 'credential', 'found-secret') })
    expect(JSON.stringify(events)).not.toContain('found-secret')
  })

  it('mints nothing for a run that has been revoked, or for one whose parent has', () => {
    const { desk, as } = aDesk()
    const parent = desk.start(request('orders'), as(OPERATOR))
    const child = desk.start({ ...request('orders'), ttlSeconds: 30 }, as(parent.token))
    desk.revoke(parent.run.id, '', as(OPERATOR))
    for (const token of [parent.token, child.token]) expect(refusalOf(() => desk.start(request('orders'), as(token)))).toBe(401)
  })

  it.each([
    ['an endless life', { ttlSeconds: Number.MAX_VALUE }],
    ['a fraction of a second', { ttlSeconds: 0.5 }],
    ['a negative life', { ttlSeconds: -1 }],
    ['a lineage of its own', { lineage: [] }],
    ['a root of its own', { rootPrincipal: 'ana' }],
    ['members of every object', JSON.parse('{"__proto__": {"forward": true}, "constructor": 1}')],
    ['a target by its other spelling', { grants: [{ target: 'ORDERS', protocol: 'postgres' }] }],
  ])('refuses %s', (_, part) => {
    const { desk, as } = aDesk()
    expect(refusalOf(() => desk.start({ ...request('orders'), ...part }, as(OPERATOR)))).toBe(400)
  })
})
