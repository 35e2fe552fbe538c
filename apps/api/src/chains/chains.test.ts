import { Correlator } from '@hoptrace/correlator'
import { Observer } from '@hoptrace/events'
import { asPublisher, Ingest } from '@hoptrace/ingest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AccessLogPage, ChainDetail, ChainsPage, SessionDetail } from '../contract/index.ts'
import { RecordedSession } from '../testing/recorded-session.ts'
import { ServedApi } from '../testing/served-api.ts'
import { TestStore } from '../testing/store.ts'

let store: TestStore
let api: ServedApi

const NOW = Date.now() - 60_000
const key = { id: 'test', secret: Buffer.alloc(32, 1) }

const read = new RecordedSession({}, NOW)
  .started()
  .add('sql.statement', {
    text: 'SELECT value FROM settings',
    mode: 'simple',
    prepared: null,
    params: [],
    kind: 'SELECT',
    tables: ['settings'],
    transaction: 'idle',
  })
  .add(
    'sql.result',
    {
      statement: 1,
      index: 0,
      tag: 'SELECT 1',
      rows: 1,
      bytes: 10,
      durationUs: 1000,
      error: null,
      columns: [{ name: 'value', oid: 25, type: 'text' }],
      sample: [['bastion.internal']],
      transaction: 'idle',
    },
    new Observer(key).cell('bastion.internal', 'answered', '/sample/0/0').result(),
  )
  .ended()
const reached = new RecordedSession({ target: { name: 'bastion', protocol: 'ssh', address: '10.0.0.9:22', account: 'deploy' } }, NOW + 5000)
  .add(
    'access.decided',
    {
      decision: 'allow',
      reason: null,
      asked: { protocol: 'ssh', target: 'bastion', account: 'deploy', database: null },
      method: 'password',
      message: null,
    },
    new Observer(key).add({ kind: 'host', canonical: 'bastion.internal', offset: 0 }, 'target', '/asked/target').result(),
  )
  .add('session.started', { client: 'OpenSSH', database: null, tls: false })
  .ended()

beforeAll(async () => {
  store = await TestStore.open()
  const publisher = asPublisher(new Ingest(store.store, { tenant: 'default', now: Date.now }))
  for (const session of [read, reached]) await publisher.publish(session.encoded)
  const correlator = new Correlator(store.store, { now: Date.now })
  await correlator.catchUp()
  await correlator.stop()
  api = await ServedApi.start({ store: store.store, publisher })
})
afterAll(async () => {
  await api.close()
  await store.close()
})

async function theChain(): Promise<ChainsPage['items'][number]> {
  const { items } = ChainsPage.parse((await api.get('/chains')).body)
  expect(items).toHaveLength(1)
  return items[0] as ChainsPage['items'][number]
}

describe('GET /chains', () => {
  it('says what was reached from what', async () => {
    expect(await theChain()).toMatchObject({
      title: 'ssh bastion used the host name bastion.internal seen in postgres orders',
      targets: ['orders', 'bastion'],
      protocols: ['postgres', 'ssh'],
      rootPrincipal: 'ana',
      accesses: 2,
      hops: 1,
      refused: 0,
    })
  })

  it.each([
    ['target=bastion', 1],
    ['target=elsewhere', 0],
    ['rootPrincipal=ana', 1],
    ['rootPrincipal=bo', 0],
    [`session=${reached.id}`, 1],
  ])('filters by %s', async (query, found) => {
    expect(ChainsPage.parse((await api.get(`/chains?${query}`)).body).items).toHaveLength(found)
  })
})

describe('GET /chains/{id}', () => {
  it('shows each hop with its evidence, and both moments to replay', async () => {
    const { id } = await theChain()
    const chain = ChainDetail.parse((await api.get(`/chains/${id}`)).body)
    expect(chain.nodes.map((node) => [node.id, node.depth, node.outcome])).toEqual([
      [read.id, 0, 'client'],
      [reached.id, 1, 'client'],
    ])
    expect(chain.edges).toHaveLength(1)
    expect(chain.edges[0]).toMatchObject({ from: read.id, to: reached.id, class: 'target-flow' })
    expect(chain.edges[0]?.evidence[0]).toMatchObject({
      from: { sessionId: read.id, seq: 2, ms: 2 },
      to: { sessionId: reached.id, seq: 0, ms: 0 },
      fromAt: '/sample/0/0',
      observable: { kind: 'host', value: 'bastion.internal' },
    })
  })

  it('is named by the sessions that are part of it', async () => {
    const { id } = await theChain()
    expect(SessionDetail.parse((await api.get(`/sessions/${reached.id}`)).body).chains).toEqual([id])
  })

  it('leads on from a chain that became part of another', async () => {
    const { id } = await theChain()
    const before = 'f'.repeat(32)
    const gone = { tenant: 'default', id: before, redirect_to: id, is_deleted: true, root_access: '', root_principals: [], principals: [] }
    const empty = { protocols: [], targets: [], classes: [], hops: 0, accesses: 0, refused: 0, max_depth: 0, score: 0, weakest_score: 0 }
    await store.store.insert('hop_chains', [
      { ...gone, ...empty, title: '', first_ts: '1700000000000000', last_ts: '1700000000000000', version: 1 },
    ])
    const response = await api.fetch(`/chains/${before}`)
    expect([response.status, response.headers.get('location')]).toEqual([308, `/api/v1/chains/${id}`])
  })

  it('records that it was viewed', async () => {
    const { id } = await theChain()
    await api.get(`/chains/${id}`)
    const { items } = AccessLogPage.parse((await api.get(`/access-log?id=${id}`)).body)
    expect(items[0]).toMatchObject({ resource: 'chain', viewer: 'operator', isContent: true })
  })

  it.each(['0'.repeat(32), 'nonsense'])('answers 404 for %s', async (id) => {
    expect((await api.get(`/chains/${id}`)).status).toBe(404)
  })
})
