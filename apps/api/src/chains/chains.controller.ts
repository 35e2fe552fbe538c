import type { ServerResponse } from 'node:http'
import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common'
import { z } from 'zod'
import { hopAlertOf } from '../alerts/alert-answer.ts'
import type { TenantAlerts } from '../alerts/tenant-alerts.ts'
import { may } from '../auth/access.ts'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import { ChainDetail, ChainsPage, ChainsQuery, type Me } from '../contract/index.ts'
import { cutPage } from '../http/cursor.ts'
import { Describes } from '../http/describes.ts'
import { notFound } from '../http/problem.ts'
import { rangeAnswer, rangeOf } from '../http/range.ts'
import { valid, validId } from '../http/zod.pipe.ts'
import { summaryOf } from '../sessions/session-row.ts'
import type { SessionsQueries } from '../sessions/sessions.queries.ts'
import type { PerTenant } from '../tenancy/per-tenant.ts'
import { ALERTS, CHAINS, SESSIONS, UNSEEN, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import { withAlerts } from './chain-alerts.ts'
import { hopOf, nodeOf, summaryOfChain, unseenOf } from './chain-answer.ts'
import type { ChainRow, ChainsQueries } from './chains.queries.ts'
import { keyOf, type UnseenQueries } from './unseen.queries.ts'
import { withoutContent } from './without-content.ts'

/** Alerts of one chain that are shown beside it. */
const MAX_ALERTS = 100

const ChainId = z.string().regex(/^[0-9a-f]{32}$/)

@Controller('api/v1/chains')
export class ChainsController {
  constructor(
    @Inject(CHAINS) private readonly chains: PerTenant<ChainsQueries>,
    @Inject(ALERTS) private readonly alerts: PerTenant<TenantAlerts>,
    @Inject(UNSEEN) private readonly unseen: PerTenant<UnseenQueries>,
    @Inject(SESSIONS) private readonly sessions: PerTenant<SessionsQueries>,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
  ) {}

  @Get()
  @Needs('metadata')
  @Describes({ summary: 'Hop chains that overlap a range, newest first', query: ChainsQuery, answer: ChainsPage })
  async list(@Viewer() me: Me, @Query(valid(ChainsQuery)) query: ChainsQuery): Promise<ChainsPage> {
    const chains = this.chains.of(me.tenant)
    const range = rangeOf(query, Date.now())
    const page = cutPage(await chains.list(query, range), query.limit, (last) => [last.firstUs, last.id])
    const span = query.cursor === undefined ? 'first page' : 'a later page'
    await this.views.record(me, { resource: 'chains', id: '', span, isContent: false })
    const hasAny = page.items.length > 0 || (await chains.hasAny())
    return {
      items: page.items.map((row) => summaryOfChain(row, may(me, 'content'))),
      nextCursor: page.nextCursor,
      range: rangeAnswer(range),
      hasAny,
    }
  }

  @Get(':id')
  @Needs('metadata')
  @Describes({
    summary: 'A hop chain with its accesses and the evidence of each hop; 308 when it became part of another',
    answer: ChainDetail,
  })
  async show(
    @Viewer() me: Me,
    @Param('id', validId(ChainId, 'chain')) id: string,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<ChainDetail | undefined> {
    const chain = await this.chains.of(me.tenant).find(id)
    if (!chain) throw notFound('chain')
    if (chain.redirectTo !== '') {
      response.statusCode = 308
      response.setHeader('location', `/api/v1/chains/${encodeURIComponent(chain.redirectTo)}`)
      return undefined
    }
    const detail = await this.detailOf(chain, me)
    // Evidence names the values that flowed: that is content.
    await this.views.record(me, { resource: 'chain', id, span: `${detail.edges.length} hops`, isContent: may(me, 'content') })
    return detail
  }

  private async detailOf(chain: ChainRow, me: Me): Promise<ChainDetail> {
    const chains = this.chains.of(me.tenant)
    const [accesses, hops, alerts] = await Promise.all([
      chains.accesses(chain.id),
      chains.hops(chain.id),
      this.alerts.of(me.tenant).list({ chain: chain.id, limit: MAX_ALERTS }, Date.now() * 1000),
    ])
    const named = await this.unseen.of(me.tenant).find(accesses.filter(({ kind }) => kind === 'unseen'))
    const ids = accesses.filter(({ kind }) => kind === 'session').map(({ sessionId }) => sessionId)
    const sessions = new Map((await this.sessions.of(me.tenant).findAll(ids)).map((row) => [row.sessionId, summaryOf(row)]))
    const hasContent = may(me, 'content')
    const nodes = accesses.map(nodeOf).map((node) => {
      const session = node.kind === 'session' ? sessions.get(node.at.sessionId) : undefined
      if (session) return { ...node, outcome: session.outcome, endedAt: session.endedAt }
      return unseenOf(node, named.get(keyOf(node.at)), hasContent)
    })
    const edges = withAlerts(hops.map(hopOf), alerts, hasContent)
    return {
      ...summaryOfChain(chain, hasContent),
      nodes,
      edges: hasContent ? edges : edges.map((hop) => withoutContent(hop, nodes)),
      alerts: alerts.map((alert) => hopAlertOf(alert, hasContent)),
    }
  }
}
