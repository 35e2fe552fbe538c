import { topics } from '../topics.ts'
import { asyncApi } from './asyncapi.ts'
import { type Json, schemaOfTopic } from './json-schemas.ts'
import { type TopicName, topicContracts } from './topic-contracts.ts'

/** Every document of the contract under its path: `asyncapi.json`, `schemas/{topic}.json`. The same code gives the same documents. */
export function contractDocuments(): Record<string, Json> {
  const documents: Record<string, Json> = { 'asyncapi.json': asyncApi() }
  for (const topic of Object.keys(topicContracts) as TopicName[]) {
    const schema = schemaOfTopic(topic)
    if (schema !== null) documents[`schemas/${topics[topic]}.json`] = schema
  }
  return documents
}
