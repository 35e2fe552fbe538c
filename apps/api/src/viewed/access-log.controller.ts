import { Controller, Get, Inject, Query } from '@nestjs/common'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import { AccessLogPage, AccessLogQuery, type Me } from '../contract/index.ts'
import { cutPage } from '../http/cursor.ts'
import { Describes } from '../http/describes.ts'
import { rangeOf } from '../http/range.ts'
import { valid } from '../http/zod.pipe.ts'
import type { PerTenant } from '../tenancy/per-tenant.ts'
import { ACCESS_LOG } from '../tokens.ts'
import { type AccessLogQueries, entryOf } from './access-log.queries.ts'

@Controller('api/v1/access-log')
export class AccessLogController {
  constructor(@Inject(ACCESS_LOG) private readonly log: PerTenant<AccessLogQueries>) {}

  @Get()
  @Needs('audit')
  @Describes({ summary: 'Who viewed what, newest first', query: AccessLogQuery, answer: AccessLogPage })
  async list(@Viewer() { tenant }: Me, @Query(valid(AccessLogQuery)) query: AccessLogQuery): Promise<AccessLogPage> {
    const rows = await this.log.of(tenant).page(query, rangeOf(query, Date.now()))
    const page = cutPage(rows, query.limit, (last) => [last.ts_us, last.session_id, last.seq])
    return { items: page.items.map(entryOf), nextCursor: page.nextCursor }
  }
}
