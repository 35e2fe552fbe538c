import { isUtf8 } from 'node:buffer'
import { type AuditEvent, readAuditEvent } from './audit-event.ts'
import { auditLines } from './audit-lines.ts'
import { DocumentRecords } from './document-records.ts'

/** Lines count from 1; `item` too, of a list that stands in one line. */
export type AuditPlace = { line: number; item?: number }
export type AuditItem = ({ kind: 'event'; event: AuditEvent } | { kind: 'broken'; reason: string }) & AuditPlace

/** Bytes of a line, and of one record of a document that goes over many lines. */
const MAX_LINE = 16 * 1024 * 1024
const MAX_RECORD = 4 * 1024 * 1024

/**
 * Reads an audit log of a Kubernetes API server: an event a line, a list of events a line (as the webhook sends them), or one
 * document over many lines. What cannot be read is named and passed over. Memory: one line, or one record of a document.
 */
export async function* readAudit(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<AuditItem> {
  const source = await startOf(chunks)
  if (isDocument(source.start)) yield* readDocument(source.all())
  else yield* readLines(source.all())
}

async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<AuditItem> {
  for await (const { number, bytes } of auditLines(chunks, MAX_LINE)) {
    if (bytes === null) yield { kind: 'broken', reason: 'too-long', line: number }
    else if (bytes.some((byte) => byte > 0x20)) yield* recordsOf(bytes, number)
  }
}

async function* readDocument(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<AuditItem> {
  const records = new DocumentRecords(MAX_RECORD)
  for await (const chunk of chunks) {
    for (const { line, bytes } of records.take(chunk)) {
      if (bytes === null) yield { kind: 'broken', reason: 'too-long', line }
      else yield* recordsOf(bytes, line)
    }
  }
  if (records.cutAt !== null) yield { kind: 'broken', reason: 'cut', line: records.cutAt }
}

function* recordsOf(bytes: Buffer, line: number): Generator<AuditItem> {
  const json = parsed(bytes)
  if (json === null) return yield { kind: 'broken', reason: isUtf8(bytes) ? 'not-json' : 'not-utf8', line }
  const items = itemsOf(json.value)
  if (items === null) return yield { ...readAuditEvent(json.value), line }
  for (const [index, item] of items.entries()) yield { ...readAuditEvent(item), line, item: index + 1 }
}

function itemsOf(json: unknown): unknown[] | null {
  if (Array.isArray(json)) return json
  if (typeof json !== 'object' || json === null || !('items' in json)) return null
  return Array.isArray(json.items) ? json.items : null
}

function parsed(bytes: Buffer): { value: unknown } | null {
  if (!isUtf8(bytes)) return null
  try {
    return { value: JSON.parse(bytes.toString('utf8')) }
  } catch {
    return null
  }
}

/** A document that goes over many lines begins with one that only opens: no log of lines does. */
function isDocument(start: Buffer): boolean {
  const text = start.toString('latin1').trimStart()
  const end = text.indexOf('\n')
  return end >= 0 && /^[[{]/.test(text) && /[[{,]$/.test(text.slice(0, end).trimEnd())
}

const START = 64 * 1024

/** The first bytes of a stream, and a way to read it from there. */
async function startOf(chunks: AsyncIterable<Uint8Array>): Promise<{ start: Buffer; all(): AsyncGenerator<Uint8Array> }> {
  const iterator = chunks[Symbol.asyncIterator]()
  const held: Uint8Array[] = []
  let length = 0
  while (length < START) {
    const { done, value } = await iterator.next()
    if (done) break
    held.push(value)
    length += value.length
  }
  const all = async function* () {
    try {
      yield* held
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
    } finally {
      await iterator.return?.()
    }
  }
  return { start: Buffer.concat(held).subarray(0, START), all }
}
