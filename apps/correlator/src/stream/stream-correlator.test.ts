import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { ensureTopics, followCompacted, KafkaPublisher, type KafkaSettings, topicSpecs } from '@hoptrace/bus'
import { topics } from '@hoptrace/events'
import { defaultLinkPolicy } from '@hoptrace/hopchain'
import { Analysed, openStore, type Store } from '@hoptrace/store'
import {
  clickHouseHttpMissing,
  type EmbeddedClickHouseHttp,
  type KafkaBroker,
  kafkaMissing,
  startEmbeddedClickHouseHttp,
  startKafka,
} from '@hoptrace/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Correlator } from '../correlator.ts'
import { allRows, BASTION, misdirected, publish } from '../story.test-support.ts'
import { anId, idsFrom, RecordedGateway, RecordedSession, usAt } from '../testing.ts'
import { StoreLinks } from './store-links.ts'
import { StreamCorrelator, type StreamCorrelatorOptions } from './stream-correlator.ts'

const PROGRAM = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
const missing = kafkaMissing() ?? clickHouseHttpMissing()
const FIRST_ID = 9_000_000
/** A group is joined, and a dead member missed, in seconds; on a machine that is busy, in many. */
const PATIENT = { timeout: 120_000 }

describe.skipIf(missing !== null && !process.env.CI)('a correlator fed by Kafka', () => {
  let broker: KafkaBroker
  let clickHouse: EmbeddedClickHouseHttp
  let store: Store
  let publisher: KafkaPublisher
  let settings: KafkaSettings

  beforeAll(async () => {
    ;[broker, clickHouse] = await Promise.all([startKafka({ own: true }), startEmbeddedClickHouseHttp()])
    settings = { clientId: 'test', brokers: broker.brokers, topicPartitions: 2, topicReplication: 1, topicRetentionMs: 3_600_000 }
    store = await openStore({ kind: 'http', url: clickHouse.url })
    await store.migrate()
    await ensureTopics(settings, topicSpecs(settings))
    publisher = await KafkaPublisher.connect(settings)
  }, 240_000)
  afterAll(async () => {
    await publisher.close()
    await store.close()
    await Promise.all([broker.stop(), clickHouse.stop()])
  })

  const open: StreamCorrelator[] = []
  async function running(over: Partial<StreamCorrelatorOptions> = {}): Promise<StreamCorrelator> {
    const links = new StoreLinks(store, defaultLinkPolicy, Date.now)
    const correlator = await StreamCorrelator.start({ settings, links, now: Date.now, stepMs: 20, ...over })
    open.push(correlator)
    return correlator
  }
  afterEach(async () => {
    for (const correlator of open.splice(0)) await correlator.close()
  })

  it('finds what the one that follows the store finds, from sessions that come out of order by two partitions', async () => {
    const expected = await polled('t-polled')
    const correlator = await running()
    const { gateway, sql, ssh, child } = told('t-stream')
    for (const events of [child.events, ssh.events, sql.events]) await publisher.publish(events)
    await publisher.publish(gateway.beats(60).events)
    // The ingest is behind: nothing may be linked of what it has not stored.
    for (const events of [ssh.events, child.events, sql.events, gateway.events]) await publish(store, events)
    await expect.poll(() => allRows(store, 't-stream'), PATIENT).toEqual(expected)
    expect(correlator.state.link).toMatchObject({ late: 0, evicted: 0, unwatermarked: 0, givenUp: 0, unreadable: 0 })
  }, 240_000)

  it('takes nothing for late that stands in a partition which lags by tens of thousands of events', async () => {
    const expected = await polled('t-lag-expected')
    const { gateway, sql, ssh, child, events } = told('t-lag')
    await publish(store, events)
    // The heartbeat is read at once, and most sessions; one stands at the end of the other partition.
    const backlog = Array.from({ length: 40_000 }, () => child.events[1] ?? Buffer.alloc(0))
    await into(1, [...backlog, ...sql.events])
    await into(0, [...ssh.events, ...child.events, ...gateway.beats(60).events])
    await publish(store, gateway.events.slice(-1))
    const correlator = await running()
    await expect.poll(() => allRows(store, 't-lag'), PATIENT).toEqual(expected)
    expect(correlator.state.rekey.events).toBeGreaterThan(40_000)
    expect(correlator.state.link).toMatchObject({ late: 0, evicted: 0, unwatermarked: 0, silent: [] })
  }, 240_000)

  it('waits no longer for a gateway that has fallen silent, and names it', async () => {
    const expected = await polled('t-silent-expected')
    const { events } = told('t-silent')
    await publish(store, events)
    await publisher.publish(events)
    const correlator = await running({ silenceMs: 1000, patienceMs: 2000, progressMs: 100 })
    await expect.poll(() => allRows(store, 't-silent'), PATIENT).toEqual(expected)
    expect(correlator.state.link.silent).toContain('t-silent/gw-1')
    expect(correlator.state.link.unwatermarked).toBeGreaterThan(0)
  }, 240_000)

  it('links now and then what reached the store by another way than the bus, as imports do', async () => {
    const expected = await polled('t-import-expected')
    await publish(store, told('t-import').events)
    const follower = new Correlator(store, { now: Date.now })
    await running({ repair: () => follower.catchUp(), repairMs: 100 })
    await expect.poll(() => allRows(store, 't-import'), PATIENT).toEqual(expected)
  }, 240_000)

  it('makes a node of a pivot that nobody followed as heartbeats come, as the one that follows the store does', async () => {
    const named = (tenant: string) => {
      idsFrom(FIRST_ID)
      const run = anId(0)
      return {
        gateway: new RecordedGateway(tenant).runStarts(0, run),
        ssh: new RecordedSession(1, { run }, BASTION, {}, tenant).names(1, 'vault.internal').end(2),
      }
    }
    const whole = named('t-unseen-expected')
    await publish(store, [...whole.gateway.beats(60).events, ...whole.ssh.events])
    await new Correlator(store, { now: () => 0 }).catchUp()
    const expected = await allRows(store, 't-unseen-expected')
    expect(expected.hops).toMatchObject([{ class: 'pivot-command' }])
    await running({ settleEveryMs: 50 })
    const { gateway, ssh } = named('t-unseen')
    for (const events of [ssh.events, gateway.beats(2.5).events]) await publish(store, events)
    for (const events of [ssh.events, gateway.events]) await publisher.publish(events)
    await expect.poll(() => analysedTo(store, 't-unseen'), PATIENT).toBeGreaterThan(0)
    expect((await allRows(store, 't-unseen')).hops).toEqual([])
    await publish(store, gateway.beats(60).events.slice(-1))
    await expect.poll(() => allRows(store, 't-unseen'), PATIENT).toEqual(expected)
  }, 240_000)

  it('reads again what it held, after it was stopped', async () => {
    const expected = await polled('t-held-expected')
    const first = await running()
    const { gateway, sql, ssh, child } = told('t-held')
    const all = [...ssh.events, ...sql.events, ...child.events, ...gateway.events]
    await publish(store, all)
    await publisher.publish(all)
    // No heartbeat of this tenant has come: what was noted is held, and nothing of it is linked.
    await expect.poll(() => first.state.link.held, PATIENT).toBeGreaterThanOrEqual(all.length - 4)
    await first.close()
    expect((await allRows(store, 't-held')).hops).toEqual([])
    await running()
    await publisher.publish(gateway.beats(60).events.slice(-1))
    await publish(store, gateway.events.slice(-1))
    await expect.poll(() => allRows(store, 't-held'), PATIENT).toEqual(expected)
  }, 240_000)

  it('finds the same when it is killed on the way, twice', async () => {
    const expected = await polled('t-expected')
    const { gateway, sql, ssh, child } = told('t-killed')
    const first = await started(clickHouse, broker)
    await publish(store, [...ssh.events, ...sql.events])
    await publisher.publish(ssh.events)
    await noted(ssh.id)
    // Some of it is noted, some is not, and for want of a heartbeat nothing is linked when the process dies.
    await publisher.publish(sql.events.slice(0, 2))
    await killed(first)
    const second = await started(clickHouse, broker)
    await publisher.publish(gateway.beats(7).events)
    await publish(store, gateway.events)
    await expect.poll(() => analysedTo(store, 't-killed'), PATIENT).toBeGreaterThanOrEqual(usAt(5))
    await killed(second)
    await publisher.publish([...sql.events.slice(2), ...child.events])
    await publish(store, child.events)
    const third = await started(clickHouse, broker)
    await publisher.publish(gateway.beats(120).events.slice(-1))
    await publish(store, gateway.events.slice(-1))
    await expect.poll(() => allRows(store, 't-killed'), PATIENT).toEqual(expected)
    await killed(third)
  }, 600_000)

  /** As a gateway publishes, but into a partition of the test's choice. */
  function into(partition: number, events: readonly Buffer[]): Promise<void> {
    return publisher.send(
      topics.events,
      events.map((value) => ({ key: null, value, partition })),
    )
  }

  /** Resolves once a note of that session is on the bus. */
  async function noted(session: string): Promise<void> {
    const notes: string[] = []
    const take = ({ value }: { value: Buffer | null }) => void notes.push(String(value))
    const following = await followCompacted(settings, topics.accesses, take, () => undefined)
    await expect.poll(() => notes.some((note) => note.includes(session)), PATIENT).toBe(true)
    await following.close()
  }

  /** What following the store makes of the same story. */
  async function polled(tenant: string) {
    await publish(store, told(tenant).events)
    await new Correlator(store, { now: () => 0 }).catchUp()
    const rows = await allRows(store, tenant)
    expect(rows.hops).toHaveLength(3)
    return rows
  }
})

/** The same ids each time: the stories differ in their tenants alone. */
function told(tenant: string) {
  idsFrom(FIRST_ID)
  return misdirected(tenant)
}

async function started(clickHouse: EmbeddedClickHouseHttp, broker: KafkaBroker): Promise<ChildProcess> {
  const env = {
    PATH: process.env.PATH,
    KAFKA_BROKERS: broker.brokers.join(','),
    KAFKA_SESSION_TIMEOUT_MS: '6000',
    HOPTRACE_TOPIC_PARTITIONS: '2',
    HOPTRACE_TOPIC_REPLICATION: '1',
    HOPTRACE_TOPIC_RETENTION_HOURS: '1',
    HOPTRACE_CLICKHOUSE_URL: clickHouse.url,
  }
  const child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: child.stdout })) if (line.includes('correlator ready')) return child
  throw new Error('The correlator ended at its start')
}

async function killed(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

async function analysedTo(store: Store, tenant: string): Promise<number> {
  const [row] = await new Analysed(store).list(tenant)
  return Number(row?.watermark ?? 0)
}
