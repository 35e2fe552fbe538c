import { GENESIS_HASH, hashOf, recordedTypeOf } from '@hoptrace/events'
import type { Proof, ProofContent } from '../contract/index.ts'
import { type EventRow, eventOf } from './event-row.ts'

/**
 * What proves one event: its bytes, their hash computed anew, and its place in the chain.
 * @param rows the contents under this seq and those beside it, in the order of seq
 * @returns null when nothing stands under this seq
 */
export function proofOf(sessionId: string, seq: number, rows: readonly EventRow[], lastSeq: number): Proof | null {
  const at = (wanted: number) => rows.filter((row) => row.seq === wanted)
  const previous = at(seq - 1)
  const next = at(seq + 1)
  const contents = at(seq).map((row) => contentOf(row, previous))
  if (contents.length === 0) return null
  const isTail = seq === lastSeq
  const verdict = verdictOf(contents, next, isTail)
  return { sessionId, seq, verdict, contents, previous: previous.map(neighbourOf), next: next.map(neighbourOf), lastSeq, masked: 0 }
}

function contentOf(row: EventRow, previous: readonly EventRow[]): ProofContent {
  const event = eventOf(row)
  const recomputedHash = hashOf(row.content)
  const anchors = row.seq === 0 ? [GENESIS_HASH] : previous.map((before) => before.hash)
  return {
    content: row.content,
    bytes: Buffer.byteLength(row.content, 'utf8'),
    hash: row.hash,
    recomputedHash,
    isHashValid: recomputedHash === row.hash,
    prevHash: event.prevHash,
    isChained: anchors.length === 0 ? null : anchors.includes(event.prevHash),
    event,
  }
}

function verdictOf(contents: readonly ProofContent[], next: readonly EventRow[], isTail: boolean): Proof['verdict'] {
  if (contents.length > 1) return 'conflict'
  const [only] = contents
  if (!only?.isHashValid || only.isChained === false) return 'broken'
  if (next.length > 0 && !next.some((after) => eventOf(after).prevHash === only.hash)) return 'broken'
  return only.isChained === null || (next.length === 0 && !isTail) ? 'unanchored' : 'proved'
}

function neighbourOf(row: EventRow) {
  const event = eventOf(row)
  const { seq, hash, prevHash } = event
  return { seq, type: recordedTypeOf(event), hash, prevHash }
}
