import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common'
import { z } from 'zod'
import type { ApiOptions } from '../api-options.ts'
import { may } from '../auth/access.ts'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import { AlertActionRequest, AlertDetail, AlertQueue, AlertsPage, AlertsQuery, type Me } from '../contract/index.ts'
import { cutPage } from '../http/cursor.ts'
import { Describes } from '../http/describes.ts'
import { notFound, ProblemError } from '../http/problem.ts'
import { rangeAnswer, rangeOf } from '../http/range.ts'
import { valid, validId } from '../http/zod.pipe.ts'
import type { TenantRules } from '../rules/tenant-rules.ts'
import type { RunList } from '../runs/run-list.ts'
import type { ChangeStream } from '../stream/change-stream.ts'
import type { PerTenant } from '../tenancy/per-tenant.ts'
import { ALERTS, API_OPTIONS, RULES, RUNS, STREAM, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import { summaryOfAlert } from './alert-answer.ts'
import { detailOfAlert } from './alert-detail.ts'
import { policyOf } from './alert-policy.ts'
import { openSessionsOf } from './open-now.queries.ts'
import { queueOf } from './queue-answer.ts'
import type { TenantAlerts } from './tenant-alerts.ts'

const AlertId = z.string().regex(/^[0-9a-f]{32}$/)

@Controller('api/v1/alerts')
export class AlertsController {
  constructor(
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
    @Inject(ALERTS) private readonly alerts: PerTenant<TenantAlerts>,
    @Inject(RULES) private readonly rules: PerTenant<TenantRules>,
    @Inject(RUNS) private readonly runs: PerTenant<RunList>,
    @Inject(STREAM) private readonly changes: ChangeStream,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
  ) {}

  @Get()
  @Needs('metadata')
  @Describes({ summary: 'Alerts with a finding in a range, newest first', query: AlertsQuery, answer: AlertsPage })
  async list(@Viewer() me: Me, @Query(valid(AlertsQuery)) query: AlertsQuery): Promise<AlertsPage> {
    const alerts = this.alerts.of(me.tenant)
    const range = rangeOf(query, Date.now())
    const page = cutPage(await alerts.page(query, range, nowUs()), query.limit, ({ row }) => [row.firstTs, row.id])
    const span = query.cursor === undefined ? 'first page' : 'a later page'
    await this.views.record(me, { resource: 'alerts', id: '', span, isContent: may(me, 'content') })
    const hasAny = page.items.length > 0 || (await alerts.hasAny())
    const items = page.items.map((alert) => summaryOfAlert(alert, may(me, 'content')))
    return { items, nextCursor: page.nextCursor, range: rangeAnswer(range), hasAny }
  }

  @Get('queue')
  @Needs('metadata')
  @Describes({ summary: 'What to look at today, and what was held back', answer: AlertQueue })
  async queue(@Viewer() me: Me): Promise<AlertQueue> {
    const queue = await queueOf(this.alerts.of(me.tenant), policyOf(this.options).budgetPerDay, nowUs(), may(me, 'content'))
    await this.views.record(me, { resource: 'alerts', id: '', span: 'queue', isContent: may(me, 'content') })
    return queue
  }

  @Get(':id')
  @Needs('metadata')
  @Describes({ summary: 'An alert with its findings and its history; 308 when it became part of another', answer: AlertDetail })
  async show(
    @Viewer() me: Me,
    @Param('id', validId(AlertId, 'alert')) id: string,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<AlertDetail | undefined> {
    const found = await this.alerts.of(me.tenant).find(id)
    if (found.kind !== 'alert') throw notFound('alert')
    if (found.isRedirected) {
      response.statusCode = 308
      response.setHeader('location', `/api/v1/alerts/${encodeURIComponent(found.alert.id)}`)
      return undefined
    }
    const detail = await this.detail(me, id)
    // Sentences name the values that flowed: that is content.
    await this.views.record(me, { resource: 'alert', id, span: `${detail.findings.length} findings`, isContent: may(me, 'content') })
    return detail
  }

  @Post(':id/actions')
  @HttpCode(200)
  @Needs('respond')
  @Describes({
    summary: 'Acknowledge, close, reopen, assign or note; 409 with the present revision when another came first',
    body: AlertActionRequest,
    answer: AlertDetail,
  })
  async act(
    @Viewer() me: Me,
    @Param('id', validId(AlertId, 'alert')) id: string,
    @Body(valid(AlertActionRequest)) request: AlertActionRequest,
  ): Promise<AlertDetail> {
    const alerts = this.alerts.of(me.tenant)
    const found = await alerts.find(id)
    if (found.kind !== 'alert') throw notFound('alert')
    const { id: own, severity, response } = found.alert
    await this.views.act(me, { resource: 'alert', id: own, span: request.kind, isContent: false })
    const { kind, revision, note } = request
    const reason = kind === 'close' ? request.reason : ''
    const assignee = kind === 'assign' ? request.assignee : null
    const action = { id: randomUUID(), kind, atUs: nowUs(), by: me.name, subject: me.subject, reason, assignee, note, severity, response }
    const outcome = await alerts.act(own, revision, action)
    if (outcome.kind === 'conflict') {
      const detail = 'Somebody else acted on it first. Look at what they did, then try again.'
      throw new ProblemError('CONFLICT', detail, { revision: outcome.revision })
    }
    this.changes.noteAlerts(me.tenant)
    return this.detail(me, own)
  }

  private async detail(me: Me, id: string): Promise<AlertDetail> {
    const { tenant } = me
    const found = await this.alerts.of(tenant).find(id)
    if (found.kind !== 'alert') throw notFound('alert')
    const row = found.alert
    const [alert, words, deliveries, sessions, { runs }] = await Promise.all([
      this.alerts.of(tenant).live(row, nowUs()),
      this.rules.of(tenant).words(row.rules),
      this.alerts.of(tenant).deliveriesOf(row.id),
      openSessionsOf(this.options.store, tenant, row.runs),
      this.runs.of(tenant).all(),
    ])
    const liveRuns = runs.filter((run) => run.state === 'live' && row.runs.includes(run.id)).map((run) => run.id)
    const { owners } = policyOf(this.options)
    return detailOfAlert({ alert, words, owners, open: { sessions, liveRuns }, deliveries, hasContent: may(me, 'content') })
  }
}

function nowUs(): number {
  return Date.now() * 1000
}
