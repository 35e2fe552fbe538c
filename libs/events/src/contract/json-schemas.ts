import { z } from 'zod'
import { AgentRef, BindValue, bodies, Grant, SqlColumn, SqlError } from '../bodies.ts'
import { Bytes, Truncation } from '../bytes.ts'
import { Name, Sha256Hex, Uuid } from '../identifiers.ts'
import { Observable, Origin, TargetRef } from '../observable.ts'
import { topics } from '../topics.ts'
import { ForeignEvent } from './recorded-event.ts'
import { type TopicName, topicContracts } from './topic-contracts.ts'

export type Json = Record<string, unknown>

const named = { AgentRef, BindValue, Bytes, Grant, Name, Observable, Origin, Sha256Hex, SqlColumn, SqlError, TargetRef, Truncation, Uuid }

/** Names of the shapes that stand in many places, and what zod cannot say of one. */
function names() {
  const registry = z.registry<{ id?: string; not?: object; description?: string }>()
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id })
  for (const [type, schema] of Object.entries(bodies)) registry.add(schema, { id: type })
  // A known type is read by its own shape alone: what that refuses does not pass as unknown.
  registry.add(ForeignEvent.shape.type, { not: { enum: Object.keys(bodies) } })
  return registry
}

/**
 * JSON Schema (2020-12) of a topic's messages; null for a topic of bytes. It says what a producer may write:
 * members that it does not name are allowed everywhere.
 */
export function schemaOfTopic(topic: TopicName): Json | null {
  const { title, description, value } = topicContracts[topic]
  if (value === null) return null
  const schema = z.toJSONSchema(value, { io: 'input', target: 'draft-2020-12', metadata: names() })
  const { $schema, ...rest } = schema
  return { $schema, $id: `urn:hoptrace:schema:${topics[topic]}`, title, description, ...rest }
}
