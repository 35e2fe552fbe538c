import type { KafkaSettings } from '@hoptrace/bus'
import { KafkaIngest } from '@hoptrace/ingest'
import { openStore, type Store } from '@hoptrace/store'
import {
  clickHouseHttpMissing,
  type EmbeddedClickHouseHttp,
  freePort,
  type KafkaBroker,
  kafkaMissing,
  startEmbeddedClickHouseHttp,
  startKafka,
} from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../config.ts'
import { AccessLogPage } from '../contract/index.ts'
import { RecordedSession } from '../testing/recorded-session.ts'
import { ApiProcess } from './api-process.ts'

const missing = kafkaMissing() ?? clickHouseHttpMissing()
if (missing && process.env.CI === 'true') throw new Error(`These tests need a broker and a server: ${missing}`)

const TOKEN = 'hopop_0123456789abcdef0123456789'
const session = new RecordedSession({}, Date.now())
  .started()
  .asked('SELECT 1', [['1']])
  .ended()

describe.skipIf(missing !== null)('the api as a process of its own', () => {
  let broker: KafkaBroker
  let server: EmbeddedClickHouseHttp
  let store: Store
  let ingest: KafkaIngest
  let api: ApiProcess
  let base: string
  const get = (path: string, init: RequestInit = {}) =>
    fetch(`${base}/api/v1${path}`, { ...init, headers: { authorization: `Bearer ${TOKEN}` } })

  beforeAll(async () => {
    ;[broker, server] = await Promise.all([startKafka(), startEmbeddedClickHouseHttp()])
    const environment = {
      KAFKA_BROKERS: broker.brokers.join(','),
      HOPTRACE_TOPIC_PARTITIONS: '3',
      HOPTRACE_TOPIC_REPLICATION: '1',
      HOPTRACE_CLICKHOUSE_URL: server.url,
      HOPTRACE_OPERATOR_TOKEN: TOKEN,
      HOPTRACE_LISTEN: `127.0.0.1:${await freePort()}`,
      HOPTRACE_CHANGES_POLL_MS: '100',
    }
    const config = loadConfig(environment)
    store = await openStore(config.store)
    await store.migrate()
    const settings: KafkaSettings = { ...config.kafka, clientId: 'ingest' }
    ingest = await KafkaIngest.start({ store, settings, tenant: 'default', groupId: 'ingest', now: Date.now, onNotice: () => undefined })
    api = await ApiProcess.start(config, { version: '0', webDirectory: null, onError: () => undefined })
    base = await api.url()
  })
  afterAll(async () => {
    await api?.close()
    await ingest?.close()
    await store?.close()
    await server?.stop()
    await broker?.stop()
  })

  it('serves what another process stored, and records over the bus who viewed it', async () => {
    await api.publisher.publish(session.encoded)
    await expect.poll(async () => (await get(`/sessions/${session.id}/events`)).status, { timeout: 60_000 }).toBe(200)
    const views = async () => AccessLogPage.parse(await (await get(`/access-log?id=${session.id}`)).json()).items
    await expect.poll(async () => (await views()).map(({ span }) => span), { timeout: 60_000 }).toContain('seq 0-3')
  })

  it('tells pages what another process stored', async () => {
    const leaving = new AbortController()
    const response = await get('/stream', { signal: leaving.signal })
    const other = new RecordedSession({}, Date.now()).started()
    await api.publisher.publish(other.encoded)
    let heard = ''
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      heard += chunk
      if (heard.includes(other.id)) break
    }
    leaving.abort()
    expect(heard).toContain(other.id)
  })

  it('answers once the bus has the view, though it stood still for a moment', async () => {
    broker.pause()
    const answer = get(`/sessions/${session.id}/events`)
    broker.resume()
    expect((await answer).status).toBe(200)
  })
})
