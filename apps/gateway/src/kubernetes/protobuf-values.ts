/** What Kubernetes' protobuf begins with (k8s.io/apimachinery, pkg/runtime/serializer/protobuf). */
const MAGIC = Buffer.from('k8s\0')
const MAX_DEPTH = 16
const MAX_VALUES = 4096

type Field = { number: number; bytes: Buffer }

/** An object in Kubernetes' protobuf envelope: its kind, and the fields of the object itself. */
export type ProtobufObject = { kind: string; fields: Field[] }

/** Null for what is no such envelope. One that is cut is read as far as it goes. */
export function readProtobuf(bytes: Buffer): ProtobufObject | null {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return null
  const envelope = fieldsOf(bytes.subarray(MAGIC.length), 'cut')
  const type = envelope && fieldsOf(first(envelope, 1))
  const fields = envelope && fieldsOf(first(envelope, 2), 'cut')
  return type && fields ? { kind: first(type, 2).toString('utf8'), fields } : null
}

/** The values at the leaves below fields of these numbers, as bytes: whether they are text or a message is not told on the wire. */
export function* leavesOf(fields: readonly Field[], isWanted: (number: number) => boolean): Generator<Buffer> {
  const budget = { left: MAX_VALUES }
  for (const { number, bytes } of fields) if (isWanted(number)) yield* leaves(bytes, 0, budget)
}

function* leaves(bytes: Buffer, depth: number, budget: { left: number }): Generator<Buffer> {
  if (bytes.length === 0 || budget.left <= 0) return
  budget.left -= 1
  yield bytes
  const inner = depth < MAX_DEPTH ? fieldsOf(bytes) : null
  for (const field of inner ?? []) yield* leaves(field.bytes, depth + 1, budget)
}

function first(fields: readonly Field[], number: number): Buffer {
  return fields.find((field) => field.number === number)?.bytes ?? Buffer.alloc(0)
}

/**
 * The length-delimited fields of a message; the others are read over. Null where the bytes are no message.
 * @param end of a message that may be `cut`, the last field is what there is of it
 */
function fieldsOf(bytes: Buffer, end: 'whole' | 'cut' = 'whole'): Field[] | null {
  const fields: Field[] = []
  const at = { position: 0 }
  while (at.position < bytes.length) {
    const tag = varint(bytes, at)
    const length = tag === null ? null : lengthOf(tag % 8, bytes, at)
    const isWhole = length !== null && at.position + length <= bytes.length
    if (!isWhole && end === 'whole') return null
    if (tag === null || length === null) break
    if (tag % 8 === 2) fields.push({ number: Math.floor(tag / 8), bytes: bytes.subarray(at.position, at.position + length) })
    at.position += length
  }
  return fields
}

/** Bytes of a field's value, of the wire type that it has; null for one that is not used, or is cut. */
function lengthOf(wire: number, bytes: Buffer, at: { position: number }): number | null {
  if (wire === 2) return varint(bytes, at)
  if (wire === 0) return varint(bytes, at) === null ? null : 0
  return wire === 1 ? 8 : wire === 5 ? 4 : null
}

function varint(bytes: Buffer, at: { position: number }): number | null {
  let value = 0
  for (let shift = 1; shift < 2 ** 49; shift *= 128) {
    const byte = bytes[at.position]
    if (byte === undefined) return null
    at.position += 1
    value += (byte & 0x7f) * shift
    if (byte < 0x80) return value
  }
  return null
}
