import { type RequestInfo, secretValues } from '@hoptrace/events'
import type { BinaryRecord } from '../http/index.ts'
import { leavesOf, readProtobuf } from './protobuf-values.ts'
import { secretsOf } from './redaction.ts'

const PROTOBUF = /^application\/vnd\.kubernetes\.protobuf\b/i
/** Of `Secret` (core/v1): its metadata and its type; all other fields are values. */
const HARMLESS_FIELDS = [1, 3]
const MAX_SECRETS = 1024

/**
 * What is recorded of a body in Kubernetes' protobuf, in which kubectl writes some objects from 1.32 on: its bytes, but
 * nothing of a body that holds secrets, or may: their values are digested alone. Null for any other type.
 */
export function binaryBody(info: RequestInfo, mediaType: string | null, bytes: Buffer): BinaryRecord | null {
  if (mediaType === null || !PROTOBUF.test(mediaType)) return null
  const object = readProtobuf(bytes)
  const mayHold = secretsOf(info) !== null || object?.kind.startsWith('Secret') === true
  if (!mayHold) return { data: bytes, withheld: [], secrets: [] }
  const isSecret = object?.kind === 'Secret'
  const leaves = object ? leavesOf(object.fields, (number) => !isSecret || !HARMLESS_FIELDS.includes(number)) : []
  const texts = [...leaves].map((leaf) => leaf.toString('utf8'))
  return { data: null, withheld: [''], secrets: [...new Set(texts.flatMap(formsOf))].slice(0, MAX_SECRETS) }
}

// On the wire the values are not encoded; where the Secret is read they are, in base64.
function formsOf(value: string): string[] {
  return [...secretValues(value), Buffer.from(value, 'utf8').toString('base64')]
}
