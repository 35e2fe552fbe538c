import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { EventChain, uuidv7 } from '@hoptrace/events'
import { Kafka, logLevel } from 'kafkajs'
import { KafkaBatchConsumer, type KafkaBatchOptions, type SliceHandler } from './kafka-batch-consumer.ts'
import type { KafkaNotice } from './notices.ts'
import type { KafkaSettings } from './settings.ts'

export function settingsOf(brokers: readonly string[], over: Partial<KafkaSettings> = {}): KafkaSettings {
  return { clientId: 'test', brokers, topicPartitions: 3, topicReplication: 1, topicRetentionMs: 3_600_000, ...over }
}

/** A topic that nobody else uses. Answers its name. */
export async function aTopic(
  brokers: readonly string[],
  { partitions = 3, config = {} }: { partitions?: number; config?: Record<string, string> } = {},
): Promise<string> {
  const topic = `test-${randomUUID()}`
  await asAdmin(brokers, async (admin) => {
    const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }))
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions, replicationFactor: 1, configEntries }] })
  })
  return topic
}

export async function asAdmin<T>(brokers: readonly string[], work: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.disconnect()
  }
}

/** First offsets not committed, by partition; -1 where nothing was. */
export function committedOf(brokers: readonly string[], groupId: string, topic: string): Promise<number[]> {
  return asAdmin(brokers, async (admin) => {
    const [found] = await admin.fetchOffsets({ groupId, topics: [topic] })
    return [...(found?.partitions ?? [])].sort((a, b) => a.partition - b.partition).map(({ offset }) => Number(offset))
  })
}

/** Sessions of events, each numbered from 0, interleaved. */
export function someEvents(sessions: number, each: number, text = 'SELECT 1'): Buffer[] {
  const chains = Array.from({ length: sessions }, () => aSession())
  return Array.from({ length: sessions * each }, (_, i) => {
    const chain = chains[i % sessions]
    if (!chain) throw new Error('unreachable')
    const body = { kind: 'SELECT', mode: 'simple' as const, params: [], prepared: null, tables: [], text, transaction: 'idle' as const }
    return chain.next('sql.statement', body, { wallUs: 1_795_000_000_000_000n + BigInt(i), elapsedUs: i })
  })
}

function aSession(): EventChain {
  const id = () => uuidv7(Date.now(), randomBytes(10))
  const whose = {
    tenant: 'default',
    gatewayId: 'gw-1',
    run: null,
    principal: 'ana',
    rootPrincipal: null,
    lineage: [],
    origin: null,
    target: null,
  }
  return new EventChain({ ...whose, sessionId: id(), bootId: id() })
}

export type StartedConsumer = { consumer: KafkaBatchConsumer; notices: KafkaNotice[] }

export async function aConsumer(
  brokers: readonly string[],
  topic: string,
  handle: SliceHandler,
  over: Partial<KafkaBatchOptions> = {},
): Promise<StartedConsumer> {
  const notices: KafkaNotice[] = []
  const options = {
    settings: settingsOf(brokers),
    groupId: `group-${topic}`,
    lingerMs: 20,
    lingerBytes: 1,
    retryMs: 10,
    lagMs: 100,
    ...over,
  }
  const consumer = new KafkaBatchConsumer({ ...options, onNotice: (notice) => notices.push(notice) }, [topic], handle)
  await consumer.start()
  return { consumer, notices }
}

/** Waits for a condition to hold; a test's own time-out ends it. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(10)
}
