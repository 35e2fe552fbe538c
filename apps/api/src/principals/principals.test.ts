import { asPublisher, Ingest } from '@hoptrace/ingest'
import { Alerts } from '@hoptrace/store'
import { KubernetesSessionBuilder } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PrincipalDetail, PrincipalsPage, TargetDetail } from '../contract/index.ts'
import { aBootStream, anId, RecordedSession } from '../testing/recorded-session.ts'
import { ServedApi } from '../testing/served-api.ts'
import { TestStore } from '../testing/store.ts'
import { aStoredAlert } from '../testing/stored-alert.ts'

const NOW = Date.now() - 3_600_000
const run = anId(NOW)
let store: TestStore
let api: ServedApi

const sql = new RecordedSession({ run }, NOW).started().asked('SELECT 1').asked('SELECT 2').ended()
const bastion = { name: 'bastion', protocol: 'ssh' as const, address: '10.0.0.9:22', account: 'deploy' }
const ssh = new RecordedSession({ run, target: bastion }, NOW + 1000)
  .add('session.started', { client: 'OpenSSH', database: null, tls: false })
  .add('ssh.exec', { channel: 0, command: 'hostname', pty: null })
const cluster = new KubernetesSessionBuilder({ run, startMs: NOW + 2000 })
cluster.exec('shop', 'web-1', ['hostname'], [{ waitMs: 5, text: 'web\r\n' }], 0)
cluster.ended()
const boot = aBootStream(NOW - 1000)
  .add('run.started', {
    ...{ runId: run, principal: 'agent-1', rootPrincipal: 'ana', lineage: [], agent: { template: 'fixer', version: '2' } },
    ...{ task: 'fix it', owner: 'ana', expiresAt: String((NOW + 3_600_000) * 1000) },
    grants: [
      { target: 'orders', protocol: 'postgres' },
      { target: 'billing', protocol: 'http' },
      { target: 'prod', protocol: 'kubernetes' },
    ],
  })
  .add('access.decided', {
    ...{ decision: 'deny', reason: 'not-granted', method: 'password', message: 'no grant' },
    asked: { protocol: 'postgres', target: 'ledger', account: 'app', database: null },
    origin: { address: '192.0.2.7', port: 1, client: null },
    by: { run, principal: 'agent-1', rootPrincipal: 'ana', lineage: [] },
  })

beforeAll(async () => {
  store = await TestStore.open()
  const publisher = asPublisher(new Ingest(store.store, { tenant: 'default', now: Date.now }))
  for (const { encoded } of [sql, ssh, cluster, boot]) await publisher.publish(encoded)
  await new Alerts(store.store).save('default', [aStoredAlert(1, { firstTs: NOW * 1000, lastTs: NOW * 1000 })])
  api = await ServedApi.start({ store: store.store, publisher })
})
afterAll(async () => {
  await api.close()
  await store.close()
})

describe('a principal', () => {
  const show = async (name: string, query = '') => PrincipalDetail.parse((await api.get(`/principals/${name}${query}`)).body)

  it('is told by what it reached, as whom, what it did there, and where it was refused', async () => {
    const detail = await show('agent-1')
    expect(detail).toMatchObject({ isOnBehalf: false, rootPrincipals: ['ana'], agents: [{ template: 'fixer', version: '2', runs: 1 }] })
    const reached = new Map(detail.reached.map((each) => [each.target, each]))
    expect(reached.get('orders')).toMatchObject({ accounts: ['app'], sessions: 1, refused: 0, verbs: [{ verb: 'SELECT', count: 2 }] })
    expect(reached.get('bastion')).toMatchObject({ accounts: ['deploy'], verbs: [{ verb: 'exec', count: 1 }] })
    expect(reached.get('ledger')).toMatchObject({ sessions: 0, refused: 1 })
    expect(detail.alerts.map(({ id }) => id)).toEqual([aStoredAlert(1).id])
    expect(detail.isTruncated).toBe(false)
  })

  it('is told what it was granted and never used, and what would have been enough', async () => {
    const { granted, sufficient, runsTotal } = await show('agent-1')
    expect(runsTotal).toBe(1)
    expect(granted.map(({ text, uses }) => [text, uses > 0])).toEqual([
      ['billing:http', false],
      ['orders:postgres', true],
      ['prod:kubernetes', true],
    ])
    expect(sufficient.map(({ text }) => text)).toEqual([
      'bastion:ssh',
      'orders:postgres',
      'prod:kubernetes,namespaces=shop,resources=pods/exec,verbs=connect',
    ])
  })

  it('that acts through others is told by what was done on its behalf', async () => {
    const detail = await show('ana')
    expect(detail.isOnBehalf).toBe(true)
    expect(detail.reached.map(({ target }) => target).sort()).toEqual(['bastion', 'ledger', 'orders', 'prod'])
  })

  it('did nothing in another range, and is known all the same', async () => {
    const detail = await show('agent-1', '?from=2020-01-01T00:00:00Z&to=2020-02-01T00:00:00Z')
    expect(detail).toMatchObject({ reached: [], granted: [], sufficient: [], firstAt: null, alerts: [] })
    expect((await api.get('/principals/nobody')).status).toBe(404)
  })

  it('stands in a list, by name', async () => {
    const page = PrincipalsPage.parse((await api.get('/principals')).body)
    expect(page.items).toMatchObject([{ id: 'agent-1', targets: 4, sessions: 3, refused: 1, rootPrincipals: ['ana'] }])
  })
})

describe('a target', () => {
  const show = async (name: string, query = '') => TargetDetail.parse((await api.get(`/targets/${name}${query}`)).body)

  it('is told by who touched it, by which accounts, with what is open', async () => {
    expect(await show('bastion')).toMatchObject({
      info: null,
      protocols: ['ssh'],
      accounts: ['deploy'],
      visitors: [{ principal: 'agent-1', rootPrincipal: 'ana', account: 'deploy', sessions: 1, open: 1 }],
      refusals: [],
      alerts: [{ id: aStoredAlert(1).id }],
    })
  })

  it('that was only refused is told by its refusals', async () => {
    const detail = await show('ledger')
    expect(detail).toMatchObject({ visitors: [], firstAt: null, refusalsTotal: 1 })
    expect(detail.refusals).toMatchObject([{ target: 'ledger', principal: 'agent-1', reason: 'not-granted', run }])
    expect((await show('ledger', '?to=2020-01-01T00:00:00Z')).refusalsTotal).toBe(0)
  })

  it('that nobody knows is not found', async () => expect((await api.get('/targets/nowhere')).status).toBe(404))
})
