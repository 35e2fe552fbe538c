import { randomUUID } from 'node:crypto'
import { Uuid } from '@hoptrace/events'
import { type SuppressionRow, Suppressions } from '@hoptrace/store'
import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common'
import { instantUs } from '../alerts/alert-answer.ts'
import type { ApiOptions } from '../api-options.ts'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import { type Me, type Suppression, Suppression as SuppressionSchema, SuppressionsAnswer, SuppressRequest } from '../contract/index.ts'
import { Describes } from '../http/describes.ts'
import { notFound, ProblemError } from '../http/problem.ts'
import { valid, validId } from '../http/zod.pipe.ts'
import type { ChangeStream } from '../stream/change-stream.ts'
import { API_OPTIONS, STREAM, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'

/** Of what nobody is told, for a time. Both ways are in the access log before they count. */
@Controller('api/v1/suppressions')
export class SuppressionsController {
  private readonly suppressions: Suppressions

  constructor(
    @Inject(API_OPTIONS) { store }: ApiOptions,
    @Inject(STREAM) private readonly changes: ChangeStream,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
  ) {
    this.suppressions = new Suppressions(store)
  }

  @Get()
  @Needs('metadata')
  @Describes({ summary: 'Suppressions, latest first, ended ones too', answer: SuppressionsAnswer })
  async list(@Viewer() me: Me): Promise<SuppressionsAnswer> {
    const rows = await this.suppressions.list(me.tenant)
    await this.views.record(me, { resource: 'suppressions', id: '', span: 'all', isContent: false })
    return { items: rows.map(suppressionAnswer) }
  }

  @Post()
  @HttpCode(201)
  @Needs('respond')
  @Describes({ summary: 'Tell nobody of what fits, until a moment', body: SuppressRequest, answer: SuppressionSchema, status: 201 })
  async suppress(@Viewer() me: Me, @Body(valid(SuppressRequest)) request: SuppressRequest): Promise<Suppression> {
    const { rule, principal, target, reason, owner, until } = request
    const [nowUs, untilUs] = [Date.now() * 1000, Date.parse(until) * 1000]
    if (untilUs <= nowUs) throw new ProblemError('INVALID_REQUEST', 'until: must lie ahead')
    const row = { id: randomUUID(), rule, principal, target, reason, owner, createdBy: me.name, createdAtUs: nowUs, untilUs }
    await this.views.act(me, { resource: 'suppression', id: row.id, span: `placed until ${until}`, isContent: false })
    await this.suppressions.add(me.tenant, row)
    this.changes.noteAlerts(me.tenant)
    return suppressionAnswer({ ...row, liftedBy: null, liftedAtUs: null })
  }

  @Post(':id/lift')
  @HttpCode(200)
  @Needs('respond')
  @Describes({ summary: 'End a suppression before its time', answer: SuppressionSchema })
  async lift(@Viewer() me: Me, @Param('id', validId(Uuid, 'suppression')) id: string): Promise<Suppression> {
    if (!(await this.suppressions.find(me.tenant, id))) throw notFound('suppression')
    await this.views.act(me, { resource: 'suppression', id, span: 'lifted', isContent: false })
    await this.suppressions.lift(me.tenant, id, me.name, Date.now() * 1000)
    const lifted = await this.suppressions.find(me.tenant, id)
    if (!lifted) throw notFound('suppression')
    this.changes.noteAlerts(me.tenant)
    return suppressionAnswer(lifted)
  }
}

function suppressionAnswer(row: SuppressionRow): Suppression {
  const { id, rule, principal, target, reason, owner, createdBy, createdAtUs, untilUs, liftedBy, liftedAtUs } = row
  const lifted = liftedAtUs === null ? null : { by: liftedBy ?? '', at: instantUs(liftedAtUs) }
  const until = { createdAt: instantUs(createdAtUs), until: instantUs(untilUs) }
  return { id, rule, principal, target, reason, owner, createdBy, ...until, lifted }
}
