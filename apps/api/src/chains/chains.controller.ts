import type { ServerResponse } from 'node:http'
import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common'
import { z } from 'zod'
import { Viewer } from '../auth/authentication.guard.ts'
import { ChainDetail, ChainsPage, ChainsQuery, type Me } from '../contract/index.ts'
import { cutPage } from '../http/cursor.ts'
import { Describes } from '../http/describes.ts'
import { notFound } from '../http/problem.ts'
import { rangeAnswer, rangeOf } from '../http/range.ts'
import { valid, validId } from '../http/zod.pipe.ts'
import { summaryOf } from '../sessions/session-row.ts'
import type { SessionsQueries } from '../sessions/sessions.queries.ts'
import { CHAINS, SESSIONS, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import { hopOf, nodeOf, summaryOfChain } from './chain-answer.ts'
import type { ChainRow, ChainsQueries } from './chains.queries.ts'

const ChainId = z.string().regex(/^[0-9a-f]{32}$/)

@Controller('api/v1/chains')
export class ChainsController {
  constructor(
    @Inject(CHAINS) private readonly chains: ChainsQueries,
    @Inject(SESSIONS) private readonly sessions: SessionsQueries,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
  ) {}

  @Get()
  @Describes({ summary: 'Hop chains that overlap a range, newest first', query: ChainsQuery, answer: ChainsPage })
  async list(@Viewer() { viewer }: Me, @Query(valid(ChainsQuery)) query: ChainsQuery): Promise<ChainsPage> {
    const range = rangeOf(query, Date.now())
    const page = cutPage(await this.chains.list(query, range), query.limit, (last) => [last.firstUs, last.id])
    const span = query.cursor === undefined ? 'first page' : 'a later page'
    await this.views.record({ viewer, resource: 'chains', id: '', span, isContent: false })
    const hasAny = page.items.length > 0 || (await this.chains.hasAny())
    return { items: page.items.map(summaryOfChain), nextCursor: page.nextCursor, range: rangeAnswer(range), hasAny }
  }

  @Get(':id')
  @Describes({
    summary: 'A hop chain with its accesses and the evidence of each hop; 308 when it became part of another',
    answer: ChainDetail,
  })
  async show(
    @Viewer() { viewer }: Me,
    @Param('id', validId(ChainId, 'chain')) id: string,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<ChainDetail | undefined> {
    const chain = await this.chains.find(id)
    if (!chain) throw notFound('chain')
    if (chain.redirectTo !== '') {
      response.statusCode = 308
      response.setHeader('location', `/api/v1/chains/${encodeURIComponent(chain.redirectTo)}`)
      return undefined
    }
    const detail = await this.detailOf(chain)
    // Evidence names the values that flowed: that is content.
    await this.views.record({ viewer, resource: 'chain', id, span: `${detail.edges.length} hops`, isContent: true })
    return detail
  }

  private async detailOf(chain: ChainRow): Promise<ChainDetail> {
    const [accesses, hops] = await Promise.all([this.chains.accesses(chain.id), this.chains.hops(chain.id)])
    const ids = accesses.filter(({ kind }) => kind === 'session').map(({ sessionId }) => sessionId)
    const sessions = new Map((await this.sessions.findAll(ids)).map((row) => [row.sessionId, summaryOf(row)]))
    const nodes = accesses.map(nodeOf).map((node) => {
      const session = node.kind === 'session' ? sessions.get(node.at.sessionId) : undefined
      return session ? { ...node, outcome: session.outcome, endedAt: session.endedAt } : node
    })
    return { ...summaryOfChain(chain), nodes, edges: hops.map(hopOf) }
  }
}
