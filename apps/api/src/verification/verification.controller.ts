import { uuidv7, uuidv7Millis } from '@hoptrace/events'
import { type Store, type VerifiedSession, verifySessions } from '@hoptrace/store'
import { Controller, Get, Inject, Query } from '@nestjs/common'
import { z } from 'zod'
import type { ApiOptions } from '../api-options.ts'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import { type Me, type SessionVerdict, VerifyPage, VerifyQuery } from '../contract/index.ts'
import { decodeCursor, encodeCursor } from '../http/cursor.ts'
import { Describes } from '../http/describes.ts'
import { notFound } from '../http/problem.ts'
import { valid } from '../http/zod.pipe.ts'
import { API_OPTIONS, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'

/** A page ends so long after its first session was found: whoever waits sees that it goes on. */
const PAGE_WITHIN_MS = 5_000

@Controller('api/v1/verify')
export class VerificationController {
  private readonly store: Store

  constructor(
    @Inject(API_OPTIONS) { store }: ApiOptions,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
  ) {
    this.store = store
  }

  @Get()
  @Needs('metadata')
  @Describes({
    summary: 'Walk sequences, hashes and heartbeats of every session, in the order of ids',
    query: VerifyQuery,
    answer: VerifyPage,
  })
  async verify(@Viewer() me: Me, @Query(valid(VerifyQuery)) query: VerifyQuery): Promise<VerifyPage> {
    const [after] = decodeCursor(query.cursor, z.tuple([z.uuid()])) ?? [query.from === undefined ? undefined : firstIdAt(query.from)]
    const { items, isLast } = await this.page(me.tenant, query, after)
    if (query.session !== undefined && items.length === 0) throw notFound('session')
    const id = query.session ?? ''
    await this.views.record(me, { resource: 'verification', id, span: `${items.length} sessions`, isContent: false })
    const last = items.at(-1)
    return { items, nextCursor: last && !isLast ? encodeCursor([last.sessionId]) : null, counts: countsOf(items) }
  }

  private async page(tenant: string, { session, to, limit }: VerifyQuery, after: string | undefined) {
    const items: SessionVerdict[] = []
    // Finding the first reads every heartbeat, which more sessions on the page do not prolong.
    let endMs = Number.POSITIVE_INFINITY
    const filter = { tenant, ...(session === undefined ? {} : { session }), ...(after === undefined ? {} : { after }) }
    for await (const verified of verifySessions(this.store, filter)) {
      if (to !== undefined && uuidv7Millis(verified.sessionId) >= Date.parse(to)) return { items, isLast: true }
      // One more was found, so the page before it is not the last.
      if (items.length >= limit || performance.now() > endMs) return { items, isLast: false }
      if (items.length === 0) endMs = performance.now() + PAGE_WITHIN_MS
      items.push(verdictOf(verified))
    }
    return { items, isLast: true }
  }
}

// Ids are UUIDv7: as text they sort by time.
function firstIdAt(from: string): string {
  return uuidv7(Math.max(0, Date.parse(from)), Buffer.alloc(10))
}

function verdictOf({ sessionId, report, hashMismatches }: VerifiedSession): SessionVerdict {
  return { sessionId, ...report, wrongHashes: hashMismatches }
}

function countsOf(items: readonly SessionVerdict[]): VerifyPage['counts'] {
  const counts = { complete: 0, unfinished: 0, gap: 0, conflict: 0, expired: 0 }
  for (const { completeness } of items) counts[completeness] += 1
  return counts
}
