import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HopChains, openStore, type Store } from '@hoptrace/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Correlator } from './correlator.ts'
import { allRows, BASTION, hopsOf, ORDERS, publish } from './story.test-support.ts'
import { anId, idsFrom, RecordedGateway, RecordedSession } from './testing.ts'

const CLUSTER = { protocol: 'kubernetes', name: 'prod', host: 'api.prod.internal', address: '10.0.0.40:6443' } as const
const BILLING_API = { protocol: 'http', name: 'billing-api', host: 'billing-api.internal', address: '10.0.0.50:8080' } as const
const TOKEN = 'Kx81-service-token-93'
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const POD = 'web-7998647bdf-phvq7'

/**
 * SQL names the bastion; a file there the cluster, and a command there says that it will go to it; a pod there a token; with it a service
 * over HTTP is asked, under one trace id. What another command names is the end of a tunnel.
 */
function fourProtocols(tenant: string) {
  const run = anId(0)
  const gateway = new RecordedGateway(tenant).runStarts(0, run).beats(90)
  const sql = new RecordedSession(1, { run }, ORDERS, {}, tenant).sql(1, 'select host from servers', ['bastion.internal']).end(3)
  const ssh = new RecordedSession(5, { run }, BASTION, {}, tenant)
    .exec(1, 'cat kubeconfig', 'server: https://api.prod.internal:6443')
    .names(3, 'vault.internal', { relation: 'forward' })
    .names(6.5, 'api.prod.internal', { tool: 'kubectl', port: 6443 })
    .end(6.6)
  const pods = JSON.stringify({ kind: 'PodList', items: [{ metadata: { name: POD, namespace: 'shop' } }] })
  const cluster = new RecordedSession(12, { run }, CLUSTER, {}, tenant)
    .pods(1, 'shop', null, pods)
    .pods(2, 'shop', POD, `{"spec":{"env":[{"name":"API_TOKEN","value":"${TOKEN}"}]}}`)
  const api = new RecordedSession(20, { run }, BILLING_API, {}, tenant)
    .http(1, 'billing-api.internal', '/health', '{}', undefined, TRACE)
    .http(9, 'billing-api.internal', '/v1/invoices', '{"total":3}', TOKEN, TRACE)
  return { gateway, sql, ssh, cluster, api, events: [gateway, sql, ssh, cluster, api].flatMap(({ events }) => events) }
}

describe('a correlator over sessions of four protocols', () => {
  let store: Store
  let directory: string

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'hoptrace-protocols-'))
    store = await openStore({ kind: 'embedded', path: directory })
    await store.migrate()
  })
  afterAll(async () => {
    await store.close()
    await rm(directory, { recursive: true, force: true })
  })

  const link = () => new Correlator(store, { debounceMs: 10, now: () => 0 }).catchUp()

  it('makes one chain of all four', async () => {
    const story = fourProtocols('t-four')
    await publish(store, story.events)
    await link()
    const [chain, ...others] = await new HopChains(store).list('t-four')
    expect(others).toEqual([])
    expect(chain).toMatchObject({
      protocols: ['postgres', 'ssh', 'kubernetes', 'http'],
      targets: ['orders', 'bastion', 'vault.internal', 'prod', 'billing-api'],
    })
    expect((await hopsOf(store, 't-four')).map(({ fromAccess, toAccess, class: name }) => [fromAccess, toAccess, name])).toEqual([
      [story.sql.id, story.ssh.id, 'target-flow'],
      [story.ssh.id, `${story.ssh.id}.4`, 'pivot-command'],
      [story.ssh.id, story.cluster.id, 'target-flow'],
      [story.cluster.id, story.api.id, 'credential-flow'],
    ])
  })

  it('adds what a command said to the value that flowed', async () => {
    const story = fourProtocols('t-said')
    await publish(store, story.events)
    await link()
    const hop = (await hopsOf(store, 't-said')).find(({ toAccess }) => toAccess === story.cluster.id)
    expect(hop?.evidence).toMatchObject([
      { class: 'target-flow' },
      { class: 'pivot-command', from: { session: story.ssh.id, seq: 6 }, basis: { tool: 'kubectl', relation: 'connect' } },
      { class: 'same-root' },
    ])
  })

  it('points at the answer that held the token and at the request that used it, whenever its session began', async () => {
    const story = fourProtocols('t-pointers')
    await publish(store, story.events)
    await link()
    const flow = (await hopsOf(store, 't-pointers')).find(({ toAccess }) => toAccess === story.api.id)
    expect(flow?.from).toMatchObject({ session: story.cluster.id, seq: 4, ms: 120_000, at: '/body/data/utf8' })
    expect(flow?.to).toMatchObject({ session: story.api.id, seq: 3, ms: 540_000 })
    expect(flow?.sentence).toBe('http billing-api used a credential seen in kubernetes prod')
  })

  it('links the other way too: a value in an answer over HTTP or of a pod, and a shell or a database', async () => {
    const [run, other] = [anId(0), anId(0)]
    const secret = 'Tz-9-of-the-ledger'
    const api = new RecordedSession(1, { run }, BILLING_API, {}, 't-back').http(
      1,
      'billing-api.internal',
      '/v1/hosts',
      '["bastion.internal"]',
    )
    const ssh = new RecordedSession(5, { run }, BASTION, {}, 't-back').end(1)
    const cluster = new RecordedSession(1, { run: other }, CLUSTER, {}, 't-back').pods(1, 'shop', 'web-1', `{"password":"${secret}"}`)
    const sql = new RecordedSession(9, { run: other }, ORDERS, { token: secret }, 't-back').end(1)
    await publish(
      store,
      [api, ssh, cluster, sql].flatMap(({ events }) => events),
    )
    await link()
    const found = (await hopsOf(store, 't-back')).map(({ fromAccess, toAccess, class: name }) => [fromAccess, toAccess, name])
    expect(new Set(found)).toEqual(
      new Set([
        [api.id, ssh.id, 'target-flow'],
        [cluster.id, sql.id, 'credential-flow'],
      ]),
    )
  })

  it('makes a node of the request for a pod that a database named while its session was open', async () => {
    const run = anId(0)
    const cluster = new RecordedSession(0, { run }, CLUSTER, {}, 't-open').pods(1, 'kube-system', null, '{}').pods(9, 'shop', POD, '{}')
    const sql = new RecordedSession(3, { run }, ORDERS, {}, 't-open').sql(1, 'select pod from incidents', [POD]).end(2)
    await publish(store, [...cluster.events, ...sql.events])
    await link()
    const [hop, ...others] = await hopsOf(store, 't-open')
    expect(others).toEqual([])
    expect(hop).toMatchObject({ fromAccess: sql.id, toAccess: `${cluster.id}.3`, class: 'target-flow' })
    expect(hop?.sentence).toBe(`a request to kubernetes prod used the pod */${POD} seen in postgres orders`)
  })

  it('gives identical rows when the same events come last first, one at a time', async () => {
    idsFrom(5_000_000)
    await publish(store, fourProtocols('t-whole').events)
    await link()
    idsFrom(5_000_000)
    for (const event of fourProtocols('t-single').events.toReversed()) {
      await publish(store, [event])
      await link()
    }
    expect(await allRows(store, 't-single')).toEqual(await allRows(store, 't-whole'))
  }, 240_000)

  it('is silent about a run that was told of the service, and pages through what it answers', async () => {
    const run = anId(0)
    const gateway = new RecordedGateway('t-honest').runStarts(0, run, { task: 'sum the invoices of billing-api.internal' })
    const sql = new RecordedSession(1, { run }, ORDERS, {}, 't-honest').sql(1, 'select * from services', ['billing-api.internal'])
    const page = '{"items":[],"next":"http://billing-api.internal/v1/invoices?page=2","nextPageToken":"abcdef12"}'
    const first = new RecordedSession(5, { run }, BILLING_API, {}, 't-honest').http(1, 'billing-api.internal', '/v1/invoices', page).end(2)
    const second = new RecordedSession(30, { run }, BILLING_API, {}, 't-honest').http(
      1,
      'billing-api.internal',
      '/v1/invoices?page=2',
      page,
    )
    await publish(
      store,
      [gateway, sql, first, second].flatMap(({ events }) => events),
    )
    await link()
    expect(await new HopChains(store).list('t-honest')).toEqual([])
  })
})
