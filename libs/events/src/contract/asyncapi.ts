import { z } from 'zod'
import { topics } from '../topics.ts'
import { type Json, schemaOfTopic } from './json-schemas.ts'
import { type TopicName, topicContracts } from './topic-contracts.ts'

/** Of the contract itself: it changes when a topic does, not with each release. */
const CONTRACT_VERSION = '1.0.0'
const SCHEMA_FORMAT = 'application/schema+json;version=draft-2020-12'

/** AsyncAPI 3 of every topic of the bus. Schemas of messages stand beside it, at `schemas/{topic}.json`. */
export function asyncApi(): Json {
  const all = Object.keys(topicContracts) as TopicName[]
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Hoptrace bus',
      version: CONTRACT_VERSION,
      description: 'Topics through which gateways, ingest and correlators speak. Anyone may publish and follow.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(all.map((topic) => [topic, channelOf(topic)])),
    operations: Object.fromEntries(all.flatMap((topic) => [operationOf(topic, 'send'), operationOf(topic, 'receive')])),
    components: { messages: Object.fromEntries(all.map((topic) => [topic, messageOf(topic)])) },
  }
}

function channelOf(topic: TopicName): Json {
  const { title, description, isCompacted } = topicContracts[topic]
  const topicConfiguration = { 'cleanup.policy': [isCompacted ? 'compact' : 'delete'] }
  return {
    address: topics[topic],
    title,
    description,
    messages: { [topic]: { $ref: `#/components/messages/${topic}` } },
    bindings: { kafka: { topic: topics[topic], topicConfiguration, bindingVersion: '0.5.0' } },
  }
}

function operationOf(topic: TopicName, action: 'send' | 'receive'): [string, Json] {
  const name = `${action}${topic[0]?.toUpperCase()}${topic.slice(1)}`
  return [name, { action, channel: { $ref: `#/channels/${topic}` }, messages: [{ $ref: `#/channels/${topic}/messages/${topic}` }] }]
}

function messageOf(topic: TopicName): Json {
  const { title, key, headers } = topicContracts[topic]
  const isBytes = schemaOfTopic(topic) === null
  return {
    name: topics[topic],
    title,
    contentType: isBytes ? 'application/octet-stream' : 'application/json',
    headers: headersOf(headers),
    ...(isBytes ? {} : { payload: { schemaFormat: SCHEMA_FORMAT, schema: { $ref: `schemas/${topics[topic]}.json` } } }),
    bindings: { kafka: { key: { type: 'string', description: key }, bindingVersion: '0.5.0' } },
  }
}

function headersOf(headers: z.ZodType): Json {
  const { $schema: _, ...schema } = z.toJSONSchema(headers, { io: 'input', target: 'draft-07' })
  return schema
}
