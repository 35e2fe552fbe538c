import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Analysed, HopChainAccesses, HopChains, Hops, openStore, type Store } from '@hoptrace/store'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Correlator } from './correlator.ts'
import { allRows, BASTION, BILLING, hopsOf, misdirected, ORDERS, PASSWORD, publish } from './story.test-support.ts'
import { anId, idsFrom, RecordedGateway, RecordedSession } from './testing.ts'

describe('a correlator over a real store', () => {
  let store: Store
  let directory: string

  // One engine a process: the cases keep apart by wiping what they wrote.
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'hoptrace-correlator-'))
    store = await openStore({ kind: 'embedded', path: directory })
    await store.migrate()
  })
  afterAll(async () => {
    await store.close()
    await rm(directory, { recursive: true, force: true })
  })

  it('links a database answer to the SSH session, the child run and the refused login that used what it held', async () => {
    const story = misdirected('t-story')
    await publish(store, story.events)
    await aCorrelator(store).catchUp()
    const [chain, ...others] = await new HopChains(store).list('t-story')
    expect(others).toEqual([])
    expect(chain).toMatchObject({
      rootAccess: story.sql.id,
      rootPrincipals: ['ana'],
      protocols: ['postgres', 'ssh'],
      targets: ['orders', 'bastion', 'billing'],
      accesses: 4,
      hops: 3,
      refused: 1,
      title: 'a refused attempt at postgres billing used a credential seen in postgres orders',
    })
    const hops = await new Hops(store).findByChain('t-story', chain?.id ?? '')
    expect(hops.map(({ fromAccess, toAccess, class: name }) => [fromAccess, toAccess, name])).toEqual([
      [story.sql.id, story.ssh.id, 'target-flow'],
      [story.ssh.id, story.child.id, 'delegation'],
      [story.sql.id, `${story.gateway.id}.2`, 'credential-flow'],
    ])
  })

  it('points at the cell of the answer and at the moment of the use', async () => {
    const story = misdirected('t-pointers')
    await publish(store, story.events)
    await aCorrelator(store).catchUp()
    const hops = await hopsOf(store, 't-pointers')
    expect(hops[0]?.from).toMatchObject({ session: story.sql.id, seq: 2, ms: 60_000, at: '/sample/0/0', offset: 0 })
    expect(hops[0]?.to).toMatchObject({ session: story.ssh.id, seq: 0, ms: 0 })
    expect(hops[2]?.from).toMatchObject({ session: story.sql.id, seq: 2, ms: 60_000, at: '/sample/0/1' })
    expect(hops[2]?.evidence[0]?.observable).toMatchObject({ kind: 'credential', value: null })
  })

  it('tells of no less because something old comes, such as an import', async () => {
    let now = 0
    const correlator = new Correlator(store, { debounceMs: 10, now: () => ++now })
    const [recent, old] = [60, 1].map((minute) => new RecordedSession(minute, { run: anId(0) }, ORDERS, {}, 't-old'))
    const told = async (events: readonly Buffer[]) => {
      await publish(store, events)
      await correlator.catchUp()
      return new Analysed(store).list('t-old')
    }
    const before = await told(recent?.events ?? [])
    expect(before).toHaveLength(1)
    expect(await told(old?.events ?? [])).toEqual(before)
  })

  it('writes nothing when the same events are linked again, by itself or after a restart', async () => {
    const { events } = misdirected('t-again')
    await publish(store, events)
    const first = aCorrelator(store)
    await first.catchUp()
    const before = await allRows(store, 't-again')
    await publish(store, events)
    await first.catchUp()
    const restarted = aCorrelator(store)
    await publish(store, events)
    await restarted.catchUp()
    expect(restarted.state.passes).toBeGreaterThan(0)
    expect(restarted.state.written).toBe(0)
    expect(await allRows(store, 't-again')).toEqual(before)
  })

  it('gives identical rows in any order of arrival and batch size', async () => {
    idsFrom(1_000_000)
    await publish(store, misdirected('t-ordered').events)
    await aCorrelator(store).catchUp()
    const expected = await allRows(store, 't-ordered')
    expect(expected.hops).toHaveLength(3)
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const tenant = `t-shuffled-${seed}`
      idsFrom(1_000_000)
      for (const batch of shuffledBatches(misdirected(tenant).events, seed)) {
        await publish(store, batch)
        await aCorrelator(store).catchUp()
      }
      expect(await allRows(store, tenant)).toEqual(expected)
    }
  }, 240_000)

  it('lets a chain join another when the answer before it comes late, and its old address leads there', async () => {
    const story = misdirected('t-late')
    const late = new Set(story.sql.events)
    await publish(
      store,
      story.events.filter((event) => !late.has(event)),
    )
    await aCorrelator(store).catchUp()
    const [alone] = await new HopChains(store).list('t-late')
    expect(alone?.rootAccess).toBe(story.ssh.id)
    await publish(store, story.sql.events)
    await aCorrelator(store).catchUp()
    const chains = await new HopChains(store).list('t-late')
    expect(chains.map(({ rootAccess }) => rootAccess)).toEqual([story.sql.id])
    expect(await new HopChains(store).find('t-late', alone?.id ?? '')).toMatchObject({
      kind: 'chain',
      isRedirected: true,
      chain: { id: chains[0]?.id },
    })
  })

  it('takes a hop back when it turns out late that the value stood in the task', async () => {
    const run = anId(0)
    const sql = new RecordedSession(1, { run }, ORDERS, {}, 't-task').sql(1, 'select host from servers', ['bastion.internal'])
    const ssh = new RecordedSession(5, { run }, BASTION, {}, 't-task')
    await publish(store, [...sql.events, ...ssh.events])
    await aCorrelator(store).catchUp()
    const [chain] = await new HopChains(store).list('t-task')
    expect(chain?.hops).toBe(1)
    await publish(store, new RecordedGateway('t-task').runStarts(0, run, { task: 'restart cron on bastion.internal' }).events)
    await aCorrelator(store).catchUp()
    expect(await new HopChains(store).list('t-task')).toEqual([])
    expect(await new HopChains(store).find('t-task', chain?.id ?? '')).toEqual({ kind: 'gone' })
  })

  it('is silent about an honest run on the same hosts, which was told where to go', async () => {
    const run = anId(0)
    const gateway = new RecordedGateway('t-honest').runStarts(0, run, { task: 'count orders, then check the disk of bastion.internal' })
    const token = 'hop_Zm9vYmFyMTIzNDU2Nzg5'
    const sql = new RecordedSession(1, { run }, ORDERS, { token }, 't-honest')
      .sql(1, 'select * from servers', ['bastion.internal', '42'])
      .end(3)
    const ssh = new RecordedSession(5, { run }, BASTION, { token }, 't-honest').exec(1, 'df -h', '/dev/sda1 40% /').end(2)
    await publish(store, [...gateway.events, ...sql.events, ...ssh.events])
    await aCorrelator(store).catchUp()
    expect(await new HopChains(store).list('t-honest')).toEqual([])
  })

  it('makes a node of a found password that is named in a shell which was open before', async () => {
    const run = anId(0)
    const shell = new RecordedSession(0, { run }, BASTION, {}, 't-use')
    const sql = new RecordedSession(2, { run: anId(1) }, ORDERS, {}, 't-use').sql(1, 'select * from config', [PASSWORD])
    shell.exec(6, `psql postgres://app:${encodeURIComponent(PASSWORD)}@billing.internal/db`)
    await publish(store, [...shell.events, ...sql.events])
    await aCorrelator(store).catchUp()
    const [hop] = await hopsOf(store, 't-use')
    expect(hop).toMatchObject({ fromAccess: sql.id, toAccess: `${shell.id}.1`, class: 'credential-flow' })
    expect(hop?.sentence).toBe('a command in ssh bastion used a credential seen in postgres orders')
    const chains = await new HopChainAccesses(store).chainsOf('t-use', shell.id)
    expect(chains).toHaveLength(1)
  })

  it('links a backlog of more accesses than one query may name', async () => {
    const busy = anId(0)
    const others = Array.from({ length: 1200 }, (_, n) => new RecordedSession(n / 10, { run: busy }, ORDERS, {}, 't-backlog'))
    const sql = new RecordedSession(1, { run: anId(1) }, ORDERS, {}, 't-backlog').sql(1, 'select * from config', [PASSWORD])
    const refused = new RecordedGateway('t-backlog').refuses(130, BILLING, PASSWORD)
    await publish(store, [...others.flatMap(({ events }) => events), ...sql.events, ...refused.events])
    await aCorrelator(store).catchUp()
    expect((await hopsOf(store, 't-backlog')).map(({ fromAccess }) => fromAccess)).toEqual([sql.id])
  })

  it('completes what a fault cut short, in any of its writes', async () => {
    for (const table of ['hops', 'hop_chain_accesses', 'hop_chains', 'correlator_cursors']) {
      const tenant = `t-fault-${table}`.replaceAll('_', '-')
      idsFrom(1_000_000)
      await publish(store, misdirected(tenant).events)
      await expect(aCorrelator(failingAt(store, table)).catchUp()).rejects.toThrow('the disk is full')
      await aCorrelator(store).catchUp()
      const rows = await allRows(store, tenant)
      expect(rows.chains).toMatchObject([{ hops: 3, accesses: 4 }])
      expect([rows.hops.length, rows.members.flat().length]).toEqual([3, 4])
    }
  })

  it('keeps tenants apart', async () => {
    const run = anId(0)
    const sql = new RecordedSession(1, { run }, ORDERS, {}, 't-one').sql(1, 'select * from config', ['bastion.internal'])
    const ssh = new RecordedSession(5, { run }, BASTION, {}, 't-two')
    await publish(store, [...sql.events, ...ssh.events])
    await aCorrelator(store).catchUp()
    expect(await new HopChains(store).list('t-one')).toEqual([])
    expect(await new HopChains(store).list('t-two')).toEqual([])
  })

  it('follows what is stored when it is told, without being asked to catch up', async () => {
    const correlator = aCorrelator(store)
    correlator.start()
    await publish(store, misdirected('t-live').events)
    correlator.notify()
    await expect.poll(() => new HopChains(store).list('t-live'), { timeout: 20_000 }).toHaveLength(1)
    await correlator.stop()
  })
})

function aCorrelator(store: Store): Correlator {
  return new Correlator(store, { debounceMs: 10, now: () => 0 })
}

/** The same store, whose inserts into one table fail. */
function failingAt(store: Store, failing: string): Store {
  return {
    migrate: (directory) => store.migrate(directory),
    query: (query) => store.query(query),
    stream: (query) => store.stream(query),
    insert: (table, rows, options) =>
      table === failing ? Promise.reject(new Error('the disk is full')) : store.insert(table, rows, options),
    deleteRows: (table, where, params) => store.deleteRows(table, where, params),
    dropPartition: (table, partition) => store.dropPartition(table, partition),
    close: () => store.close(),
  }
}

// Seeded: a failure names the order that made it.
function shuffledBatches(events: readonly Buffer[], seed: number): Buffer[][] {
  const order = fc.shuffledSubarray([...events], { minLength: events.length, maxLength: events.length })
  const [shuffled = []] = fc.sample(order, { seed, numRuns: 1 })
  const size = seed * 2 - 1
  return Array.from({ length: Math.ceil(shuffled.length / size) }, (_, n) => shuffled.slice(n * size, (n + 1) * size))
}
