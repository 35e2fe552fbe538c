import { type DigestKey, digestValue, Observer } from '@hoptrace/events'
import { asPublisher, Ingest } from '@hoptrace/ingest'
import { Alerts } from '@hoptrace/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { DigestAnswer, ObservableDetail } from '../contract/index.ts'
import { aBootStream, anId, RecordedSession } from '../testing/recorded-session.ts'
import { ServedApi } from '../testing/served-api.ts'
import { TestStore } from '../testing/store.ts'
import { aStoredAlert } from '../testing/stored-alert.ts'
import { candidatesOf } from './pasted-values.ts'

const NOW = Date.now() - 3_600_000
const key: DigestKey = { id: 'k1', secret: Buffer.alloc(32, 7) }
const SECRET = 'tok_live_9f8e7d6c5b4a39281706'
const digest = digestValue(key, 'credential', SECRET)
const run = anId(NOW)
let store: TestStore
let api: ServedApi

const presented = () => new Observer(key).presented(SECRET).result()
const asked = { protocol: 'ssh' as const, target: 'bastion', account: 'deploy', database: null }
const sql = new RecordedSession({}, NOW)
  .started()
  .add('sql.statement', {
    text: 'SELECT token FROM secrets',
    mode: 'simple',
    prepared: null,
    params: [],
    kind: 'SELECT',
    tables: [],
    transaction: 'idle',
  })
  .add(
    'sql.result',
    {
      ...{ statement: 1, index: 0, tag: 'SELECT 1', rows: 1, bytes: 10, durationUs: 1000, error: null, transaction: 'idle' },
      ...{ columns: [{ name: 'token', oid: 25, type: 'text' }], sample: [[SECRET]] },
    },
    new Observer(key).cell(SECRET, 'answered', '/sample/0/0').result(),
  )
  .ended()
const ssh = new RecordedSession(
  { principal: 'agent-2', run, target: { name: 'bastion', protocol: 'ssh', address: '10.0.0.9:22', account: 'deploy' } },
  NOW + 5000,
)
  .add('access.decided', { decision: 'allow', reason: null, asked, method: 'password', message: null }, presented())
  .ended()
const boot = aBootStream(NOW + 6000).add(
  'access.decided',
  {
    ...{ decision: 'deny', reason: 'not-granted', asked, method: 'password', message: 'no grant' },
    origin: { address: '192.0.2.7', port: 1, client: null },
    by: { run, principal: 'agent-3', rootPrincipal: 'bo', lineage: [] },
  },
  presented(),
)

beforeAll(async () => {
  store = await TestStore.open()
  const publisher = asPublisher(new Ingest(store.store, { tenant: 'default', now: Date.now }))
  for (const { encoded } of [sql, ssh, boot]) await publisher.publish(encoded)
  const alert = aStoredAlert(1, { chainId: null })
  const [rotated] = alert.content.rotate
  if (rotated) alert.content.rotate = [{ ...rotated, digest }]
  await new Alerts(store.store).save('default', [alert])
  api = await ServedApi.start({ store: store.store, publisher, digestKeys: (tenant) => (tenant === 'default' ? [key] : []) })
})
afterAll(async () => {
  await api.close()
  await store.close()
})

describe('a value that leaked', () => {
  it('tells who saw it and who used it, with the moment, and whether it was let in', async () => {
    const detail = ObservableDetail.parse((await api.get(`/observables/credential/${digest}`)).body)
    expect(detail.saw).toMatchObject([{ principal: 'agent-1', target: 'orders', sightings: 1, accepted: 0, refused: 0 }])
    expect(detail.used).toMatchObject([
      { principal: 'agent-3', rootPrincipal: 'bo', target: 'bastion', accepted: 0, refused: 1 },
      { principal: 'agent-2', target: 'bastion', accepted: 1, refused: 0 },
    ])
    expect(detail.sightings.map(({ at, role, account, isAccepted }) => [at.sessionId, at.seq, role, account, isAccepted])).toEqual([
      [boot.id, 0, 'presented', 'deploy', false],
      [ssh.id, 0, 'presented', 'deploy', true],
      [sql.id, 2, 'answered', 'app', null],
    ])
    expect(detail).toMatchObject({ value: null, sightingsTotal: 3, alerts: [{ id: aStoredAlert(1).id }] })
  })

  it('is unknown where nobody saw it, under that kind', async () => {
    expect((await api.get(`/observables/credential/${'0'.repeat(32)}`)).status).toBe(404)
    expect((await api.get(`/observables/host/${digest}`)).status).toBe(404)
    expect((await api.get(`/observables/nonsense/${digest}`)).status).toBe(404)
  })
})

describe('a pasted value', () => {
  const paste = async (value: string) => {
    const response = await api.post('/observables/digest', { value })
    expect(response.status).toBe(200)
    return DigestAnswer.parse(await response.json())
  }

  it('leads to where it was seen, whatever stands around it', async () => {
    for (const text of [SECRET, ` ${SECRET}\n`, `Authorization: Bearer ${SECRET}`]) {
      expect((await paste(text)).items[0]).toMatchObject({ kind: 'credential', digest, keyId: 'k1', sightings: 1 + 2 })
    }
  })

  it('that nobody saw is looked for all the same', async () => {
    const { items, hasKey } = await paste('never-seen.internal')
    expect(hasKey).toBe(true)
    expect(items.map(({ kind, sightings }) => [kind, sightings])).toEqual(expect.arrayContaining([['host', 0]]))
  })

  it('stands in no row, and not in the access log', async () => {
    const before = 'pasted_but_never_recorded_51f0c2'
    await paste(before)
    for (const table of ['session_events', 'observables']) {
      const found = await store.store.query({
        name: 'test.search',
        sql: `SELECT count() AS count FROM ${table} WHERE position(${table === 'observables' ? "ifNull(value, '')" : 'content'}, {text:String}) > 0`,
        params: { text: before },
        row: z.object({ count: z.number() }),
      })
      expect(found).toEqual([{ count: 0 }])
    }
    expect((await api.get('/access-log')).body).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ resource: 'observable', span: 'a pasted value: nothing was seen' })]),
    })
  })

  it('is refused without one', async () => {
    expect((await api.post('/observables/digest', { value: '' })).status).toBe(400)
  })
})

describe('what a value may be', () => {
  it.each([
    ['10.0.0.9', ['credential', 'address']],
    ['Bastion.internal', ['credential', 'host']],
    ['arn:aws:iam::1:role/x', ['credential', 'arn']],
    ['0af7651916cd43dd8448eb211c80319c', ['credential', 'host', 'trace']],
    ['https://ana:hunter2@db.internal/x', ['credential', 'url', 'host']],
  ])('%s', (value, kinds) => {
    expect([...new Set(candidatesOf(value).map(({ kind }) => kind))]).toEqual(expect.arrayContaining(kinds))
  })
})
