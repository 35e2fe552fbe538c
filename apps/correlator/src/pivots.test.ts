import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GatewayTimes, HopChainAccesses, HopChains, openStore, type Store } from '@hoptrace/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Correlator } from './correlator.ts'
import { allRows, BASTION, BILLING, hopsOf, ORDERS, publish } from './story.test-support.ts'
import { anId, idsFrom, RecordedGateway, RecordedSession } from './testing.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const API = { protocol: 'http', name: 'api', host: 'api.internal', address: '10.0.0.60:8080' } as const

/** A shell names two hosts: one is reached a little later, the other never at the gateway. */
function twoPivots(tenant: string) {
  const run = anId(0)
  const gateway = new RecordedGateway(tenant).runStarts(0, run)
  const ssh = new RecordedSession(1, { run }, BASTION, {}, tenant)
    .names(1, 'billing.internal', { tool: 'psql', port: 5432 })
    .names(2, 'vault.internal')
    .end(2.1)
  const billing = new RecordedSession(2.5, { run }, BILLING, {}, tenant).sql(0.1, 'select 1', ['1']).end(1)
  return { gateway, ssh, billing }
}

describe('a correlator over commands that name hosts', () => {
  let store: Store
  let directory: string

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'hoptrace-pivots-'))
    store = await openStore({ kind: 'embedded', path: directory })
    await store.migrate()
  })
  afterAll(async () => {
    await store.close()
    await rm(directory, { recursive: true, force: true })
  })

  const correlator = () => new Correlator(store, { debounceMs: 10, now: () => 0 })
  const arrows = async (tenant: string) =>
    new Set((await hopsOf(store, tenant)).map(({ fromAccess, toAccess, class: name }) => `${fromAccess}>${toAccess} ${name}`))

  it('lets no clock that is years ahead say that time went on', async () => {
    const minutes = 5 * 365 * 24 * 60
    await publish(store, new RecordedGateway('t-ahead').beats(minutes).events.slice(-1))
    const times = new GatewayTimes(store)
    const reached = [...(await times.reached('t-ahead')).values(), (await times.reached()).get('t-ahead') ?? 0]
    expect(reached).toHaveLength(2)
    for (const each of reached) expect(each).toBeLessThanOrEqual(Date.now() * 1000)
  })

  it('links what was reached, and makes a node of what was not, once a heartbeat has passed it by a minute', async () => {
    const { gateway, ssh, billing } = twoPivots('t-two')
    await publish(
      store,
      [gateway, ssh, billing].flatMap(({ events }) => events),
    )
    const follower = correlator()
    await follower.catchUp()
    expect(await arrows('t-two')).toEqual(new Set([`${ssh.id}>${billing.id} pivot-command`]))
    await publish(store, gateway.beats(5).events.slice(-1))
    await follower.catchUp()
    expect(await arrows('t-two')).toEqual(new Set([`${ssh.id}>${billing.id} pivot-command`, `${ssh.id}>${ssh.id}.4 pivot-command`]))
    const [chain] = await new HopChains(store).list('t-two')
    const members = await new HopChainAccesses(store).findByChain('t-two', chain?.id ?? '')
    expect(members.find(({ kind }) => kind === 'unseen')).toMatchObject({
      accessId: `${ssh.id}.4`,
      seq: 4,
      protocol: 'ssh',
      target: 'vault.internal',
      address: null,
      isOpen: false,
    })
    expect((await hopsOf(store, 't-two')).find(({ toAccess }) => toAccess === `${ssh.id}.4`)).toMatchObject({
      from: { session: ssh.id, seq: 3, at: '/command' },
      to: { session: ssh.id, seq: 4, at: '/command', offset: 4 },
      sentence: 'a command in ssh bastion named vault.internal; no access to it appeared at the gateway within 60 s',
    })
  })

  it('takes a node back when the access that followed is stored late', async () => {
    const { gateway, ssh, billing } = twoPivots('t-late')
    await publish(store, [...gateway.beats(9).events, ...ssh.events])
    await correlator().catchUp()
    expect(await arrows('t-late')).toEqual(new Set([`${ssh.id}>${ssh.id}.2 pivot-command`, `${ssh.id}>${ssh.id}.4 pivot-command`]))
    await publish(store, billing.events)
    await correlator().catchUp()
    expect(await arrows('t-late')).toEqual(new Set([`${ssh.id}>${billing.id} pivot-command`, `${ssh.id}>${ssh.id}.4 pivot-command`]))
  })

  it('settles what was named while it was down, and nothing twice', async () => {
    const { gateway, ssh } = twoPivots('t-down')
    await publish(store, [...gateway.events, ...ssh.events])
    await correlator().catchUp()
    expect(await arrows('t-down')).toEqual(new Set())
    await publish(store, gateway.beats(600).events.slice(-1))
    const restarted = correlator()
    await restarted.catchUp()
    expect((await arrows('t-down')).size).toBe(2)
    const before = await allRows(store, 't-down')
    await publish(store, gateway.beats(601).events.slice(-1))
    await restarted.catchUp()
    await correlator().catchUp()
    expect(restarted.state.written).toBeGreaterThan(0)
    expect(await allRows(store, 't-down')).toEqual(before)
  })

  it('gives identical rows when the same events come last first, one at a time', async () => {
    const events = (tenant: string) => {
      idsFrom(7_000_000)
      const { gateway, ssh, billing } = twoPivots(tenant)
      return [gateway.beats(9), ssh, billing].flatMap((each) => each.events)
    }
    await publish(store, events('t-at-once'))
    await correlator().catchUp()
    for (const event of events('t-one-by-one').toReversed()) {
      await publish(store, [event])
      await correlator().catchUp()
    }
    const rows = await allRows(store, 't-one-by-one')
    expect(rows.hops).toHaveLength(2)
    expect(rows).toEqual(await allRows(store, 't-at-once'))
  }, 240_000)

  it('adds a trace id that both accesses carried, though nobody answered it', async () => {
    const run = anId(0)
    const api = new RecordedSession(1, { run }, API, {}, 't-trace').http(
      1,
      'api.internal',
      '/hosts',
      '["orders.internal"]',
      undefined,
      TRACE,
    )
    const other = { ...API, name: 'orders-api', host: 'orders.internal', address: '10.0.0.61:8080' }
    const orders = new RecordedSession(5, { run }, other, {}, 't-trace').http(1, 'orders.internal', '/orders', '{}', undefined, TRACE)
    await publish(store, [...api.events, ...orders.events])
    await correlator().catchUp()
    const [hop] = await hopsOf(store, 't-trace')
    expect(hop?.evidence.map((each) => each.class)).toEqual(['target-flow', 'trace-id', 'timing', 'same-root'])
  })

  it('is silent where a database names itself, or a command a host outside', async () => {
    const run = anId(0)
    const ssh = new RecordedSession(1, { run }, BASTION, {}, 't-quiet').names(1, 'bastion.internal').names(2, 'pypi.org').end(3)
    const gateway = new RecordedGateway('t-quiet').runStarts(0, run).beats(60)
    const sql = new RecordedSession(9, { run }, ORDERS, {}, 't-quiet').end(1)
    await publish(
      store,
      [gateway, ssh, sql].flatMap(({ events }) => events),
    )
    await correlator().catchUp()
    expect(await arrows('t-quiet')).toEqual(new Set())
  })
})
