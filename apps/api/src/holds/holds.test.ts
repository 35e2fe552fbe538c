import { asPublisher, Ingest } from '@hoptrace/ingest'
import { applyRetention } from '@hoptrace/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Hold, HoldsAnswer, Problem } from '../contract/index.ts'
import { RecordedSession } from '../testing/recorded-session.ts'
import { ServedApi } from '../testing/served-api.ts'
import { TestStore } from '../testing/store.ts'

const DAY_MS = 24 * 3_600_000
const NOW = Date.now()
let store: TestStore
let api: ServedApi

beforeAll(async () => {
  store = await TestStore.open()
  api = await ServedApi.start({
    store: store.store,
    publisher: asPublisher(new Ingest(store.store, { tenant: 'default', now: () => NOW })),
  })
})
afterAll(async () => {
  await api.close()
  await store.close()
})

async function recordedDaysAgo(days: number): Promise<RecordedSession> {
  const session = new RecordedSession({}, NOW - days * DAY_MS).started().ended()
  await asPublisher(new Ingest(store.store, { tenant: 'default', now: () => NOW })).publish(session.encoded)
  return session
}

async function place(scope: object, reason = 'case 7'): Promise<Hold> {
  const response = await api.post('/holds', { scope, reason })
  expect(response.status).toBe(201)
  return Hold.parse(await response.json())
}

const expire = () => applyRetention(store.store, { default: 30 }, NOW)
const release = (id: string) => api.fetch(`/holds/${id}`, { method: 'DELETE' })
const statusOf = async (id: string) => (await api.get(`/sessions/${id}`)).status

describe('holds', () => {
  it('keep a session until they are released, and say who placed and released them, and when', async () => {
    const session = await recordedDaysAgo(45)
    const hold = await place({ kind: 'session', sessionId: session.id })
    expect(hold).toMatchObject({ reason: 'case 7', placedBy: 'operator', released: null })
    expect(Date.now() - Date.parse(hold.placedAt)).toBeLessThan(60_000)
    await expire()
    expect(await statusOf(session.id)).toBe(200)
    expect((await release(hold.id)).status).toBe(204)
    const { items } = HoldsAnswer.parse((await api.get('/holds')).body)
    expect(items).toMatchObject([{ id: hold.id, released: { by: 'operator' } }])
    expect((await api.get('/holds?open=1')).body).toEqual({ items: [] })
    await expire()
    expect(await statusOf(session.id)).toBe(410)
  })

  it('keep a range of time', async () => {
    const session = await recordedDaysAgo(60)
    const at = (days: number) => new Date(NOW - days * DAY_MS).toISOString()
    const hold = await place({ kind: 'range', from: at(61), to: at(59) })
    await expire()
    expect(await statusOf(session.id)).toBe(200)
    await release(hold.id)
  })

  it('stand in the access log, each of them', async () => {
    const session = await recordedDaysAgo(1)
    const [one, other] = [await place({ kind: 'session', sessionId: session.id }), await place({ kind: 'session', sessionId: session.id })]
    for (const { id } of [one, other]) {
      await release(id)
      const spans = ['released', `placed on session ${session.id}`]
      expect((await api.get(`/access-log?id=${id}`)).body).toMatchObject({ items: spans.map((span) => ({ resource: 'hold', span })) })
    }
  })

  it.each([
    ['without a reason', { scope: { kind: 'session', sessionId: '00000000-0000-7000-8000-000000000000' }, reason: '  ' }, 400],
    [
      'on a range without an inside',
      { scope: { kind: 'range', from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' }, reason: 'x' },
      400,
    ],
    ['on a session that is not there', { scope: { kind: 'session', sessionId: '00000000-0000-7000-8000-000000000000' }, reason: 'x' }, 404],
    ['on a chain that is not there', { scope: { kind: 'chain', chainId: 'c'.repeat(32) }, reason: 'x' }, 404],
  ])('are refused %s', async (_, body, status) => {
    expect((await api.post('/holds', body)).status).toBe(status)
  })

  it('are not placed where that cannot be recorded', async () => {
    const session = await recordedDaysAgo(1)
    const publisher = { publish: () => Promise.reject(new Error('away')) }
    const mute = await ServedApi.start({ store: store.store, publisher })
    const response = await mute.post('/holds', { scope: { kind: 'session', sessionId: session.id }, reason: 'unrecorded' })
    await mute.close()
    expect(response.status).toBe(503)
    expect((await api.get('/holds?open=1')).body).toEqual({ items: [] })
  })
})

describe('a session that retention deleted', () => {
  it.each(['', '/events', '/events/0', '/statements', '/commands', '/export?format=jsonl', '/terminal/index.json'])(
    'answers 410 at %s with what was deleted, when, and by which policy',
    async (path) => {
      const session = await recordedDaysAgo(90)
      await expire()
      const { status, body } = await api.get(`/sessions/${session.id}${path}`)
      const { code, detail, expired } = Problem.parse(body)
      expect([status, code]).toEqual([410, 'EXPIRED'])
      expect(expired).toMatchObject({ policy: '30 days', events: 2 })
      expect(Date.parse(expired?.expiredAt ?? '')).toBe(NOW)
      expect(detail).toMatch(/^Retention of 30 days deleted it on \d{4}-\d\d-\d\d: 2 events, the last of \d{4}-\d\d-\d\d\.$/)
    },
  )
})
