import { Uuid } from '@hoptrace/events'
import { Controller, Get, Inject, Param, Query } from '@nestjs/common'
import { z } from 'zod'
import { Viewer } from '../auth/authentication.guard.ts'
import { type Me, StatementsPage, StatementsQuery } from '../contract/index.ts'
import { type EventRow, eventOf } from '../events/event-row.ts'
import { spanOf, wholeSeqs } from '../events/events.controller.ts'
import type { EventsQueries } from '../events/events.queries.ts'
import { decodeCursor } from '../http/cursor.ts'
import { Describes } from '../http/describes.ts'
import { notFound } from '../http/problem.ts'
import { valid, validId } from '../http/zod.pipe.ts'
import { EVENTS, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import { TIMELINE_TYPES, timelineOf } from './timeline.ts'

/** A page's answers may hold 256 KiB of sample each: this many bytes end a page early. */
const MAX_PAGE_BYTES = 8 * 1024 * 1024

@Controller('api/v1/sessions/:id/statements')
export class TimelineController {
  constructor(
    @Inject(EVENTS) private readonly events: EventsQueries,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
  ) {}

  @Get()
  @Describes({ summary: 'Time line of a SQL session: statements with their answers', query: StatementsQuery, answer: StatementsPage })
  async list(
    @Viewer() { viewer }: Me,
    @Param('id', validId(Uuid, 'session')) id: string,
    @Query(valid(StatementsQuery)) query: StatementsQuery,
  ): Promise<StatementsPage> {
    if ((await this.events.types(id)).length === 0) throw notFound('session')
    const [after] = decodeCursor(query.cursor, z.tuple([z.int()])) ?? [query.after]
    const rows = await this.events.page({ session: id, after, types: TIMELINE_TYPES, limit: query.limit + 1 })
    const page = wholeSeqs(rows, await this.fitting(id, rows, query.limit))
    const statements = page.items.map(eventOf)
    const seqs = statements.filter((event) => event.type === 'sql.statement').map((event) => event.seq)
    const results = await this.events.resultsOf(id, seqs)
    await this.views.record({ viewer, resource: 'session', id, span: `statements ${spanOf(page.items)}`, isContent: true })
    return { items: timelineOf(statements, results.map(eventOf)), nextCursor: page.nextCursor }
  }

  /** How many of the rows fit with their answers, at least one. */
  private async fitting(session: string, rows: readonly EventRow[], limit: number): Promise<number> {
    const answers = await this.events.resultBytes(
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
