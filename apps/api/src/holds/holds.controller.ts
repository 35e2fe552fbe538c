import { randomUUID } from 'node:crypto'
import { Uuid } from '@hoptrace/events'
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import { Hold, HoldsAnswer, HoldsQuery, type Me, PlaceHoldRequest } from '../contract/index.ts'
import { Describes } from '../http/describes.ts'
import { notFound } from '../http/problem.ts'
import { valid, validId } from '../http/zod.pipe.ts'
import type { PerTenant } from '../tenancy/per-tenant.ts'
import { HOLDS, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import type { TenantHolds } from './held.ts'

/** What retention must not delete. Both ways are in the access log before they count. */
@Controller('api/v1/holds')
export class HoldsController {
  constructor(
    @Inject(HOLDS) private readonly holds: PerTenant<TenantHolds>,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
  ) {}

  @Get()
  @Needs('respond', 'audit')
  @Describes({ summary: 'What does not expire, latest first', query: HoldsQuery, answer: HoldsAnswer })
  async list(@Viewer() me: Me, @Query(valid(HoldsQuery)) { open }: HoldsQuery): Promise<HoldsAnswer> {
    const items = await this.holds.of(me.tenant).list(open !== undefined)
    await this.views.record(me, { resource: 'holds', id: '', span: 'all', isContent: false })
    return { items }
  }

  @Post()
  @HttpCode(201)
  @Needs('respond', 'audit')
  @Describes({ summary: 'Keep a session, a chain or a range of time from expiring', body: PlaceHoldRequest, answer: Hold, status: 201 })
  async place(@Viewer() me: Me, @Body(valid(PlaceHoldRequest)) { scope, reason }: PlaceHoldRequest): Promise<Hold> {
    const holds = this.holds.of(me.tenant)
    const hold = { id: randomUUID(), scope: await holds.scopeOf(scope), reason, placedBy: me.name, placedAtMs: Date.now() }
    await this.views.act(me, { resource: 'hold', id: hold.id, span: `placed on ${subjectOf(scope)}`, isContent: false })
    return holds.place(hold)
  }

  @Delete(':id')
  @HttpCode(204)
  @Needs('respond', 'audit')
  @Describes({ summary: 'Release a hold: what it kept expires when its time is over', status: 204 })
  async release(@Viewer() me: Me, @Param('id', validId(Uuid, 'hold')) id: string): Promise<void> {
    const holds = this.holds.of(me.tenant)
    if (!(await holds.find(id))) throw notFound('hold')
    await this.views.act(me, { resource: 'hold', id, span: 'released', isContent: false })
    await holds.release(id, me.name, Date.now())
  }
}

function subjectOf(scope: PlaceHoldRequest['scope']): string {
  if (scope.kind === 'session') return `session ${scope.sessionId}`
  return scope.kind === 'chain' ? `chain ${scope.chainId}` : `${scope.from} to ${scope.to}`
}
