import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  AlertActions,
  AlertDeliveries,
  Alerts,
  lifeOf,
  type NewAlertAction,
  openStore,
  RuleVersions,
  type Store,
  type StoredAlert,
  Suppressions,
  suppressionOf,
} from '../index.ts'
import { enginesToTest, type StorePlace } from '../store.test-support.ts'

const T = Date.UTC(2026, 9, 3, 9) * 1000
const anId = (n: number) => n.toString(16).padStart(32, '0')
const RUN = '019aa0c0-0000-7000-8000-000000000001'

function anAlert(n: number, over: Partial<StoredAlert> = {}): StoredAlert {
  const at = { session: RUN, seq: 3, tsUs: T, ms: 5 }
  const judged = { severity: 'high', response: 'page' } as const
  const finding = { ...judged, anchor: `hop:${anId(7)}`, at, access: RUN, refs: [], sentence: 's' }
  return {
    id: anId(n),
    redirectTo: null,
    isDeleted: false,
    version: 1,
    chainId: anId(99),
    severity: 'high',
    response: 'page',
    sentence: `alert ${n}`,
    principal: 'agent',
    rootPrincipal: 'ana',
    runs: [RUN],
    targets: ['orders', 'bastion'],
    protocols: ['postgres', 'ssh'],
    rules: ['r-1'],
    firstTs: T + n,
    lastTs: T + n,
    raisedAtMs: T / 1000,
    content: {
      findings: [{ ...finding, rule: { id: 'r-1', title: 'A rule', revision: 'abc', tags: ['attack.t1021'] } }],
      reach: { targets: [{ target: 'bastion', protocol: 'ssh', account: 'root', isRefused: false }], writes: 1, rows: 2, bytes: 3 },
      rotate: [{ kind: 'credential', digest: anId(5), seenAt: at, usedAt: null, target: 'bastion', account: null, wasAccepted: true }],
      weakest: { hop: anId(7), score: 6000 },
      baseline: { id: 'day:20777', runs: 3, days: 2, isWarm: false },
    },
    ...over,
  }
}

const anAction = (over: Partial<NewAlertAction> = {}): NewAlertAction => ({
  id: randomUUID(),
  kind: 'acknowledge',
  atUs: T,
  by: 'ana',
  subject: 'sub-ana',
  reason: '',
  assignee: null,
  note: '',
  severity: 'high',
  response: 'page',
  ...over,
})

describe.each(enginesToTest)('alerts and what people do with them, $engine', ({ aPlace }) => {
  let place: StorePlace
  let store: Store
  let tenant: string
  let alerts: Alerts
  let actions: AlertActions

  beforeAll(async () => {
    place = await aPlace()
    store = await openStore(place.options)
    await store.migrate()
    alerts = new Alerts(store)
    actions = new AlertActions(store)
  })
  afterAll(async () => {
    await store.close()
    await place.remove()
  })
  beforeEach(() => {
    tenant = `tenant-${randomUUID()}`
  })

  const idsBy = async (filter: Parameters<Alerts['list']>[1]) => (await alerts.list(tenant, filter)).map(({ id }) => Number(`0x${id}`))

  it('come back as they were saved, latest first, and by pages', async () => {
    await alerts.save(tenant, [anAlert(1), anAlert(2), anAlert(3)])
    const { redirectTo: _, isDeleted: __, version: ___, ...first } = anAlert(1)
    expect(await alerts.find(tenant, anId(1))).toEqual({ kind: 'alert', alert: first, isRedirected: false })
    expect(await idsBy({})).toEqual([3, 2, 1])
    expect(await idsBy({ limit: 1, after: { firstTs: T + 3, id: anId(3) } })).toEqual([2])
    expect(await alerts.find(tenant, anId(4))).toEqual({ kind: 'unknown' })
    expect(await alerts.find('another', anId(1))).toEqual({ kind: 'unknown' })
  })

  it('are found by each part of a filter', async () => {
    await alerts.save(tenant, [
      anAlert(1),
      anAlert(2, { severity: 'low', response: 'queue', rules: ['r-2', 'r-3'], targets: ['billing'], chainId: null }),
      anAlert(3, { principal: 'other', rootPrincipal: 'bo', runs: [], lastTs: T + 1000 }),
    ])
    expect(await idsBy({ severities: ['low', 'critical'] })).toEqual([2])
    expect(await idsBy({ responses: ['page'] })).toEqual([3, 1])
    expect(await idsBy({ rule: 'r-3' })).toEqual([2])
    expect(await idsBy({ principal: 'bo' })).toEqual([3])
    expect(await idsBy({ target: 'billing' })).toEqual([2])
    expect(await idsBy({ run: RUN })).toEqual([2, 1])
    expect(await idsBy({ chain: anId(99) })).toEqual([3, 1])
    expect(await idsBy({ from: T + 900 })).toEqual([3])
    expect(await idsBy({ from: T, to: T + 2 })).toEqual([1])
    expect(await alerts.count(tenant, { responses: ['page'] })).toBe(2)
    expect(await alerts.countByRule(tenant, T, T + 3)).toEqual(
      new Map([
        ['r-1', 1],
        ['r-2', 1],
        ['r-3', 1],
      ]),
    )
    expect((await alerts.findOfEvents(tenant, { fromUs: T, toUs: T + 9 })).map(({ id }) => id)).toEqual([anId(2)])
  })

  it('lead on from where they were addressed before, and take along what was done there', async () => {
    await alerts.save(tenant, [anAlert(1), anAlert(2)])
    await actions.append(tenant, anId(2), 0, anAction())
    await alerts.save(tenant, [anAlert(2, { redirectTo: anId(1), version: 2 })])
    expect(await alerts.find(tenant, anId(2))).toMatchObject({ kind: 'alert', alert: { id: anId(1) }, isRedirected: true })
    expect(await alerts.aliases(tenant, [anId(1)])).toEqual([{ id: anId(2), redirectTo: anId(1) }])
    expect(lifeOf(await actions.list(tenant, [anId(1), anId(2)]), anAlert(1)).state).toBe('acknowledged')
    expect(await idsBy({ states: ['acknowledged'] })).toEqual([1])
    expect(await idsBy({ states: ['open'] })).toEqual([])
    await alerts.save(tenant, [anAlert(1, { isDeleted: true, version: 2 })])
    expect(await alerts.find(tenant, anId(2))).toEqual({ kind: 'gone' })
  })

  it('are in the state that the last action left them in', async () => {
    await alerts.save(tenant, [anAlert(1), anAlert(2), anAlert(3), anAlert(4)])
    await actions.append(tenant, anId(1), 0, anAction({ kind: 'close', reason: 'benign' }))
    await actions.append(tenant, anId(2), 0, anAction({ kind: 'close', reason: 'benign' }))
    await actions.append(tenant, anId(2), 1, anAction({ kind: 'reopen', atUs: T + 1 }))
    await actions.append(tenant, anId(3), 0, anAction({ kind: 'assign', assignee: 'bo' }))
    expect(await idsBy({ states: ['closed'] })).toEqual([1])
    expect(await idsBy({ states: ['open'] })).toEqual([4, 3, 2])
    expect(await idsBy({ states: ['open', 'closed'] })).toEqual([4, 3, 2, 1])
    expect(lifeOf(await actions.list(tenant, [anId(1)]), anAlert(1))).toEqual({ state: 'closed', assignee: null, reason: 'benign' })
    expect(lifeOf(await actions.list(tenant, [anId(3)]), anAlert(3))).toEqual({ state: 'open', assignee: 'bo', reason: null })
  })

  it.each([
    ['a greater severity', { severity: 'high' }, { severity: 'critical' }, 'open'],
    ['a more urgent response', { response: 'queue' }, {}, 'open'],
    ['less of both', { severity: 'critical' }, { severity: 'low', response: 'log' }, 'closed'],
    ['a severity that nobody noted', { severity: '', response: '' }, { severity: 'critical' }, 'closed'],
  ] as const)('with %s than when they were closed are %4$s', async (_, was, is, state) => {
    await alerts.save(tenant, [anAlert(1, is), anAlert(2)])
    await actions.append(tenant, anId(1), 0, anAction({ kind: 'close', reason: 'benign', ...was }))
    expect(lifeOf(await actions.list(tenant, [anId(1)]), anAlert(1, is)).state).toBe(state)
    expect(await idsBy({ states: [state] })).toEqual(state === 'open' ? [2, 1] : [1])
    expect(await idsBy({ states: ['closed', 'acknowledged'] })).toEqual(state === 'open' ? [] : [1])
  })

  it('that one takes over when it had been closed are open again where it is less than they were', async () => {
    await alerts.save(tenant, [anAlert(1, { severity: 'low', response: 'queue' }), anAlert(2)])
    await actions.append(tenant, anId(1), 0, anAction({ kind: 'close', reason: 'benign', severity: 'low', response: 'queue' }))
    await alerts.save(tenant, [anAlert(1, { version: 2 }), anAlert(2, { redirectTo: anId(1), version: 2 })])
    expect(await idsBy({ states: ['open'] })).toEqual([1])
  })

  it('let one of many actions at once count, and tell the others', async () => {
    const told = await Promise.all(Array.from({ length: 8 }, (_, n) => actions.append(tenant, anId(1), 0, anAction({ atUs: T + n }))))
    const listed = await actions.list(tenant, [anId(1)])
    expect(listed).toHaveLength(1)
    // An action that came before a lesser one was stored may have been told that it counts; whoever looks again sees which does.
    expect(told.filter(({ kind }) => kind === 'conflict').length).toBeGreaterThan(0)
    expect(await actions.append(tenant, anId(1), 0, anAction())).toEqual({ kind: 'conflict', revision: 1 })
    expect(await actions.append(tenant, anId(1), 1, anAction({ kind: 'note', note: 'x' }))).toEqual({ kind: 'appended', revision: 2 })
  })

  it('suppress what all parts of a suppression fit, until it ends or is lifted', async () => {
    const suppressions = new Suppressions(store)
    const common = { reason: 'a drill', owner: 'ana', createdBy: 'ana', createdAtUs: T, untilUs: T + 1000 }
    const [byRule, byBoth] = [randomUUID(), randomUUID()]
    await suppressions.add(tenant, { ...common, id: byRule, rule: 'r-1', principal: null, target: null })
    await suppressions.add(tenant, { ...common, id: byBoth, rule: null, principal: 'bo', target: 'orders', createdAtUs: T + 1 })
    const rows = await suppressions.list(tenant, { atUs: T })
    expect(rows.map(({ id }) => id)).toEqual([byBoth, byRule])
    expect(suppressionOf(anAlert(1), rows)?.id).toBe(byRule)
    expect(suppressionOf(anAlert(1, { rules: ['r-1', 'r-2'] }), rows)).toBeNull()
    const toOrders = { target: 'orders', protocol: 'postgres', account: 'app', isRefused: false } as const
    const reaching = (...targets: StoredAlert['content']['reach']['targets']) => {
      const { content } = anAlert(1)
      return anAlert(1, { rules: ['r-2'], rootPrincipal: 'bo', content: { ...content, reach: { ...content.reach, targets } } })
    }
    expect(suppressionOf(reaching(toOrders), rows)?.id).toBe(byBoth)
    // Whoever went on from there, or passed by, is told of.
    expect(suppressionOf(reaching(toOrders, { ...toOrders, target: 'bastion' }), rows)).toBeNull()
    expect(suppressionOf(anAlert(1, { rules: ['r-2'], rootPrincipal: 'bo' }), rows)).toBeNull()
    expect(await suppressions.list(tenant, { atUs: T + 1000 })).toEqual([])
    expect(await suppressions.lift(tenant, byRule, 'bo', T + 5)).toBe(true)
    expect(await suppressions.lift(tenant, randomUUID(), 'bo', T + 5)).toBe(false)
    expect((await suppressions.list(tenant, { atUs: T + 6 })).map(({ id }) => id)).toEqual([byBoth])
    expect(await suppressions.find(tenant, byRule)).toMatchObject({ liftedBy: 'bo', liftedAtUs: T + 5 })
  })

  it('keep the versions of rules, the last of which counts', async () => {
    const rules = new RuleVersions(store)
    const row = (text: string) =>
      ({ ruleId: 'r-1', id: randomUUID(), text, response: null, isEnabled: true, revision: 'abc', atUs: T, by: 'ana' }) as const
    const before = await rules.mark(tenant)
    expect(await rules.append(tenant, 0, row('a'))).toEqual({ kind: 'appended', revision: 1 })
    expect(await rules.append(tenant, 0, row('b'))).toEqual({ kind: 'conflict', revision: 1 })
    expect(await rules.append(tenant, 1, { ...row('c'), response: 'log', isEnabled: false })).toEqual({ kind: 'appended', revision: 2 })
    expect(await rules.latest(tenant)).toMatchObject([{ ruleId: 'r-1', version: 2, text: 'c', response: 'log', isEnabled: false }])
    expect((await rules.history(tenant, 'r-1')).map(({ text }) => text)).toEqual(['c', 'a'])
    expect(await rules.mark(tenant)).not.toBe(before)
    expect(await rules.mark(tenant)).toBe(await rules.mark(tenant))
  })

  it('know what is still to be delivered', async () => {
    const deliveries = new AlertDeliveries(store)
    const row = { alertId: anId(1), severity: 'high', response: 'page', attempts: 0, atMs: 1000, version: 1 } as const
    await deliveries.save(tenant, [
      { ...row, destination: 'hook', outcome: 'waiting' },
      { ...row, destination: 'chat', outcome: 'waiting' },
    ])
    await deliveries.save(tenant, [{ ...row, destination: 'hook', outcome: 'delivered', attempts: 2, version: 2 }])
    expect((await deliveries.waiting()).filter((each) => each.tenant === tenant)).toMatchObject([{ destination: 'chat' }])
    expect(await deliveries.listByAlerts(tenant, [anId(1)])).toMatchObject([
      { destination: 'chat', outcome: 'waiting' },
      { destination: 'hook', outcome: 'delivered', attempts: 2 },
    ])
  })
})
