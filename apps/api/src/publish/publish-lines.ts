import type { EventPublisher } from '@hoptrace/bus'
import { decodeEvent, MAX_EVENT_BYTES, Sealer } from '@hoptrace/events'
import type { PublishAnswer, RefusedLine } from '../contract/index.ts'
import { type Line, linesOf } from './lines.ts'

/** What is published at once. */
const BATCH_EVENTS = 2000
const BATCH_BYTES = 8 * 1024 * 1024
const MAX_NAMED = 1000
/** Of those that were given events, so many are named. */
const MAX_SESSIONS = 20

export type Published = PublishAnswer & { sessionIds: readonly string[] }
type Read = { kind: 'event'; bytes: Buffer; sessionId: string } | { kind: 'refused'; reason: string; at: string }

/**
 * Publishes events that stand one a line, in order. A line that is no event is named and left out; events without a chain
 * are completed (see Sealer). Who viewed what is the server's own to say: nobody publishes that. Resolves once every other
 * line is acknowledged.
 * @param tenant whose events these may be
 */
export async function publishLines(body: AsyncIterable<Uint8Array>, tenant: string, publisher: EventPublisher): Promise<Published> {
  const answer = { lines: 0, published: 0, refused: 0, refusedLines: [] as RefusedLine[] }
  const sealer = new Sealer()
  const sessionIds = new Set<string>()
  let batch: Buffer[] = []
  let bytes = 0
  const flush = async () => {
    if (batch.length > 0) await publisher.publish(batch)
    answer.published += batch.length
    batch = []
    bytes = 0
  }
  for await (const line of linesOf(body, MAX_EVENT_BYTES)) {
    answer.lines += 1
    const read = readLine(line, tenant, sealer)
    if (read.kind === 'refused') note(answer, { line: line.number, reason: read.reason, at: read.at })
    else {
      if (sessionIds.size < MAX_SESSIONS) sessionIds.add(read.sessionId)
      batch.push(read.bytes)
      bytes += read.bytes.length
    }
    if (batch.length >= BATCH_EVENTS || bytes >= BATCH_BYTES) await flush()
  }
  await flush()
  return { ...answer, sessionIds: [...sessionIds] }
}

function readLine({ bytes }: Line, tenant: string, sealer: Sealer): Read {
  if (bytes === null) return { kind: 'refused', reason: 'too-large', at: '' }
  const encoded = completed(bytes, sealer)
  const decoded = decodeEvent(encoded)
  if (decoded.kind === 'rejected') return { kind: 'refused', reason: decoded.reason, at: decoded.at }
  if (decoded.event.tenant !== tenant) return { kind: 'refused', reason: 'other-tenant', at: 'tenant' }
  if (decoded.event.type === 'recording.viewed') return { kind: 'refused', reason: 'servers-own', at: 'type' }
  return { kind: 'event', bytes: encoded, sessionId: decoded.event.sessionId }
}

// What has a hash is published byte for byte.
function completed(bytes: Buffer, sealer: Sealer): Buffer {
  const json = jsonOf(bytes)
  if (typeof json !== 'object' || json === null) return bytes
  const sealed = sealer.seal(json)
  return sealed === json ? bytes : Buffer.from(JSON.stringify(sealed))
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

function note(answer: { refused: number; refusedLines: RefusedLine[] }, refused: RefusedLine): void {
  answer.refused += 1
  if (answer.refusedLines.length < MAX_NAMED) answer.refusedLines.push(refused)
}
