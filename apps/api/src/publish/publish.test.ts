import { asPublisher, Ingest } from '@hoptrace/ingest'
import { SessionEvents, verifySessions } from '@hoptrace/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PublishAnswer } from '../contract/index.ts'
import { RecordedSession, SOMETIME_MS } from '../testing/recorded-session.ts'
import { ServedApi } from '../testing/served-api.ts'
import { TestStore } from '../testing/store.ts'

let store: TestStore
let api: ServedApi

beforeAll(async () => {
  store = await TestStore.open()
  const ingest = new Ingest(store.store, { tenant: 'default', now: () => SOMETIME_MS })
  api = await ServedApi.start({ store: store.store, publisher: asPublisher(ingest) })
})
afterAll(async () => {
  await api.close()
  await store.close()
})

async function publish(lines: readonly (string | Buffer)[]): Promise<PublishAnswer> {
  const init = { method: 'POST', headers: { 'content-type': 'application/x-ndjson' }, body: lines.map(String).join('\n') }
  const response = await api.fetch('/events', init)
  expect(response.status).toBe(200)
  return PublishAnswer.parse(await response.json())
}

async function completenessOf(session: string): Promise<string | undefined> {
  for await (const { report } of verifySessions(store.store, { tenant: 'default', session })) return report.completeness
  return undefined
}
const without = (encoded: Buffer, ...members: string[]): string =>
  JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(String(encoded))).filter(([member]) => !members.includes(member))))

describe('POST /events', () => {
  it('stores what another gateway recorded, and twice changes nothing', async () => {
    const session = new RecordedSession().started().asked('SELECT 1').ended()
    for (const _ of [1, 2]) expect(await publish(session.encoded)).toEqual({ lines: 4, published: 4, refused: 0, refusedLines: [] })
    expect(await completenessOf(session.id)).toBe('complete')
    expect(await new SessionEvents(store.store).findBySession('default', session.id)).toHaveLength(4)
  })

  it('names each bad line with its number, field and reason, and stores the others', async () => {
    const session = new RecordedSession().started().asked('SELECT 1').ended()
    const forged = String(session.encoded[1]).replace('SELECT 1', 'SELECT 2')
    const [started = '', ...rest] = session.encoded
    const other = new RecordedSession({ tenant: 'another' }).started().encoded
    const answer = await publish([started, 'nonsense', '', '{"v":1}', forged, 'x'.repeat(600_000), ...other, ...rest])
    expect(answer).toEqual({
      lines: 9,
      published: 4,
      refused: 5,
      refusedLines: [
        { line: 2, reason: 'not-json', at: '' },
        { line: 4, reason: 'not-an-event', at: 'type' },
        { line: 5, reason: 'hash-mismatch', at: 'hash' },
        { line: 6, reason: 'too-large', at: '' },
        { line: 7, reason: 'other-tenant', at: 'tenant' },
      ],
    })
    expect(await completenessOf(session.id)).toBe('complete')
  })

  it('chains events that were written by hand, the same each time', async () => {
    const session = new RecordedSession().started().asked('SELECT 1').ended()
    const lines = session.encoded.map((encoded) => without(encoded, 'hash', 'prevHash', 'elapsedUs', 'observables'))
    for (const _ of [1, 2]) expect(await publish(lines)).toMatchObject({ published: 4, refused: 0 })
    expect(await completenessOf(session.id)).toBe('complete')
    expect(await publish([without(session.encoded[2] ?? Buffer.alloc(0), 'hash', 'prevHash')])).toMatchObject({
      published: 0,
      refusedLines: [{ line: 1, reason: 'not-an-event', at: 'prevHash' }],
    })
  })

  it('shows an event of a type that is not known here in its session, and proves it', async () => {
    const session = new RecordedSession()
      .started()
      .add('mongodb.query' as never, { filter: { a: 1 } } as never)
      .ended()
    expect(await publish(session.encoded)).toMatchObject({ published: 3 })
    const { status, body } = await api.get(`/sessions/${session.id}/events`)
    expect([status, body]).toMatchObject([
      200,
      { items: [{ type: 'session.started' }, { type: 'mongodb.query' }, { type: 'session.ended' }] },
    ])
    expect(await api.get(`/sessions/${session.id}/events/1`)).toMatchObject({ status: 200, body: { verdict: 'proved' } })
    for (const path of ['statements', 'commands']) expect((await api.get(`/sessions/${session.id}/${path}`)).status).toBe(200)
    for (const format of ['jsonl', 'csv', 'text'])
      expect((await api.fetch(`/sessions/${session.id}/export?format=${format}`)).status).toBe(200)
  })
})

describe('the contract', () => {
  it('is served as it is committed', async () => {
    const { status, body } = await api.get('/contract/asyncapi.json')
    expect([status, body]).toMatchObject([200, { asyncapi: '3.0.0' }])
    expect(await api.get('/contract/schemas/hoptrace.events.v1.json')).toMatchObject({
      status: 200,
      body: { $id: 'urn:hoptrace:schema:hoptrace.events.v1' },
    })
    expect((await api.get('/contract/schemas/constructor.json')).status).toBe(404)
  })
})
