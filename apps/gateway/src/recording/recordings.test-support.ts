import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { previousEndOf, readRecords, SEGMENT_HEADER_BYTES, segmentOfFileName } from '@hoptrace/bus'
import { decodeEvent, type SessionEvent } from '@hoptrace/events'
import { Outbox, type OutboxOptions } from '../spool/outbox.ts'
import { recoverSpool } from '../spool/recovery.ts'
import { SystemClock } from './clock.ts'
import { Recordings } from './recordings.ts'

export const aDigestKey = { id: 'test', secret: Buffer.alloc(32, 7) }
export const aBootId = '019aa0c0-0000-7000-8000-0000000000b0'
export const anOrigin = { address: '127.0.0.1', port: 50_000, client: null }

export function aSpoolDir(): string {
  return mkdtempSync(join(tmpdir(), 'hoptrace-spool-'))
}

/** Recordings on a real spool; `dir` may hold what an earlier gateway left. */
export function openRecordings(dir: string, over: Partial<OutboxOptions> = {}, bootId = aBootId): Recordings {
  const { open, start } = recoverSpool(dir)
  const identity = { tenant: 'default', gatewayId: 'gw-test', bootId }
  const recordings = new Recordings(
    identity,
    aDigestKey,
    new SystemClock(),
    randomBytes,
    open,
    (checkpoint) => new Outbox({ dir, segmentBytes: 256 * 1024, syncWithinMs: 5, retryAfterMs: 20, start, checkpoint, ...over }),
  )
  recordings.closeCrashed()
  return recordings
}

/** Every event in a spool, as its readers see it: a segment ends at its seal or where the next one says. */
export function eventsIn(dir: string): SessionEvent[] {
  const segments = readdirSync(dir)
    .map(segmentOfFileName)
    .filter((n) => n !== null)
    .sort((a, b) => a - b)
    .map((n) => readFileSync(join(dir, `${String(n).padStart(10, '0')}.spool`)))
  return segments.flatMap((bytes, i) => {
    const next = segments[i + 1]
    const end = next ? (previousEndOf(next) ?? bytes.length) : bytes.length
    return readRecords(bytes, SEGMENT_HEADER_BYTES, end).records.map((record) => eventOf(record.payload))
  })
}

function eventOf(payload: Buffer): SessionEvent {
  const decoded = decodeEvent(payload)
  if (decoded.kind === 'rejected') throw new Error(`the spool holds no event: ${decoded.reason} at ${decoded.at}`)
  return decoded.event
}

export const aWho = {
  run: '019aa0c0-0000-7000-8000-0000000000a1',
  principal: 'agent-a',
  rootPrincipal: 'ana',
  lineage: [],
  origin: anOrigin,
  target: { name: 'orders', protocol: 'postgres' as const, address: '127.0.0.1:5432', account: 'app' },
}

export function until(isTrue: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => (isTrue() ? resolve() : setImmediate(look))
    look()
  })
}
