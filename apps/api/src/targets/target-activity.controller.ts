import { Controller, Get, Inject, Param, Query } from '@nestjs/common'
import { z } from 'zod'
import { instantUs, summaryOfAlert } from '../alerts/alert-answer.ts'
import type { TenantAlerts } from '../alerts/tenant-alerts.ts'
import { may } from '../auth/access.ts'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import { ActivityQuery, type Me, TargetDetail, type TargetInfo } from '../contract/index.ts'
import type { GatewayClient } from '../gateway/gateway-client.ts'
import { Describes } from '../http/describes.ts'
import { notFound, ProblemError } from '../http/problem.ts'
import { rangeAnswer } from '../http/range.ts'
import { valid, validId } from '../http/zod.pipe.ts'
import { activityRange } from '../principals/activity-range.ts'
import type { PerTenant } from '../tenancy/per-tenant.ts'
import { ALERTS, GATEWAY, TARGET_ACTIVITY, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import type { TargetActivityQueries, VisitorRow } from './target-activity.queries.ts'

const Name = z.string().min(1).max(256)
const ALERTS_SHOWN = 20

@Controller('api/v1/targets')
export class TargetActivityController {
  constructor(
    @Inject(TARGET_ACTIVITY) private readonly activity: PerTenant<TargetActivityQueries>,
    @Inject(GATEWAY) private readonly gateways: PerTenant<GatewayClient>,
    @Inject(ALERTS) private readonly alerts: PerTenant<TenantAlerts>,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
  ) {}

  @Get(':name')
  @Needs('metadata')
  @Describes({ summary: 'Who touched a target, by which accounts, and who was refused', query: ActivityQuery, answer: TargetDetail })
  async show(
    @Viewer() me: Me,
    @Param('name', validId(Name, 'target')) name: string,
    @Query(valid(ActivityQuery)) query: ActivityQuery,
  ): Promise<TargetDetail> {
    const range = activityRange(query, Date.now())
    const activity = this.activity.of(me.tenant)
    const [info, isKnown] = await Promise.all([this.infoOf(me.tenant, name), activity.isKnown(name)])
    if (info === null && !isKnown) throw notFound('target')
    const [visitors, refusals, alerts] = await Promise.all([
      activity.visitors(name, range),
      activity.refusals(name, range),
      this.alerts.of(me.tenant).list({ target: name, from: range.fromUs, to: range.toUs, limit: ALERTS_SHOWN }, Date.now() * 1000),
    ])
    await this.views.record(me, { resource: 'target', id: name, span: 'activity', isContent: may(me, 'content') })
    return {
      ...{ name, info, range: rangeAnswer(range), ...sumOf(visitors) },
      visitors: visitors.map(({ firstUs, lastUs, ...own }) => ({ ...own, firstAt: instantUs(firstUs), lastAt: instantUs(lastUs) })),
      refusals: refusals.newest,
      refusalsTotal: refusals.total,
      alerts: alerts.map((alert) => summaryOfAlert(alert, may(me, 'content'))),
    }
  }

  // What was recorded is told while the gateway is away too.
  private async infoOf(tenant: string, name: string): Promise<TargetInfo | null> {
    try {
      const targets = await this.gateways.of(tenant).targets()
      return targets.find((target) => target.name === name) ?? null
    } catch (error) {
      if (error instanceof ProblemError) return null
      throw error
    }
  }
}

function sumOf(visitors: readonly VisitorRow[]): Pick<TargetDetail, 'protocols' | 'accounts' | 'firstAt' | 'lastAt'> {
  const protocols = [...new Set(visitors.map(({ protocol }) => protocol))].sort()
  const accounts = [...new Set(visitors.map(({ account }) => account))].sort()
  const [first, last] = [visitors.map(({ firstUs }) => firstUs).sort((a, b) => a - b)[0], visitors[0]?.lastUs]
  return {
    protocols,
    accounts,
    firstAt: first === undefined ? null : instantUs(first),
    lastAt: last === undefined ? null : instantUs(last),
  }
}
