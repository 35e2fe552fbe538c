import { randomBytes } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KafkaPublisher, type KafkaSettings } from '@hoptrace/bus'
import { EventChain, uuidv7 } from '@hoptrace/events'
import { openStore, type Store } from '@hoptrace/store'
import {
  type EmbeddedClickHouseHttp,
  freePort,
  type KafkaBroker,
  kafkaMissing,
  startEmbeddedClickHouseHttp,
  startKafka,
} from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { TraceReceiver } from './trace-receiver.test-support.ts'
import { until, WatchedProcess } from './watched-process.test-support.ts'

const MIB = 1024 * 1024
const PIECES = 1000
const PIECE_BYTES = 64 * 1024
/** Three partitions at once, each with a slice of 8 MiB and the one behind it. */
const MOST_IN_FLIGHT = 64 * MIB
const why = kafkaMissing()

describe.skipIf(why !== null)(`the distributed form in operation${why ? ` (skipped: ${why})` : ''}`, () => {
  let kafka: KafkaBroker
  let clickhouse: EmbeddedClickHouseHttp
  let traces: TraceReceiver
  let store: Store
  let env: NodeJS.ProcessEnv
  const running: Partial<Record<'gateway' | 'ingest' | 'correlator' | 'api', WatchedProcess>> = {}

  beforeAll(async () => {
    ;[kafka, clickhouse, traces] = await Promise.all([startKafka({ own: true }), startEmbeddedClickHouseHttp(), TraceReceiver.start()])
    store = await openStore({ kind: 'http', url: clickhouse.url })
    env = {
      KAFKA_BROKERS: kafka.brokers.join(','),
      HOPTRACE_TOPIC_PARTITIONS: '3',
      HOPTRACE_TOPIC_REPLICATION: '1',
      HOPTRACE_CLICKHOUSE_URL: clickhouse.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: traces.url,
      OTEL_TRACES_SAMPLER_ARG: '1',
    }
    running.ingest = await WatchedProcess.start('ingest', env)
    running.gateway = await WatchedProcess.start('gateway', { ...env, HOPTRACE_CONFIG: await gatewayConfig() })
  }, 240_000)

  afterAll(async () => {
    for (const process of Object.values(running)) await process.end('SIGKILL')
    await store?.close()
    await Promise.all([kafka?.stop(), clickhouse?.stop(), traces?.stop()])
  })

  async function gatewayConfig(): Promise<string> {
    const file = join(mkdtempSync(join(tmpdir(), 'hoptrace-operations-')), 'hoptrace.yaml')
    const at = async () => ({ listen: `127.0.0.1:${await freePort()}` })
    const doors = { postgres: await at(), ssh: await at(), http: await at(), kubernetes: await at(), control: await at() }
    const gateway = { id: 'gw-ops', ...doors, heartbeatSeconds: 1, segmentBytes: MIB }
    writeFileSync(file, JSON.stringify({ gateway, kafka: { brokers: kafka.brokers, topics: { partitions: 3, replication: 1 } } }))
    return file
  }

  async function count(condition: string): Promise<number> {
    const sql = `SELECT toUInt32(uniqExact(session_id, seq)) AS events FROM session_events WHERE ${condition}`
    return (await store.query({ name: 'test.count', sql, row: z.object({ events: z.int() }) }))[0]?.events ?? 0
  }

  function the(app: keyof typeof running): WatchedProcess {
    const process = running[app]
    if (!process) throw new Error(`${app} does not run`)
    return process
  }

  it('follows an event from the gateway’s relay through the ingest to the store, and tells nothing of it', async () => {
    await until(() => traces.wholeTrace().length > 0)
    expect(traces.wholeTrace().map(({ name }) => name)).toEqual([
      'hoptrace.relay.publish',
      'hoptrace.ingest.batch',
      'hoptrace.store.insert',
    ])
    expect(JSON.stringify(traces.spans)).not.toMatch(/hoptrace gateway|sessionId|"body"/)
  })

  it('counts the same events at the gateway, on the bus and in the store', async () => {
    await until(async () => (await the('ingest').metric('hoptrace_ingest_events_stored_total')) >= 3)
    expect(await the('gateway').metric('hoptrace_relay_events_published_total')).toBeGreaterThanOrEqual(3)
    expect(await the('gateway').metric('hoptrace_gateway_events_recorded_total')).toBeGreaterThanOrEqual(3)
    expect(await the('ingest').metric('hoptrace_ingest_stored_to_timestamp_seconds')).toBeGreaterThan(Date.now() / 1000 - 600)
    expect(await the('ingest').metric('hoptrace_ingest_dead_letters_total')).toBe(0)
  })

  it('records on while the store hangs, holds little in memory, and stores everything afterwards', async () => {
    const before = await the('ingest').metric('process_resident_memory_bytes')
    clickhouse.pause()
    const session = await flood({
      clientId: 'test',
      brokers: kafka.brokers,
      topicPartitions: 3,
      topicReplication: 1,
      topicRetentionMs: 3_600_000,
    })
    const recorded = await the('gateway').metric('hoptrace_gateway_events_recorded_total')
    await until(async () => (await the('ingest').metric('hoptrace_ingest_in_flight_bytes')) > 0)
    // The gateway beats on: nothing that it records waits for the store.
    await until(async () => (await the('gateway').metric('hoptrace_gateway_events_recorded_total')) > recorded + 3)
    expect(await the('ingest').metric('hoptrace_ingest_in_flight_bytes')).toBeLessThanOrEqual(MOST_IN_FLIGHT)
    expect((await the('ingest').metric('process_resident_memory_bytes')) - before).toBeLessThan(512 * MIB)
    clickhouse.resume()
    await until(async () => (await count(`session_id = '${session}'`)) === PIECES)
    await until(async () => (await the('ingest').metric('hoptrace_ingest_in_flight_bytes')) === 0)
  }, 240_000)

  it('stops each process in order at a SIGTERM, with what was recorded last in the store', async () => {
    running.correlator = await WatchedProcess.start('correlator', env)
    running.api = await WatchedProcess.start('api', {
      ...env,
      HOPTRACE_LISTEN: `127.0.0.1:${await freePort()}`,
      HOPTRACE_OPERATOR_TOKEN: randomBytes(24).toString('hex'),
    })
    expect(await the('gateway').end()).toBe(0)
    await until(async () => (await count("gateway_id = 'gw-ops' AND type = 'session.ended' AND outcome = 'shutdown'")) === 1)
    for (const app of ['api', 'correlator', 'ingest'] as const) expect([app, await the(app).end()]).toEqual([app, 0])
  }, 240_000)

  it('logs lines of JSON alone, each with its time, level and process', () => {
    for (const app of ['ingest', 'correlator', 'api'] as const) {
      const lines = the(app)
        .log.split('\n')
        .filter((line) => line.startsWith('{'))
      expect(lines.length).toBeGreaterThan(0)
      for (const line of lines)
        expect(JSON.parse(line)).toMatchObject({ time: expect.any(String), level: expect.any(String), process: app })
    }
  })
})

/** Publishes one session of large events, all at once. @returns its id */
async function flood(settings: KafkaSettings): Promise<string> {
  const sessionId = uuidv7(Date.now(), randomBytes(10))
  const nobody = { run: null, principal: null, rootPrincipal: null, lineage: [], origin: null, target: null }
  const chain = new EventChain({ tenant: 'default', gatewayId: 'gw-flood', bootId: sessionId, sessionId, ...nobody })
  const publisher = await KafkaPublisher.connect(settings)
  const data = { utf8: randomBytes(PIECE_BYTES / 2).toString('hex') }
  for (let at = 0; at < PIECES; at += 100) {
    const events = Array.from({ length: 100 }, (_, i) => {
      const moment = { wallUs: BigInt(Date.now()) * 1000n, elapsedUs: at + i }
      return chain.next('terminal.output', { channel: 0, stream: 'stdout', data }, moment)
    })
    await publisher.publish(events)
  }
  await publisher.close()
  return sessionId
}
