import { Controller, Get, Inject, Param, Query } from '@nestjs/common'
import { z } from 'zod'
import type { TenantAlerts } from '../alerts/tenant-alerts.ts'
import { may } from '../auth/access.ts'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import { ActivityQuery, type Me, PrincipalDetail, PrincipalsPage, PrincipalsQuery, type RunSummary } from '../contract/index.ts'
import { cutPage, decodeCursor } from '../http/cursor.ts'
import { Describes } from '../http/describes.ts'
import { notFound } from '../http/problem.ts'
import { type Range, rangeAnswer } from '../http/range.ts'
import { valid, validId } from '../http/zod.pipe.ts'
import type { RunList } from '../runs/run-list.ts'
import type { PerTenant } from '../tenancy/per-tenant.ts'
import { ALERTS, PRINCIPALS, RUNS, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import { activityRange } from './activity-range.ts'
import { principalOf, principalSummaryOf } from './principal-answer.ts'
import { MAX_SESSIONS, MAX_USES, type PrincipalsQueries, type Whose } from './principals.queries.ts'

const Name = z.string().min(1).max(256)
const ALERTS_SHOWN = 20

@Controller('api/v1/principals')
export class PrincipalsController {
  constructor(
    @Inject(PRINCIPALS) private readonly principals: PerTenant<PrincipalsQueries>,
    @Inject(RUNS) private readonly runs: PerTenant<RunList>,
    @Inject(ALERTS) private readonly alerts: PerTenant<TenantAlerts>,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
  ) {}

  @Get()
  @Needs('metadata')
  @Describes({ summary: 'Who did anything in a range, by name', query: PrincipalsQuery, answer: PrincipalsPage })
  async list(@Viewer() me: Me, @Query(valid(PrincipalsQuery)) query: PrincipalsQuery): Promise<PrincipalsPage> {
    const range = activityRange(query, Date.now())
    const after = decodeCursor(query.cursor, z.tuple([z.string()]))
    const rows = await this.principals.of(me.tenant).list(range, query.limit, after?.[0] ?? null)
    const page = cutPage(rows, query.limit, ({ id }) => [id])
    await this.views.record(me, { resource: 'principals', id: '', span: after ? 'a later page' : 'first page', isContent: false })
    return { items: page.items.map(principalSummaryOf), nextCursor: page.nextCursor, range: rangeAnswer(range) }
  }

  @Get(':id')
  @Needs('metadata')
  @Describes({
    summary: 'What a principal reached, what it was granted, what it never used, and the grants that would have sufficed',
    query: ActivityQuery,
    answer: PrincipalDetail,
  })
  async show(
    @Viewer() me: Me,
    @Param('id', validId(Name, 'principal')) id: string,
    @Query(valid(ActivityQuery)) query: ActivityQuery,
  ): Promise<PrincipalDetail> {
    const range = activityRange(query, Date.now())
    const { runs: all } = await this.runs.of(me.tenant).all()
    const whose = await this.whose(me.tenant, id, all)
    if (!whose) throw notFound('principal')
    const principals = this.principals.of(me.tenant)
    const [reached, found, alerts] = await Promise.all([
      principals.reached(whose, range),
      principals.sessions(whose, range),
      this.alerts.of(me.tenant).list({ principal: id, from: range.fromUs, to: range.toUs, limit: ALERTS_SHOWN }, Date.now() * 1000),
    ])
    const sessions = found.slice(0, MAX_SESSIONS)
    const uses = await principals.uses(sessions.map((session) => session.id))
    await this.views.record(me, { resource: 'principal', id, span: 'activity', isContent: may(me, 'content') })
    const isTruncated = found.length > MAX_SESSIONS || uses.length > MAX_USES
    const runs = all.filter((run) => nameIn(run, whose) === id && livedIn(run, range))
    return principalOf({ whose, range, reached, sessions, uses, isTruncated, runs, alerts, hasContent: may(me, 'content') })
  }

  // A run that reached nothing yet is known by what it was granted.
  private async whose(tenant: string, name: string, runs: readonly RunSummary[]): Promise<Whose | null> {
    const known = await this.principals.of(tenant).whose(name)
    if (known?.column === 'principal') return known
    if (runs.some((run) => run.principal === name)) return { column: 'principal', name }
    return known ?? (runs.some((run) => run.rootPrincipal === name) ? { column: 'root_principal', name } : null)
  }
}

function nameIn(run: RunSummary, { column }: Whose): string | null {
  return column === 'principal' ? run.principal : run.rootPrincipal
}

function livedIn({ startedAt, expiresAt }: RunSummary, range: Range): boolean {
  const { from, to } = rangeAnswer(range)
  return startedAt < to && expiresAt >= from
}
