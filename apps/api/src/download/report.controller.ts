import type { ServerResponse } from 'node:http'
import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common'
import type { ApiOptions } from '../api-options.ts'
import { may, revealsSecrets } from '../auth/access.ts'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import { ChainId, type Me, ReportQuery } from '../contract/index.ts'
import { scopeOf } from '../exports/package/index.ts'
import { reportOf } from '../exports/report/index.ts'
import { Describes } from '../http/describes.ts'
import { notFound } from '../http/problem.ts'
import { valid, validId } from '../http/zod.pipe.ts'
import { API_OPTIONS, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import { asRequester } from './requester.ts'

@Controller('api/v1/chains/:id/report')
export class ReportController {
  constructor(
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
  ) {}

  @Get()
  @Needs('export')
  @Describes({ summary: 'A hop chain as one page of HTML that needs nothing else', query: ReportQuery, answer: 'text/html' })
  async download(
    @Viewer() me: Me,
    @Param('id', validId(ChainId, 'chain')) id: string,
    @Query(valid(ReportQuery)) query: ReportQuery,
    @Res() response: ServerResponse,
  ): Promise<void> {
    const { store, version } = this.options
    const isRevealed = revealsSecrets(me, query)
    const hasContent = may(me, 'content') && query.metadata === undefined
    const madeAtUs = Date.now() * 1000
    const requester = asRequester(me, hasContent, isRevealed)
    const scope = await scopeOf(store, me.tenant, { kind: 'chain', id }, madeAtUs)
    const page = scope && (await reportOf({ store, scope, requester, madeAtUs, version }))
    if (!page) throw notFound('chain')
    await this.views.act(me, { resource: 'chain', id, span: 'report', isContent: hasContent, isRevealed })
    // Always a file: what was recorded is never shown as a page of this origin.
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-disposition': `attachment; filename="hoptrace-chain-${id}.html"`,
    })
    response.end(page)
  }
}
