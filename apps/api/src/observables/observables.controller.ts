import { digestValue, ObservableKind } from '@hoptrace/events'
import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common'
import { z } from 'zod'
import { instantUs, summaryOfAlert } from '../alerts/alert-answer.ts'
import type { TenantAlerts } from '../alerts/tenant-alerts.ts'
import type { ApiOptions } from '../api-options.ts'
import { may } from '../auth/access.ts'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import { summaryOfChain } from '../chains/chain-answer.ts'
import type { ChainsQueries } from '../chains/chains.queries.ts'
import { DigestAnswer, DigestRequest, type Me, ObservableDetail } from '../contract/index.ts'
import { Describes } from '../http/describes.ts'
import { notFound } from '../http/problem.ts'
import { valid, validId } from '../http/zod.pipe.ts'
import type { PerTenant } from '../tenancy/per-tenant.ts'
import { ALERTS, API_OPTIONS, CHAINS, OBSERVABLES, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import { observableOf } from './observable-answer.ts'
import type { ObservablesQueries } from './observables.queries.ts'
import { candidatesOf } from './pasted-values.ts'

const Digest = z.string().regex(/^[0-9a-f]{32}$/)

@Controller('api/v1/observables')
export class ObservablesController {
  constructor(
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
    @Inject(OBSERVABLES) private readonly observables: PerTenant<ObservablesQueries>,
    @Inject(CHAINS) private readonly chains: PerTenant<ChainsQueries>,
    @Inject(ALERTS) private readonly alerts: PerTenant<TenantAlerts>,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
  ) {}

  @Post('digest')
  @HttpCode(200)
  @Needs('content')
  @Describes({
    summary: 'Where a pasted value is found. It is digested here, and neither stored nor logged',
    body: DigestRequest,
    answer: DigestAnswer,
  })
  async digest(@Viewer() me: Me, @Body(valid(DigestRequest)) { value }: DigestRequest): Promise<DigestAnswer> {
    const keys = this.options.digestKeys?.(me.tenant) ?? []
    const made = candidatesOf(value).flatMap(({ kind, canonical }) =>
      keys.map((key) => ({ kind, digest: digestValue(key, kind, canonical), keyId: key.id })),
    )
    const counts = await this.observables.of(me.tenant).counts(made.map(({ digest }) => digest))
    const seen = made.filter(({ digest }) => counts.has(digest))
    // What was seen is named by its digest: the value itself stands nowhere.
    const span = seen.length === 0 ? 'nothing was seen' : seen.map(({ kind, digest }) => `${kind}/${digest}`).join(' ')
    await this.views.act(me, { resource: 'observable', id: '', span: `a pasted value: ${span}`, isContent: true })
    const items = made.map((each) => {
      const { sightings = 0, lastUs } = counts.get(each.digest) ?? {}
      return { ...each, sightings, lastAt: lastUs === undefined ? null : instantUs(lastUs) }
    })
    return { items: items.sort((a, b) => b.sightings - a.sightings), hasKey: keys.length > 0 }
  }

  @Get(':kind/:digest')
  @Needs('metadata')
  @Describes({ summary: 'Who saw a value, who used it, and which chains and alerts it is in', answer: ObservableDetail })
  async show(
    @Viewer() me: Me,
    @Param('kind', validId(ObservableKind, 'observable')) kind: ObservableKind,
    @Param('digest', validId(Digest, 'observable')) digest: string,
  ): Promise<ObservableDetail> {
    const { tenant } = me
    const observables = this.observables.of(tenant)
    const [rows, chainIds] = await Promise.all([observables.sightings(kind, digest), observables.chains(kind, digest)])
    if (rows.length === 0) throw notFound('observable')
    const hasContent = may(me, 'content')
    const [chains, alerts, counts] = await Promise.all([
      this.chains.of(tenant).findAll(chainIds),
      this.alerts.of(tenant).about(chainIds, digest, Date.now() * 1000),
      observables.counts([digest]),
    ])
    const own = observableOf(kind, digest, rows, hasContent)
    await this.views.record(me, { resource: 'observable', id: `${kind}/${digest}`, span: 'sightings', isContent: hasContent })
    return {
      ...own,
      sightingsTotal: counts.get(digest)?.sightings ?? rows.length,
      chains: chains.map((chain) => summaryOfChain(chain, hasContent)),
      alerts: alerts.map((alert) => summaryOfAlert(alert, hasContent)),
    }
  }
}
