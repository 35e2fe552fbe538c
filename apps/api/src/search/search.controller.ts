import { Controller, Get, Inject, Query } from '@nestjs/common'
import { revealsSecrets } from '../auth/access.ts'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import { type Me, SearchPage, SearchQuery } from '../contract/index.ts'
import { cutPage } from '../http/cursor.ts'
import { Describes } from '../http/describes.ts'
import { rangeOf } from '../http/range.ts'
import { valid } from '../http/zod.pipe.ts'
import type { PerTenant } from '../tenancy/per-tenant.ts'
import { SEARCH, SEARCH_DIGEST, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import { hitOf, type SearchQueries } from './search.queries.ts'
import type { SearchDigest } from './search-digest.ts'

/** Ids that one entry of the log holds. */
const NAMED = 20

@Controller('api/v1/search')
export class SearchController {
  constructor(
    @Inject(SEARCH) private readonly search: PerTenant<SearchQueries>,
    @Inject(SEARCH_DIGEST) private readonly digest: SearchDigest,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
  ) {}

  @Get()
  @Needs('content')
  @Describes({
    summary: 'Recorded commands, statements and paths that hold every word, newest first',
    query: SearchQuery,
    answer: SearchPage,
  })
  async find(@Viewer() me: Me, @Query(valid(SearchQuery)) query: SearchQuery): Promise<SearchPage> {
    const isRevealed = revealsSecrets(me, query)
    const rows = await this.search.of(me.tenant).page(query, rangeOf(query, Date.now()))
    const page = cutPage(rows, query.limit, (last) => [last.ts_us, last.session_id, last.seq])
    await this.record(me, query.q, isRevealed, [...new Set(page.items.map((row) => row.session_id))])
    const hits = page.items.map((row) => hitOf(row, query.q, isRevealed))
    return { items: hits.map(({ hit }) => hit), nextCursor: page.nextCursor, masked: hits.reduce((sum, { masked }) => sum + masked, 0) }
  }
  // What was searched for may be a secret that was pasted: the log says which sessions it showed, all of them.
  private async record(me: Me, words: string, isRevealed: boolean, sessions: readonly string[]): Promise<void> {
    const view = { resource: 'search', id: '', isContent: true, isRevealed, digest: this.digest(me.tenant, words) }
    const views = [this.views.record(me, { ...view, span: `hits in ${sessions.length} sessions: ${sessions.slice(0, NAMED).join(' ')}` })]
    for (let from = NAMED; from < sessions.length; from += NAMED) {
      views.push(this.views.record(me, { ...view, span: `and in ${sessions.slice(from, from + NAMED).join(' ')}` }))
    }
    await Promise.all(views)
  }
}
