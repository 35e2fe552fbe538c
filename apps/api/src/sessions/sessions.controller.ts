import { Uuid } from '@hoptrace/events'
import { Controller, Get, Inject, Param, Query } from '@nestjs/common'
import { demand } from '../auth/access.ts'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import { type Me, SessionDetail, SessionsPage, SessionsQuery } from '../contract/index.ts'
import { cutPage } from '../http/cursor.ts'
import { Describes } from '../http/describes.ts'
import { rangeAnswer, rangeOf } from '../http/range.ts'
import { valid, validId } from '../http/zod.pipe.ts'
import type { SearchDigest } from '../search/search-digest.ts'
import type { PerTenant } from '../tenancy/per-tenant.ts'
import { MISSING_SESSIONS, SEARCH_DIGEST, SESSION_DETAILS, SESSIONS, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import type { MissingSessions } from './missing-session.ts'
import type { SessionDetails } from './session-details.ts'
import { summaryOf } from './session-row.ts'
import type { SessionsQueries } from './sessions.queries.ts'

@Controller('api/v1/sessions')
export class SessionsController {
  constructor(
    @Inject(SESSIONS) private readonly sessions: PerTenant<SessionsQueries>,
    @Inject(SESSION_DETAILS) private readonly details: PerTenant<SessionDetails>,
    @Inject(SEARCH_DIGEST) private readonly digest: SearchDigest,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
    @Inject(MISSING_SESSIONS) private readonly missing: MissingSessions,
  ) {}

  @Get()
  @Needs('metadata')
  @Describes({ summary: 'Sessions of a range, filtered and sorted', query: SessionsQuery, answer: SessionsPage })
  async list(@Viewer() me: Me, @Query(valid(SessionsQuery)) query: SessionsQuery): Promise<SessionsPage> {
    // Words that find a session tell what was said in it.
    if (query.q !== undefined) demand(me, 'content', 'Looking for words')
    const sessions = this.sessions.of(me.tenant)
    const range = rangeOf(query, Date.now())
    const [rows, total] = await Promise.all([sessions.list(query, range), sessions.count(query, range)])
    const page = cutPage(rows, query.limit, (last) => [last.sort_key, last.sessionId])
    const span = query.cursor === undefined ? 'first page' : 'a later page'
    await this.views.record(me, { resource: 'sessions', id: '', span, ...this.lookedFor(me, query.q) })
    const hasAny = total > 0 || (await sessions.hasAny())
    return { items: page.items.map(summaryOf), nextCursor: page.nextCursor, range: rangeAnswer(range), total, hasAny }
  }

  @Get(':id')
  @Needs('metadata')
  @Describes({ summary: 'One session', answer: SessionDetail })
  async show(@Viewer() me: Me, @Param('id', validId(Uuid, 'session')) id: string): Promise<SessionDetail> {
    const detail = await this.details.of(me.tenant).find(id)
    if (!detail) throw await this.missing.problem(me.tenant, id)
    await this.views.record(me, { resource: 'session', id, span: 'summary', isContent: false })
    return detail
  }
  // Which sessions hold a word is of their content.
  private lookedFor({ tenant }: Me, words: string | undefined): { isContent: boolean; digest?: string } {
    return words === undefined ? { isContent: false } : { isContent: true, digest: this.digest(tenant, words) }
  }
}
