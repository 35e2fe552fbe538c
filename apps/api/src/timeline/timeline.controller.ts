import { Uuid } from '@hoptrace/events'
import { Controller, Get, Inject, Param, Query } from '@nestjs/common'
import { z } from 'zod'
import { revealsSecrets } from '../auth/access.ts'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import { type Me, StatementsPage, StatementsQuery } from '../contract/index.ts'
import { type EventRow, eventOf } from '../events/event-row.ts'
import { spanOf, wholeSeqs } from '../events/events.controller.ts'
import type { EventsQueries } from '../events/events.queries.ts'
import { decodeCursor } from '../http/cursor.ts'
import { Describes } from '../http/describes.ts'
import { valid, validId } from '../http/zod.pipe.ts'
import { shownOf } from '../masking/shown.ts'
import type { MissingSessions } from '../sessions/missing-session.ts'
import type { PerTenant } from '../tenancy/per-tenant.ts'
import { EVENTS, MISSING_SESSIONS, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import { TIMELINE_TYPES, timelineOf } from './timeline.ts'

/** A page's answers may hold 256 KiB of sample each: this many bytes end a page early. */
const MAX_PAGE_BYTES = 8 * 1024 * 1024

@Controller('api/v1/sessions/:id/statements')
export class TimelineController {
  constructor(
    @Inject(EVENTS) private readonly events: PerTenant<EventsQueries>,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
    @Inject(MISSING_SESSIONS) private readonly missing: MissingSessions,
  ) {}

  @Get()
  @Needs('content')
  @Describes({ summary: 'Time line of a SQL session: statements with their answers', query: StatementsQuery, answer: StatementsPage })
  async list(
    @Viewer() me: Me,
    @Param('id', validId(Uuid, 'session')) id: string,
    @Query(valid(StatementsQuery)) query: StatementsQuery,
  ): Promise<StatementsPage> {
    const isRevealed = revealsSecrets(me, query)
    const events = this.events.of(me.tenant)
    if ((await events.types(id)).length === 0) throw await this.missing.problem(me.tenant, id)
    const [after] = decodeCursor(query.cursor, z.tuple([z.int()])) ?? [query.after]
    const rows = await events.page({ session: id, after, types: TIMELINE_TYPES, limit: query.limit + 1 })
    const page = wholeSeqs(rows, await this.fitting(events, id, rows, query.limit))
    const statements = page.items.map(eventOf)
    const seqs = statements.filter((event) => event.type === 'sql.statement').map((event) => event.seq)
    const results = await events.resultsOf(id, seqs)
    await this.views.record(me, { resource: 'session', id, span: `statements ${spanOf(page.items)}`, isContent: true, isRevealed })
    const asked = shownOf(statements, isRevealed)
    const answered = shownOf(results.map(eventOf), isRevealed)
    return { items: timelineOf(asked.shown, answered.shown), nextCursor: page.nextCursor, masked: asked.masked + answered.masked }
  }

  /** How many of the rows fit with their answers, at least one. */
  private async fitting(events: EventsQueries, session: string, rows: readonly EventRow[], limit: number): Promise<number> {
    const answers = await events.resultBytes(
      session,
      rows.map((row) => row.seq),
    )
    let bytes = 0
    for (const [index, row] of rows.slice(0, limit).entries()) {
      bytes += row.content.length + (answers.get(row.seq) ?? 0)
      if (bytes > MAX_PAGE_BYTES) return Math.max(1, index)
    }
    return limit
  }
}
