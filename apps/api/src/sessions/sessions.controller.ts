import { Uuid } from '@hoptrace/events'
import { Controller, Get, Inject, Param, Query } from '@nestjs/common'
import { Viewer } from '../auth/authentication.guard.ts'
import { type Me, SessionDetail, SessionsPage, SessionsQuery } from '../contract/index.ts'
import { cutPage } from '../http/cursor.ts'
import { Describes } from '../http/describes.ts'
import { notFound } from '../http/problem.ts'
import { rangeAnswer, rangeOf } from '../http/range.ts'
import { valid, validId } from '../http/zod.pipe.ts'
import { SESSION_DETAILS, SESSIONS, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import type { SessionDetails } from './session-details.ts'
import { summaryOf } from './session-row.ts'
import type { SessionsQueries } from './sessions.queries.ts'

@Controller('api/v1/sessions')
export class SessionsController {
  constructor(
    @Inject(SESSIONS) private readonly sessions: SessionsQueries,
    @Inject(SESSION_DETAILS) private readonly details: SessionDetails,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
  ) {}

  @Get()
  @Describes({ summary: 'Sessions of a range, filtered and sorted', query: SessionsQuery, answer: SessionsPage })
  async list(@Viewer() { viewer }: Me, @Query(valid(SessionsQuery)) query: SessionsQuery): Promise<SessionsPage> {
    const range = rangeOf(query, Date.now())
    const [rows, total] = await Promise.all([this.sessions.list(query, range), this.sessions.count(query, range)])
    const page = cutPage(rows, query.limit, (last) => [last.sort_key, last.sessionId])
    const span = query.cursor === undefined ? 'first page' : 'a later page'
    await this.views.record({ viewer, resource: 'sessions', id: '', span, isContent: false })
    const hasAny = total > 0 || (await this.sessions.hasAny())
    return { items: page.items.map(summaryOf), nextCursor: page.nextCursor, range: rangeAnswer(range), total, hasAny }
  }

  @Get(':id')
  @Describes({ summary: 'One session', answer: SessionDetail })
  async show(@Viewer() { viewer }: Me, @Param('id', validId(Uuid, 'session')) id: string): Promise<SessionDetail> {
    const detail = await this.details.find(id)
    if (!detail) throw notFound('session')
    await this.views.record({ viewer, resource: 'session', id, span: 'summary', isContent: false })
    return detail
  }
}
