import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ensureTopics, KafkaPublisher, type KafkaSettings, topicSpecs } from '@hoptrace/bus'
import { topics } from '@hoptrace/events'
import { kafkaMissing, startKafka } from '@hoptrace/testing'
import type { ConsumerMeasured, ConsumerTask } from './kafka-consumer-process.ts'
import { recordedEvents } from './recorded-events.ts'
import { median, type Row } from './table.ts'

const EVENTS = 200_000
const PARTITIONS = 4
const PUBLISH_AT_ONCE = 4_000
const ROUNDS = 3
const CONSUMER = fileURLToPath(new URL('./kafka-consumer-process.js', import.meta.url))

type Pair = { batch: ConsumerMeasured; nest: ConsumerMeasured }

/** The batch transport against the framework's own, which handles one message at a time: same broker, same messages. */
export async function benchKafka(): Promise<Row[]> {
  if (kafkaMissing() !== null) return []
  const broker = await startKafka({ own: true })
  const topic = { topicPartitions: PARTITIONS, topicReplication: 1, topicRetentionMs: 86_400_000 }
  const settings = { clientId: 'bench', brokers: broker.brokers, ...topic }
  try {
    await ensureTopics(settings, topicSpecs(settings))
    const published = await publish(settings)
    const pairs: Pair[] = []
    // In turns: whatever else the machine does meets both.
    for (let round = 0; round < ROUNDS; round += 1) {
      pairs.push({ batch: await consume('batch', settings, round), nest: await consume('nest', settings, round) })
    }
    return rowsOf(pairs, published)
  } finally {
    await broker.stop()
  }
}

type Published = { bytes: number; seconds: number; cpuSeconds: number }

async function publish(settings: KafkaSettings): Promise<Published> {
  const events = [...recordedEvents(EVENTS)]
  const publisher = await KafkaPublisher.connect(settings)
  const [from, cpu] = [performance.now(), process.cpuUsage()]
  for (let at = 0; at < EVENTS; at += PUBLISH_AT_ONCE) await publisher.publish(events.slice(at, at + PUBLISH_AT_ONCE))
  const { user, system } = process.cpuUsage(cpu)
  const seconds = (performance.now() - from) / 1000
  await publisher.close()
  return { bytes: events.reduce((sum, { length }) => sum + length, 0) / EVENTS, seconds, cpuSeconds: (user + system) / 1e6 }
}

/** In a process of its own, so that CPU and memory are its own. */
async function consume(transport: ConsumerTask['transport'], settings: KafkaSettings, round: number): Promise<ConsumerMeasured> {
  const child = fork(CONSUMER)
  child.send({ transport, settings, topic: topics.events, groupId: `${transport}-${round}`, messages: EVENTS } satisfies ConsumerTask)
  const [measured] = await once(child, 'message')
  child.kill('SIGKILL')
  return measured as ConsumerMeasured
}

function rowsOf(pairs: readonly Pair[], published: Published): Row[] {
  const of = (figure: (pair: Pair) => number) => median(pairs.map(figure))
  const rate = (seconds: number) => `${(EVENTS / seconds / 1000).toFixed(0)} k/s`
  const perEvent = (cpuSeconds: number) => `${((cpuSeconds / EVENTS) * 1e6).toFixed(1)} µs`
  const about = `${EVENTS / 1000} k events of ${published.bytes.toFixed(0)} B, ${PARTITIONS} partitions, gzip, CloudEvents headers`
  return [
    {
      figure: "batch transport ÷ Nest's own for Kafka",
      value: `${rate(of(({ batch }) => batch.seconds))}, Nest's ${rate(of(({ nest }) => nest.seconds))}`,
      ratio: of(({ batch, nest }) => nest.seconds / batch.seconds),
      bound: { atLeast: 5 },
      note: about,
    },
    {
      figure: "CPU an event, batch transport ÷ Nest's own",
      value: `${perEvent(of(({ batch }) => batch.cpuSeconds))}, Nest's ${perEvent(of(({ nest }) => nest.cpuSeconds))}`,
      ratio: of(({ batch, nest }) => batch.cpuSeconds / nest.cpuSeconds),
      note: `peak ${of(({ batch }) => batch.peakMiB).toFixed(0)} MiB, Nest's ${of(({ nest }) => nest.peakMiB).toFixed(0)} MiB`,
    },
    {
      figure: 'publishing to Kafka',
      value: `${rate(published.seconds)}, ${perEvent(published.cpuSeconds)} CPU an event`,
      note: 'one publisher, acknowledged by all replicas, one request at a time',
    },
  ]
}
