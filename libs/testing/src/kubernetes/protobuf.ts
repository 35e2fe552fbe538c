import type { Json } from './objects.ts'
import { StatusError } from './status.ts'

/** Content type in which kubectl's typed commands send objects from 1.32 on. */
export const PROTOBUF = 'application/vnd.kubernetes.protobuf'

const MAGIC = Buffer.from('k8s\0')
type Fields = Map<number, Buffer[]>

/**
 * Reads an object in Kubernetes' protobuf envelope as far as the fake server needs it: its kind, its name, namespace
 * and labels, and the data of a ConfigMap or a Secret.
 * @throws StatusError
 */
export function readProtobufObject(bytes: Buffer): Json {
  if (!bytes.subarray(0, 4).equals(MAGIC)) throw new StatusError(400, 'BadRequest', 'the body has no protobuf envelope')
  const envelope = fieldsOf(bytes.subarray(4))
  const type = fieldsOf(first(envelope, 1))
  const object = fieldsOf(first(envelope, 2))
  const kind = text(type, 2)
  const meta = fieldsOf(first(object, 1))
  const namespace = text(meta, 3)
  const metadata = { name: text(meta, 1), ...(namespace ? { namespace } : {}), labels: mapOf(meta, 11, 'utf8') }
  return { apiVersion: text(type, 1), kind, metadata, ...contentOf(kind, object) }
}

function contentOf(kind: string, object: Fields): Json {
  if (kind === 'ConfigMap') return { data: mapOf(object, 2, 'utf8') }
  if (kind === 'Secret') return { data: mapOf(object, 2, 'base64'), type: text(object, 3) || 'Opaque' }
  return {}
}

function fieldsOf(bytes: Buffer): Fields {
  const fields: Fields = new Map()
  let at = 0
  const varint = () => {
    let value = 0
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at] ?? 0
      at += 1
      value += (byte & 0x7f) * shift
      if (byte < 0x80) return value
    }
  }
  while (at < bytes.length) {
    const tag = varint()
    const wire = tag & 7
    if (wire === 0) varint()
    else if (wire !== 2) throw new StatusError(400, 'BadRequest', 'the protobuf message has a field that is not known')
    else {
      const length = varint()
      fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), bytes.subarray(at, at + length)])
      at += length
    }
  }
  return fields
}

function first(fields: Fields, number: number): Buffer {
  return fields.get(number)?.[0] ?? Buffer.alloc(0)
}

function text(fields: Fields, number: number): string {
  return first(fields, number).toString('utf8')
}

function mapOf(fields: Fields, number: number, encoding: BufferEncoding): Record<string, string> {
  const entries = (fields.get(number) ?? []).map(fieldsOf)
  return Object.fromEntries(entries.map((entry) => [text(entry, 1), first(entry, 2).toString(encoding)]))
}
