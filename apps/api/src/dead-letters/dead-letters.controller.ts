import { Controller, Get, Inject, Param, Query } from '@nestjs/common'
import { z } from 'zod'
import { Viewer } from '../auth/authentication.guard.ts'
import { DeadLetterDetail, DeadLettersPage, DeadLettersQuery, type Me } from '../contract/index.ts'
import { cutPage } from '../http/cursor.ts'
import { Describes } from '../http/describes.ts'
import { notFound } from '../http/problem.ts'
import { valid, validId } from '../http/zod.pipe.ts'
import { DEAD_LETTERS, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import { DeadLettersQueries, detailOfLetter, summaryOfLetter } from './dead-letters.queries.ts'

const LetterId = z.string().regex(/^[0-9a-f]{64}$/)

@Controller('api/v1/dead-letters')
export class DeadLettersController {
  constructor(
    @Inject(DEAD_LETTERS) private readonly letters: DeadLettersQueries,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
  ) {}

  @Get()
  @Describes({ summary: 'Messages that could not be understood, newest first', query: DeadLettersQuery, answer: DeadLettersPage })
  async list(@Query(valid(DeadLettersQuery)) query: DeadLettersQuery): Promise<DeadLettersPage> {
    const rows = await this.letters.page(query.cursor, query.limit)
    const page = cutPage(rows, query.limit, (last) => [last.seen_us, last.id])
    return { items: page.items.map(summaryOfLetter), nextCursor: page.nextCursor }
  }

  @Get(':id')
  @Describes({ summary: 'One of them, whole', answer: DeadLetterDetail })
  async show(@Viewer() { viewer }: Me, @Param('id', validId(LetterId, 'dead letter')) id: string): Promise<DeadLetterDetail> {
    const letter = await this.letters.find(id)
    if (!letter) throw notFound('dead letter')
    await this.views.record({ viewer, resource: 'dead-letter', id, span: 'whole', isContent: true })
    return detailOfLetter(letter)
  }
}
