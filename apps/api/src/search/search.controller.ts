import { Controller, Get, Inject, Query } from '@nestjs/common'
import { Viewer } from '../auth/authentication.guard.ts'
import { type Me, SearchPage, SearchQuery } from '../contract/index.ts'
import { cutPage } from '../http/cursor.ts'
import { Describes } from '../http/describes.ts'
import { rangeOf } from '../http/range.ts'
import { valid } from '../http/zod.pipe.ts'
import { SEARCH, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import { hitOf, type SearchQueries } from './search.queries.ts'

@Controller('api/v1/search')
export class SearchController {
  constructor(
    @Inject(SEARCH) private readonly search: SearchQueries,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
  ) {}

  @Get()
  @Describes({
    summary: 'Recorded commands, statements and paths that hold every word, newest first',
    query: SearchQuery,
    answer: SearchPage,
  })
  async find(@Viewer() { viewer }: Me, @Query(valid(SearchQuery)) query: SearchQuery): Promise<SearchPage> {
    const rows = await this.search.page(query, rangeOf(query, Date.now()))
    const page = cutPage(rows, query.limit, (last) => [last.ts_us, last.session_id, last.seq])
    // What was searched for may be a secret that was pasted: the log says which sessions it showed.
    const shown = [...new Set(page.items.map((row) => row.session_id))].join(' ')
    await this.views.record({ viewer, resource: 'search', id: '', span: `${page.items.length} hits in ${shown}`, isContent: true })
    return { items: page.items.map((row) => hitOf(row, query.q)), nextCursor: page.nextCursor }
  }
}
