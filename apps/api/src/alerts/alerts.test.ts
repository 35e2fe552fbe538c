import { asPublisher, Ingest } from '@hoptrace/ingest'
import { defaultAlertPolicy } from '@hoptrace/rules'
import { AlertDeliveries, Alerts, type StoredAlert } from '@hoptrace/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AlertDetail, AlertQueue, AlertsPage, Problem, Suppression, SuppressionsAnswer, Triage } from '../contract/index.ts'
import { anId, RecordedSession } from '../testing/recorded-session.ts'
import { ServedApi } from '../testing/served-api.ts'
import { TestStore } from '../testing/store.ts'
import { alertId, aStoredAlert } from '../testing/stored-alert.ts'

const NOW = Date.now() - 3_600_000
let store: TestStore
let api: ServedApi

const anAlert = (n: number, over: Partial<StoredAlert> = {}) => aStoredAlert(n, { firstTs: (NOW + n) * 1000, ...over })
const save = (...alerts: StoredAlert[]) => new Alerts(store.store).save('default', alerts)
const act = (n: number, body: object) => api.post(`/alerts/${alertId(n)}/actions`, body)
const show = async (n: number) => AlertDetail.parse((await api.get(`/alerts/${alertId(n)}`)).body)
const list = async (query = '') => AlertsPage.parse((await api.get(`/alerts${query}`)).body)
const idsOf = ({ items }: { items: { id: string }[] }) => items.map(({ id }) => Number(`0x${id}`))

const run = anId(NOW)
const open = new RecordedSession({ run }, NOW).started()
const ended = new RecordedSession({ run }, NOW + 10).started().ended()

beforeAll(async () => {
  store = await TestStore.open()
  const publisher = asPublisher(new Ingest(store.store, { tenant: 'default', now: Date.now }))
  for (const { encoded } of [open, ended]) await publisher.publish(encoded)
  const policy = { ...defaultAlertPolicy, budgetPerDay: 2, owners: { bastion: 'the platform team' } }
  api = await ServedApi.start({ store: store.store, publisher, alertPolicy: policy })
  await save(anAlert(1, { runs: [run] }), anAlert(2, { severity: 'low', response: 'queue', targets: ['billing'] }), anAlert(3))
  await new AlertDeliveries(store.store).save('default', [
    {
      alertId: alertId(1),
      destination: 'ops',
      severity: 'high',
      response: 'page',
      outcome: 'delivered',
      attempts: 2,
      atMs: NOW,
      version: 1,
    },
  ])
})
afterAll(async () => {
  await api.close()
  await store.close()
})

describe('alerts', () => {
  it('are listed newest first, by pages, and by each part of a query', async () => {
    expect(idsOf(await list())).toEqual([3, 2, 1])
    const first = await list('?limit=2')
    expect(idsOf(first)).toEqual([3, 2])
    expect(idsOf(await list(`?limit=2&cursor=${first.nextCursor}`))).toEqual([1])
    expect(idsOf(await list('?severity=low&severity=critical'))).toEqual([2])
    expect(idsOf(await list('?response=page&target=bastion'))).toEqual([3, 1])
    expect(idsOf(await list(`?run=${run}`))).toEqual([1])
    expect(idsOf(await list('?principal=ana'))).toEqual([3, 2, 1])
    expect(await list('?to=2020-01-01T00:00:00Z')).toMatchObject({ items: [], hasAny: true })
  })

  it('say what was found, how far it reached, what is open still, what to rotate, and who answers for it', async () => {
    const detail = await show(1)
    expect(detail).toMatchObject({
      sentence: 'agent-1, on behalf of ana, used hunter2.internal seen in orders at bastion',
      state: 'open',
      revision: 0,
      open: { sessions: [open.id], liveRuns: [] },
      findings: [{ hopId: alertId(7), rule: { id: 'r-1' }, at: { seq: 3 } }],
      weakest: { hopId: alertId(7), score: 6.5 },
      rotate: [{ target: 'bastion', owner: 'the platform team' }],
      deliveries: [{ to: 'ops', outcome: 'delivered', attempts: 2 }],
      baseline: { isWarm: true },
    })
  })

  it('are unknown where nobody raised them', async () => {
    expect((await api.get(`/alerts/${alertId(77)}`)).status).toBe(404)
    expect((await api.get('/alerts/nonsense')).status).toBe(404)
    expect((await act(77, { kind: 'acknowledge', revision: 0 })).status).toBe(404)
  })

  it('lead on from an address that became part of another, and take its history along', async () => {
    await save(anAlert(10), anAlert(11))
    expect((await act(11, { kind: 'acknowledge', revision: 0, note: 'mine' })).status).toBe(200)
    await save(anAlert(11, { redirectTo: alertId(10), version: 2 }))
    const redirect = await api.fetch(`/alerts/${alertId(11)}`)
    expect([redirect.status, redirect.headers.get('location')]).toEqual([308, `/api/v1/alerts/${alertId(10)}`])
    expect(await show(10)).toMatchObject({ state: 'acknowledged', history: [{ kind: 'acknowledge', note: 'mine', by: 'operator' }] })
    await save(anAlert(10, { isDeleted: true, version: 2 }))
    expect((await api.get(`/alerts/${alertId(10)}`)).status).toBe(404)
  })
})

describe('an action on an alert', () => {
  it('is kept with who did it, and changes where the alert stands', async () => {
    await save(anAlert(20))
    const assigned = AlertDetail.parse(await (await act(20, { kind: 'assign', revision: 0, assignee: 'bo' })).json())
    expect(assigned).toMatchObject({ assignee: 'bo', revision: 1, state: 'open' })
    const closed = AlertDetail.parse(await (await act(20, { kind: 'close', revision: 1, reason: 'benign', note: 'a drill' })).json())
    expect(closed).toMatchObject({ state: 'closed', revision: 2 })
    expect(closed.history.map(({ kind, reason, by }) => [kind, reason, by])).toEqual([
      ['assign', null, 'operator'],
      ['close', 'benign', 'operator'],
    ])
    expect(idsOf(await list('?state=closed'))).toEqual([20])
    expect((await api.get(`/access-log?id=${alertId(20)}`)).body).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ resource: 'alert', span: 'close' })]),
    })
    await save(anAlert(20, { isDeleted: true, version: 2 }))
  })

  it('that lost a race is refused with the revision that won', async () => {
    await save(anAlert(21))
    const both = await Promise.all([1, 2].map((n) => act(21, { kind: 'note', revision: 0, note: `note ${n}` })))
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
    const refused = both.find(({ status }) => status === 409)
    expect(Problem.parse(await refused?.json())).toMatchObject({ code: 'CONFLICT', revision: 1 })
    expect((await show(21)).history).toHaveLength(1)
    await save(anAlert(21, { isDeleted: true, version: 2 }))
  })

  it.each([
    ['without a revision', { kind: 'acknowledge' }],
    ['that closes without a reason', { kind: 'close', revision: 0 }],
    ['of a kind that there is not', { kind: 'delete', revision: 0 }],
    ['with an empty note', { kind: 'note', revision: 0, note: '' }],
  ])('%s is refused', async (_, body) => {
    expect((await act(1, body)).status).toBe(400)
  })
})

describe('the queue', () => {
  it('ranks what is open within the budget, lists what it held back, and stands on Triage', async () => {
    await save(anAlert(30, { severity: 'critical' }), anAlert(31, { response: 'log' }))
    const queue = AlertQueue.parse((await api.get('/alerts/queue')).body)
    expect(idsOf({ items: queue.ranked })).toEqual([30, 3])
    expect(idsOf({ items: queue.heldBack })).toEqual([1, 2, 31])
    expect([queue.budget, queue.openTotal]).toEqual([2, 5])
    expect(Triage.parse((await api.get('/triage')).body).alerts).toEqual(queue)
    await act(30, { kind: 'close', revision: 0, reason: 'true-positive' })
    expect(idsOf({ items: AlertQueue.parse((await api.get('/alerts/queue')).body).ranked })).toEqual([3, 1])
  })
})

describe('a suppression', () => {
  const soon = () => new Date(Date.now() + 3_600_000).toISOString()
  const suppress = (body: object) => api.post('/suppressions', { reason: 'migration', owner: 'ana', until: soon(), ...body })

  it('shows on every alert that it covers, takes it from the ranks, and is lifted before its time', async () => {
    const placed = await suppress({ target: 'billing' })
    expect(placed.status).toBe(201)
    const { id, createdBy } = Suppression.parse(await placed.json())
    expect(createdBy).toBe('operator')
    expect((await show(2)).suppressed).toMatchObject({ id, reason: 'migration' })
    expect((await show(1)).suppressed).toBeNull()
    const lifted = await api.post(`/suppressions/${id}/lift`, {})
    expect(Suppression.parse(await lifted.json()).lifted).toMatchObject({ by: 'operator' })
    expect((await show(2)).suppressed).toBeNull()
    expect(SuppressionsAnswer.parse((await api.get('/suppressions')).body).items).toMatchObject([{ id, lifted: { by: 'operator' } }])
    expect((await api.post(`/suppressions/${anId(NOW)}/lift`, {})).status).toBe(404)
  })

  it.each([
    ['of everything', {}],
    ['that has ended', { rule: 'r-1', until: '2020-01-01T00:00:00Z' }],
    ['without a reason', { rule: 'r-1', reason: '' }],
  ])('%s is refused', async (_, body) => expect((await suppress(body)).status).toBe(400))
})
