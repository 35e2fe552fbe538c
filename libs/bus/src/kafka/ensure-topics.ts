import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type Admin, type ITopicMetadata } from 'kafkajs'
import { kafkaClient } from './client.ts'
import { reasonOf, TopicMismatchError, TopicNotCreatedError, typeOf } from './errors.ts'
import type { KafkaSettings } from './settings.ts'
import type { TopicSetting, TopicSpec } from './topic-specs.ts'

const EXACT = new Set(['cleanup.policy', 'compression.type'])
const NOT_YET = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE'])
const MOST_ATTEMPTS = 50
const ATTEMPT_EVERY_MS = 200

/**
 * Creates the topics that are missing, and checks those that exist. Nothing that exists is altered.
 * Partitions, clean-up and compression must be as specified; copies, time and sizes may be more.
 * @returns the topics that were created
 * @throws TopicMismatchError, TopicNotCreatedError; the client's own error when no broker can be reached
 */
export async function ensureTopics(settings: KafkaSettings, specs: readonly TopicSpec[]): Promise<string[]> {
  const admin = kafkaClient(settings, () => undefined).admin()
  try {
    await admin.connect()
    const existing = new Set(await admin.listTopics())
    const missing = specs.filter(({ topic }) => !existing.has(topic))
    for (const spec of missing) await create(admin, spec)
    if (specs.length > 0) await check(admin, specs)
    return missing.map(({ topic }) => topic)
  } finally {
    await admin.disconnect()
  }
}

async function create(admin: Admin, { topic, partitions, replication, config, initially }: TopicSpec): Promise<void> {
  const configEntries = Object.entries({ ...config, ...initially }).map(([name, value]) => ({ name, value }))
  try {
    // False when another process was faster: the check tells whether it made the same.
    await admin.createTopics({
      waitForLeaders: false,
      topics: [{ topic, numPartitions: partitions, replicationFactor: replication, configEntries }],
    })
  } catch (error) {
    const [first] = error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors : [error]
    const hint =
      typeOf(first) === 'INVALID_REPLICATION_FACTOR' ? `: ${replication} copies want as many brokers (HOPTRACE_TOPIC_REPLICATION)` : ''
    throw new TopicNotCreatedError(topic, reasonOf(first), hint)
  }
}

async function check(admin: Admin, specs: readonly TopicSpec[]): Promise<void> {
  const names = specs.map(({ topic }) => topic)
  const found = await metadataOf(admin, names)
  const resources = names.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name }))
  const described = await admin.describeConfigs({ resources, includeSynonyms: false })
  for (const spec of specs) {
    checkPartitions(spec, found)
    const entries = described.resources.find(({ resourceName }) => resourceName === spec.topic)?.configEntries ?? []
    checkConfig(spec, new Map(entries.map(({ configName, configValue }) => [configName, configValue])))
  }
}

// A topic that was created a moment ago may not be known to the broker that is asked.
async function metadataOf(admin: Admin, names: string[]): Promise<ITopicMetadata[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: names })
      if (attempt === MOST_ATTEMPTS || topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))) return topics
    } catch (error) {
      if (attempt === MOST_ATTEMPTS || !NOT_YET.has(typeOf(error) ?? '')) throw error
    }
    await sleep(ATTEMPT_EVERY_MS)
  }
}

function checkPartitions({ topic, partitions, replication }: TopicSpec, found: readonly ITopicMetadata[]): void {
  const metadata = found.find(({ name }) => name === topic)?.partitions ?? []
  if (metadata.length !== partitions) throw new TopicMismatchError(topic, 'partitions', String(partitions), String(metadata.length))
  const copies = Math.min(...metadata.map(({ replicas }) => replicas.length))
  if (copies < replication) throw new TopicMismatchError(topic, 'replication', `at least ${replication}`, String(copies))
}

function checkConfig({ topic, config }: TopicSpec, found: ReadonlyMap<string, string>): void {
  for (const [setting, wanted] of Object.entries(config)) {
    const value = found.get(setting)
    if (value !== undefined && satisfies(setting as TopicSetting, wanted, value)) continue
    const text = EXACT.has(setting) ? wanted : `at least ${wanted}`
    throw new TopicMismatchError(topic, setting, text, value ?? 'not told')
  }
}

/** `-1` of retention.ms is for ever, and so more than any number. */
function satisfies(setting: TopicSetting, wanted: string, found: string): boolean {
  if (EXACT.has(setting)) return found === wanted
  if (setting === 'retention.ms' && found === '-1') return true
  if (setting === 'retention.ms' && wanted === '-1') return false
  return Number(found) >= Number(wanted)
}
