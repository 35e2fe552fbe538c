import { Uuid } from '@hoptrace/events'
import { Controller, Get, Inject, Param, Query } from '@nestjs/common'
import { revealsSecrets } from '../auth/access.ts'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import { type Me, ResourcesAnswer, ResourcesQuery } from '../contract/index.ts'
import type { EventsQueries } from '../events/events.queries.ts'
import { Describes } from '../http/describes.ts'
import { valid, validId } from '../http/zod.pipe.ts'
import type { MissingSessions } from '../sessions/missing-session.ts'
import type { PerTenant } from '../tenancy/per-tenant.ts'
import { EVENTS, MISSING_SESSIONS, RESOURCES, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import type { ResourcesQueries } from './resources.queries.ts'
import { resourcesOf } from './resources.ts'

const MAX_ROWS = 5000

@Controller('api/v1/sessions/:id/resources')
export class ResourcesController {
  constructor(
    @Inject(EVENTS) private readonly events: PerTenant<EventsQueries>,
    @Inject(RESOURCES) private readonly resources: PerTenant<ResourcesQueries>,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
    @Inject(MISSING_SESSIONS) private readonly missing: MissingSessions,
  ) {}

  @Get()
  @Needs('content')
  @Describes({ summary: 'Resources that an HTTP or Kubernetes session touched', query: ResourcesQuery, answer: ResourcesAnswer })
  async list(
    @Viewer() me: Me,
    @Param('id', validId(Uuid, 'session')) id: string,
    @Query(valid(ResourcesQuery)) query: ResourcesQuery,
  ): Promise<ResourcesAnswer> {
    const isRevealed = revealsSecrets(me, query)
    const types = await this.events.of(me.tenant).types(id)
    if (types.length === 0) throw await this.missing.problem(me.tenant, id)
    const queries = this.resources.of(me.tenant)
    const [rows, tools] = await Promise.all([queries.uses(id, MAX_ROWS + 1), queries.tools(id)])
    const answer = { ...resourcesOf(rows.slice(0, MAX_ROWS), isRevealed), isTruncated: rows.length > MAX_ROWS, tools }
    await this.views.record(me, { resource: 'session', id, span: `${answer.items.length} resources`, isContent: true, isRevealed })
    return answer
  }
}
