import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { Controller, Get, Inject, Query, Res } from '@nestjs/common'
import type { ApiOptions } from '../api-options.ts'
import { demand, revealsSecrets } from '../auth/access.ts'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import { type Me, PackageQuery } from '../contract/index.ts'
import { type AskedFor, folderOf, packageOf, type Requester, type Scope, scopeOf } from '../exports/package/index.ts'
import { reportOf } from '../exports/report/index.ts'
import { Describes } from '../http/describes.ts'
import { notFound } from '../http/problem.ts'
import { valid } from '../http/zod.pipe.ts'
import { API_OPTIONS, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import { asRequester } from './requester.ts'

@Controller('api/v1/exports')
export class PackageController {
  constructor(
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
  ) {}

  @Get()
  @Needs('export')
  @Describes({ summary: 'A chain, a run or a period as an archive of evidence', query: PackageQuery, answer: 'application/gzip' })
  async download(@Viewer() me: Me, @Query(valid(PackageQuery)) query: PackageQuery, @Res() response: ServerResponse): Promise<void> {
    const { store, version } = this.options
    // Before the view is recorded, so that an export does not tell of itself.
    const madeAtUs = Date.now() * 1000
    const requester = requesterOf(me, query)
    const scope = await scopeOf(store, me.tenant, askedForIn(query), madeAtUs)
    if (!scope) throw notFound(query.chain === undefined ? 'run' : 'chain')
    await this.record(me, scope, requester)
    const onSession = (session: string, through: number) => this.recordSession(me, requester, session, through)
    const report = await reportOf({ store, scope, requester, madeAtUs, version })
    const packed = packageOf({ store, scope, requester, madeAtUs, version, onSession, ...(report === null ? {} : { report }) })
    const archive = Readable.from(packed, { objectMode: false })
    const isZipped = query.format === 'tar.gz'
    response.writeHead(200, {
      'content-type': isZipped ? 'application/gzip' : 'application/x-tar',
      'content-disposition': `attachment; filename="${folderOf(scope.askedFor)}.${query.format}"`,
    })
    // What goes wrong now can only cut the answer short: an archive without its end, and without its digests. So does a client that goes away.
    const sent = isZipped ? pipeline(archive, createGzip(), response) : pipeline(archive, response)
    await sent.catch(() => response.destroy())
  }

  private record(me: Me, { askedFor }: Scope, { hasContent: isContent, isRevealed }: Requester): Promise<void> {
    const id = askedFor.kind === 'period' ? folderOf(askedFor) : askedFor.id
    const span = `export package${isContent ? '' : ' of metadata'}`
    return this.views.act(me, { resource: askedFor.kind, id, span, isContent, isRevealed })
  }

  // Who saw a session is asked by the session: each says so by itself, before any of it is read.
  private recordSession(me: Me, { isRevealed }: Requester, id: string, through: number): Promise<void> {
    return this.views.record(me, { resource: 'session', id, span: `export package seq 0-${through}`, isContent: true, isRevealed })
  }
}

function requesterOf(me: Me, query: PackageQuery): Requester {
  const hasContent = query.metadata === undefined
  if (hasContent) demand(me, 'content', 'An export of what was said')
  return asRequester(me, hasContent, revealsSecrets(me, query))
}

function askedForIn({ chain, run, from, to }: PackageQuery): AskedFor {
  if (chain !== undefined) return { kind: 'chain', id: chain }
  if (run !== undefined) return { kind: 'run', id: run }
  return { kind: 'period', fromUs: Date.parse(from ?? '') * 1000, toUs: Date.parse(to ?? '') * 1000 }
}
