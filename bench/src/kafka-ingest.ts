import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ensureTopics, KafkaPublisher, type KafkaSettings, topicSpecs } from '@hoptrace/bus'
import { kafkaMissing, startKafka } from '@hoptrace/testing'
import type { Measured, Task } from './kafka-ingest-measured.ts'
import { recordedEvents } from './recorded-events.ts'
import { median, type Row } from './table.ts'

const EVENTS = 200_000
const PARTITIONS = 4
/** About what the consumer hands over at once: its slices are bounded by bytes. */
const BATCH_EVENTS = 8_000
const ROUNDS = 3
const MEASURED = fileURLToPath(new URL('./kafka-ingest-measured.js', import.meta.url))

/** Each measurement in a process of its own, so that memory and CPU are its own. */
async function run(task: Task): Promise<Measured> {
  const child = fork(MEASURED, { env: { ...process.env, UV_THREADPOOL_SIZE: '16' } })
  child.send(task)
  const [result] = await once(child, 'message')
  return result as Measured
}

/** @returns mean bytes of an event */
async function publishAll(settings: KafkaSettings): Promise<number> {
  const publisher = await KafkaPublisher.connect(settings)
  let batch: Buffer[] = []
  let bytes = 0
  for (const event of recordedEvents(EVENTS)) {
    batch.push(event)
    bytes += event.length
    if (batch.length < 2_000) continue
    await publisher.publish(batch)
    batch = []
  }
  await publisher.publish(batch)
  await publisher.close()
  return bytes / EVENTS
}

/** Kafka → ClickHouse against inserting the same rows, rendered before, in batches of the same size. */
export async function benchKafkaIngest(): Promise<Row[]> {
  if (kafkaMissing() !== null) return []
  const broker = await startKafka({ own: true })
  const topic = { topicPartitions: PARTITIONS, topicReplication: 1, topicRetentionMs: 86_400_000 }
  const settings = { clientId: 'bench', brokers: broker.brokers, ...topic }
  await ensureTopics(settings, topicSpecs(settings))
  const size = await publishAll(settings)
  const rounds: Round[] = []
  // In turns: whatever else the machine does meets both.
  for (let round = 0; round < ROUNDS; round++) {
    const whole = await run({ kind: 'endToEnd', events: EVENTS, settings, groupId: `whole-${round}`, isStoreFree: false })
    const raw = await run({ kind: 'raw', events: EVENTS, batchEvents: BATCH_EVENTS })
    const own = await run({ kind: 'endToEnd', events: EVENTS, settings, groupId: `own-${round}`, isStoreFree: true })
    rounds.push({ raw, whole, own })
  }
  await broker.stop()
  return rowsOf(rounds, size)
}

/** `own`: end to end, but into a store that costs nothing. */
type Round = { raw: Measured; whole: Measured; own: Measured }

function rowsOf(rounds: readonly Round[], size: number): Row[] {
  const of = (figure: (round: Round) => number) => median(rounds.map(figure))
  const rate = (seconds: number) => `${(EVENTS / seconds / 1000).toFixed(0)} k events/s`
  const perEvent = (cpuSeconds: number) => `${((cpuSeconds / EVENTS) * 1e6).toFixed(1)} µs`
  const about = `${(EVENTS / 1000).toFixed(0)} k events, read once before to warm up, of ${size.toFixed(0)} B, ${PARTITIONS} partitions, gzip`
  return [
    {
      figure: 'Kafka → ClickHouse ÷ raw insert of the same rows',
      value: `${rate(of(({ whole }) => whole.seconds))}, raw ${rate(of(({ raw }) => raw.seconds))}`,
      ratio: of(({ raw, whole }) => raw.seconds / whole.seconds),
      bound: { atLeast: 0.75 },
      note: about,
    },
    {
      figure: 'CPU an event, Kafka → ClickHouse ÷ raw insert',
      value: `${perEvent(of(({ whole }) => whole.cpuSeconds))}, ${perEvent(of(({ raw }) => raw.cpuSeconds))}`,
      ratio: of(({ raw, whole }) => whole.cpuSeconds / raw.cpuSeconds),
      bound: { atMost: 1.4 },
      note: 'engine included',
    },
    {
      figure: 'events a second and core of ingest itself ÷ 50 k',
      value: `${(EVENTS / of(({ own }) => own.cpuSeconds) / 1000).toFixed(0)} k`,
      ratio: EVENTS / of(({ own }) => own.cpuSeconds) / 50_000,
      bound: { atLeast: 1 },
      note: `${size.toFixed(0)} B an event; fetched, unpacked, checked, rendered`,
    },
    {
      figure: 'events a second and core, ClickHouse included',
      value: `${(EVENTS / of(({ whole }) => whole.cpuSeconds) / 1000).toFixed(0)} k`,
      note: `${size.toFixed(0)} B an event`,
    },
    { figure: 'peak memory, Kafka → ClickHouse', value: `${of(({ whole }) => whole.peakMiB).toFixed(0)} MiB` },
  ]
}
