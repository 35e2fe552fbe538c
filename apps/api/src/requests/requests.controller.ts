import { Uuid } from '@hoptrace/events'
import { Controller, Get, Inject, Param, Query } from '@nestjs/common'
import { z } from 'zod'
import { revealsSecrets } from '../auth/access.ts'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import { type Me, RequestDetail, RequestDetailQuery, type RequestItem, RequestsPage, RequestsQuery } from '../contract/index.ts'
import type { EventsQueries } from '../events/events.queries.ts'
import { decodeCursor } from '../http/cursor.ts'
import { Describes } from '../http/describes.ts'
import { notFound } from '../http/problem.ts'
import { valid, validId } from '../http/zod.pipe.ts'
import type { MissingSessions } from '../sessions/missing-session.ts'
import type { PerTenant } from '../tenancy/per-tenant.ts'
import { EVENTS, MISSING_SESSIONS, REQUESTS, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import { detailOf, requestAt } from './request-detail.ts'
import type { RequestsQueries } from './requests.queries.ts'
import { pageOfRequests } from './session-requests.ts'

const Seq = z.coerce.number().int().min(0).max(0xffff_ffff)

@Controller('api/v1/sessions/:id/requests')
export class RequestsController {
  constructor(
    @Inject(EVENTS) private readonly events: PerTenant<EventsQueries>,
    @Inject(REQUESTS) private readonly requests: PerTenant<RequestsQueries>,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
    @Inject(MISSING_SESSIONS) private readonly missing: MissingSessions,
  ) {}

  @Get()
  @Needs('content')
  @Describes({ summary: 'Requests of an HTTP or Kubernetes session, one line each', query: RequestsQuery, answer: RequestsPage })
  async list(
    @Viewer() me: Me,
    @Param('id', validId(Uuid, 'session')) id: string,
    @Query(valid(RequestsQuery)) query: RequestsQuery,
  ): Promise<RequestsPage> {
    const isRevealed = revealsSecrets(me, query)
    await this.demandSession(me, id)
    const [after] = decodeCursor(query.cursor, z.tuple([z.int()])) ?? [query.after]
    const { through, limit, discovery } = query
    const of = { session: id, after, through, filter: query, limit, isFolded: discovery === 'folded', isRevealed }
    const page = await pageOfRequests(this.requests.of(me.tenant), of)
    await this.views.record(me, { resource: 'session', id, span: `requests ${spanOf(page.items)}`, isContent: true, isRevealed })
    return page
  }

  @Get(':seq')
  @Needs('content')
  @Describes({
    summary: 'One request with its answer and all that belongs to it, by the seq of any of its events',
    query: RequestDetailQuery,
    answer: RequestDetail,
  })
  async show(
    @Viewer() me: Me,
    @Param('id', validId(Uuid, 'session')) id: string,
    @Param('seq', validId(Seq, 'request')) seq: number,
    @Query(valid(RequestDetailQuery)) query: RequestDetailQuery,
  ): Promise<RequestDetail> {
    const isRevealed = revealsSecrets(me, query)
    await this.demandSession(me, id)
    const queries = this.requests.of(me.tenant)
    const asked = await requestAt(queries, id, seq)
    if (!asked) throw notFound('request')
    const detail = await detailOf(queries, id, asked, isRevealed)
    await this.views.record(me, { resource: 'session', id, span: `request seq ${asked.seq}`, isContent: true, isRevealed })
    return detail
  }

  private async demandSession(me: Me, id: string): Promise<void> {
    if ((await this.events.of(me.tenant).types(id)).length === 0) throw await this.missing.problem(me.tenant, id)
  }
}

function spanOf(items: readonly RequestItem[]): string {
  const [first, last] = [items.at(0), items.at(-1)]
  if (!first || !last) return 'none'
  return `seq ${first.seq}-${last.kind === 'discovery' ? last.toSeq : last.seq}`
}
