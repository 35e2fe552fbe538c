import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  EventFacts,
  HopSources,
  openStore,
  Reached,
  RecordedActs,
  RunAgents,
  type SessionEventInsert,
  SessionEvents,
  type Store,
} from '../index.ts'
import { aRow, enginesToTest, id, type StorePlace } from '../store.test-support.ts'

const T = 1_700_000_000_000_000
const DAY_US = 86_400_000_000
const runId = (n: number) => `019aa0c0-0000-7000-9000-${String(n).padStart(12, '0')}`

describe.each(enginesToTest)('what rules are asked with, $engine', ({ aPlace }) => {
  let place: StorePlace
  let store: Store
  let tenant: string

  beforeAll(async () => {
    place = await aPlace()
    store = await openStore(place.options)
    await store.migrate()
  })
  afterAll(async () => {
    await store.close()
    await place.remove()
  })
  beforeEach(() => {
    tenant = `tenant-${randomUUID()}`
  })

  const insert = (...rows: Partial<SessionEventInsert>[]) => new SessionEvents(store).insert(rows.map((row) => aRow({ tenant, ...row })))
  const started = (n: number, run: number, agent: object | null, ts: number) => {
    const body = { runId: runId(run), principal: 'bot', agent }
    return { session_id: id(0), seq: n, ts: String(ts), type: 'run.started', target_name: '', content: JSON.stringify({ body }) }
  }
  const opened = (n: number, run: number | null, target: string, ts: number) => {
    const where = { target_name: target, target_protocol: 'ssh', target_account: 'root', principal: 'bot' }
    return { session_id: id(n), ts: String(ts), type: 'access.decided', outcome: 'allow', run: run === null ? null : runId(run), ...where }
  }

  it('knows what an agent reached first, whatever its version and its run', async () => {
    await insert(
      started(1, 1, { template: 'fixer', version: '1' }, T),
      started(2, 2, { template: 'fixer', version: '2' }, T + DAY_US),
      started(3, 3, null, T + DAY_US),
      opened(1, 1, 'bastion', T + 5),
      opened(2, 2, 'bastion', T + DAY_US + 5),
      opened(3, 3, 'orders', T + DAY_US + 6),
      opened(4, null, 'billing', T + 7),
      { ...opened(5, 1, 'vault', T + 8), outcome: 'not-granted' },
    )
    const reached = new Reached(store)
    const ssh = { protocol: 'ssh' }
    expect(await reached.byActors(tenant, ['agent:fixer', 'principal:bot'], ['bastion', 'orders', 'billing', 'vault'])).toEqual([
      { actor: 'agent:fixer', target: 'bastion', firstUs: T + 5, ...ssh },
      { actor: 'principal:bot', target: 'billing', firstUs: T + 7, ...ssh },
      { actor: 'principal:bot', target: 'orders', firstUs: T + DAY_US + 6, ...ssh },
    ])
    expect(await reached.byRuns(tenant, [runId(2), runId(9)])).toEqual([
      { run: runId(2), target: 'bastion', account: 'root', firstUs: T + DAY_US + 5, ...ssh },
    ])
    const agents = new RunAgents(store)
    expect(await agents.find(tenant, [runId(2), runId(3)])).toEqual([
      { run: runId(2), actor: 'agent:fixer', template: 'fixer', version: '2' },
      { run: runId(3), actor: 'principal:bot', template: null, version: null },
    ])
    expect(await agents.history(tenant, ['agent:fixer'], T + 2 * DAY_US)).toEqual([{ actor: 'agent:fixer', runs: 2, days: 2 }])
    expect(await agents.history(tenant, ['agent:fixer'], T + 1)).toEqual([{ actor: 'agent:fixer', runs: 1, days: 1 }])
  })

  it('sums up what was done in a session, each event once, however often it was saved', async () => {
    const facts = new EventFacts(store)
    const row = {
      sessionId: id(1),
      seq: 1,
      tsUs: T,
      type: 'ssh.exec',
      acts: ['write'],
      commands: 1,
      writes: 1,
      rows: 0,
      bytes: 4,
      rules: [],
      version: 1,
    }
    await facts.save(tenant, [row, { ...row, seq: 2, tsUs: T + 1, acts: ['exec', 'write'], rules: ['r-1'] }])
    await facts.save(tenant, [{ ...row, bytes: 6, version: 2 }])
    expect(await facts.ofSessions(tenant, [id(1), id(2)])).toEqual([
      { sessionId: id(1), acts: ['exec', 'write'], commands: 2, writes: 2, rows: 0, bytes: 10 },
    ])
    const span = { fromUs: T, toUs: T + 1 }
    expect(await facts.matches(tenant, span, ['r-1', 'r-2'], 10)).toMatchObject([{ seq: 2, rules: ['r-1'] }])
    expect(await facts.matches(tenant, span, ['r-2'], 10)).toEqual([])
    expect(await facts.matchHours(tenant, span)).toEqual([Math.floor(T / 3_600_000_000)])
    expect(await facts.matchHoursOf(tenant, [id(1)], span)).toEqual([Math.floor(T / 3_600_000_000)])
    expect(await facts.matchHoursOf(tenant, [id(2)], span)).toEqual([])
    expect(await facts.find(tenant, [{ sessionId: id(1), seq: 1 }])).toMatchObject([{ bytes: 6, version: 2 }])
    expect(await facts.inSessions(tenant, [id(1)], { fromUs: T + 1, toUs: T + 1 })).toMatchObject([{ seq: 2 }])
  })

  it('finds what fits a rule and a session first, however much another fits', async () => {
    const facts = new EventFacts(store)
    const own = { type: 'ssh.exec', acts: [], commands: 1, writes: 0, rows: 0, bytes: 0, version: 1 }
    const flood = Array.from({ length: 50 }, (_, seq) => ({ ...own, sessionId: id(70), seq, tsUs: T + seq, rules: ['r-1'] }))
    const others = [
      { ...own, sessionId: id(70), seq: 90, tsUs: T + 90, rules: ['r-9'] },
      { ...own, sessionId: id(71), seq: 1, tsUs: T + 91, rules: ['r-1'] },
    ]
    await facts.save('flooded', [...flood, ...others])
    const found = await facts.matches('flooded', { fromUs: T, toUs: T + 100 }, ['r-1', 'r-9'], 10)
    expect(found).toHaveLength(10)
    expect(found.slice(-2)).toEqual(others)
    expect(found.map(({ tsUs }) => tsUs)).toEqual([...found].map(({ tsUs }) => tsUs).sort((a, b) => a - b))
  })

  it('finds what was asked for the answer that a value stood in', async () => {
    const facts = new EventFacts(store)
    const row = { sessionId: id(1), tsUs: T, acts: [], commands: 1, writes: 0, rows: 0, bytes: 0, rules: [], version: 1 }
    await facts.save(tenant, [
      { ...row, seq: 1, type: 'ssh.exec', acts: ['service-account-token'] },
      { ...row, seq: 5, type: 'ssh.exec' },
      { ...row, seq: 8, type: 'sql.statement', acts: ['write'] },
    ])
    await insert(
      { seq: 3, type: 'terminal.output', content: '{"body":{}}' },
      { seq: 6, type: 'terminal.output', content: '{"body":{}}' },
      { seq: 9, type: 'sql.result', content: '{"body":{"statement":8}}' },
    )
    const at = (seq: number) => ({ sessionId: id(1), seq })
    expect(await new HopSources(store).find(tenant, [at(3), at(6), at(9), at(9)])).toEqual([
      { ...at(3), type: 'terminal.output', acts: ['service-account-token'] },
      { ...at(6), type: 'terminal.output', acts: [] },
      { ...at(9), type: 'sql.result', acts: ['write'] },
    ])
  })

  it('reads events of the types that are asked for, one under each seq', async () => {
    const acts = new RecordedActs(store)
    await insert(
      { seq: 1, ts: String(T), type: 'ssh.exec', hash: 'a'.repeat(64), content: 'lesser' },
      { seq: 1, ts: String(T), type: 'ssh.exec', hash: 'b'.repeat(64), content: 'greater' },
      { seq: 2, ts: String(T + 1), type: 'terminal.output', hash: 'c'.repeat(64) },
      { seq: 3, ts: String(T + 2), type: 'ssh.exit', hash: 'd'.repeat(64) },
      { seq: 4, ts: String(T + 3), type: 'http.response', outcome: '403', content: '{"body":{"request":3}}' },
    )
    const rows = []
    for await (const each of acts.inSessions(tenant, [id(1)], { fromUs: T, toUs: T + 1 }, ['ssh.exec', 'ssh.exit'])) rows.push(each)
    expect(rows).toMatchObject([{ seq: 1, content: 'lesser', tsUs: T }])
    const ranged = []
    for await (const each of acts.inRange(tenant, { fromUs: T, toUs: T + 9 }, ['ssh.exec', 'ssh.exit'], 9)) ranged.push(each.seq)
    expect(ranged).toEqual([1, 3])
    expect(await acts.find(tenant, [{ sessionId: id(1), seq: 2 }])).toMatchObject([{ seq: 2 }])
    expect(await acts.conflicts(tenant, [id(1), id(2)])).toEqual([{ sessionId: id(1), seq: 1 }])
    expect(await acts.statuses(tenant, [{ sessionId: id(1), seq: 3 }])).toEqual(new Map([[`${id(1)}/3`, 403]]))
  })
})
