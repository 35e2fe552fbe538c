import { type Completeness, hashOf, MAX_FINDINGS, type SequenceReport, SequenceWalk } from '@hoptrace/events'
import { z } from 'zod'
import { type KnownSession, knownSessions, seqsUnlikeHeads } from './named-tails.ts'
import type { Store } from './store.ts'
import { type ExpiredSessionRow, ExpiredSessions } from './tables/expired-sessions.ts'
import { type SessionEventRow, SessionEvents } from './tables/session-events.ts'

export type VerifyFilter = {
  tenant: string
  /** One session, or a gateway's boot stream. Default: every one that was ever heard of. */
  session?: string
  /** Only sessions whose id comes after this one: where an earlier call stopped. */
  after?: string
}

export type VerifiedSession = {
  sessionId: string
  /** `expired`: nothing of it is stored, because retention deleted it. */
  report: Omit<SequenceReport, 'completeness'> & { completeness: Completeness | 'expired' }
  /** Seqs whose content does not have the stored hash, or whose columns say other than their content. The first 1000. */
  hashMismatches: number[]
  /** The highest seq that a gateway's own stream named; null when none did. */
  expectedLastSeq: number | null
}

/**
 * Reads every event of each session, recomputes its hash from its content, and walks the sequence. Nothing that ingest
 * derived is believed: seq, type and chain are read from the content that the hash proves. An event that is not the one
 * whose hash a gateway named is a conflict. What retention deleted is told apart from what was lost. A session that only
 * a heartbeat named is told as missing whole. In the order of session ids; memory does not depend on a session's length.
 */
export async function* verifySessions(store: Store, filter: VerifyFilter): AsyncIterable<VerifiedSession> {
  const events = new SessionEvents(store)
  for await (const { sessionId, expectedLastSeq, unlikeHead, expired } of sessionsToVerify(store, filter)) {
    const walk = new SequenceWalk()
    const hashMismatches: number[] = []
    for await (const row of events.streamBySession(filter.tenant, sessionId)) {
      const link = provenLink(row)
      if (link === null && hashMismatches.length < MAX_FINDINGS) hashMismatches.push(row.seq)
      walk.add(link ?? row)
    }
    for (const seq of await events.seqsUnlikeContent(filter.tenant, sessionId)) {
      if (!hashMismatches.includes(seq) && hashMismatches.length < MAX_FINDINGS) hashMismatches.push(seq)
    }
    const report: VerifiedSession['report'] = walk.report(expectedLastSeq)
    if (report.events === 0 && expired) Object.assign(report, { completeness: 'expired', missing: [] })
    report.conflicts = [...new Set([...report.conflicts, ...unlikeHead])].sort((a, b) => a - b).slice(0, MAX_FINDINGS)
    // What the hash does not prove is no complete recording, whatever the sequence looks like.
    if (hashMismatches.length + unlikeHead.length > 0) report.completeness = 'conflict'
    yield { sessionId, report, hashMismatches, expectedLastSeq }
  }
}

const Proven = z.object({ sessionId: z.string(), seq: z.int(), prevHash: z.string(), type: z.string() })

// Null when the content is not what was hashed, or the columns beside it say something else.
function provenLink(row: SessionEventRow) {
  if (hashOf(row.content) !== row.hash) return null
  const proven = Proven.safeParse(parsed(row.content))
  if (!proven.success) return null
  const { sessionId, seq, prevHash, type } = proven.data
  const isTold = sessionId === row.sessionId && seq === row.seq && prevHash === row.prevHash && type === row.type
  return isTold ? { seq, prevHash, type, hash: row.hash } : null
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch {
    return null
  }
}

const PAGE = 1000

type ToVerify = KnownSession & { unlikeHead: readonly number[]; expired: ExpiredSessionRow | null }

// In pages, so that no read stays open while each session is read.
async function* sessionsToVerify(store: Store, { tenant, session, after: from = '' }: VerifyFilter): AsyncIterable<ToVerify> {
  for (let after = from; ; ) {
    const page = await knownSessions(store, { tenant, ...(session === undefined ? {} : { session }), after, limit: PAGE })
    const last = page.at(-1)
    if (last === undefined) return
    const ids = page.map(({ sessionId }) => sessionId)
    const unlike = await seqsUnlikeHeads(store, tenant, ids)
    const expired = await new ExpiredSessions(store).find(tenant, ids)
    for (const known of page) {
      yield { ...known, unlikeHead: unlike.get(known.sessionId) ?? [], expired: expired.get(known.sessionId) ?? null }
    }
    if (page.length < PAGE) return
    after = last.sessionId
  }
}
