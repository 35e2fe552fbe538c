import { Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common'
import { z } from 'zod'
import { revealsSecrets } from '../auth/access.ts'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import { DeadLetterDetail, DeadLetterQuery, DeadLettersPage, DeadLettersQuery, type Me, ReplayAnswer } from '../contract/index.ts'
import { cutPage } from '../http/cursor.ts'
import { Describes } from '../http/describes.ts'
import { notFound } from '../http/problem.ts'
import { valid, validId } from '../http/zod.pipe.ts'
import type { PerTenant } from '../tenancy/per-tenant.ts'
import { DEAD_LETTER_REPLAY, DEAD_LETTERS, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import { type DeadLettersQueries, detailOfLetter } from './dead-letters.queries.ts'
import type { DeadLetterReplay } from './replay.ts'

const LetterId = z.string().regex(/^[0-9a-f]{64}$/)

@Controller('api/v1/dead-letters')
export class DeadLettersController {
  constructor(
    @Inject(DEAD_LETTERS) private readonly letters: PerTenant<DeadLettersQueries>,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
    @Inject(DEAD_LETTER_REPLAY) private readonly replays: DeadLetterReplay,
  ) {}

  @Get()
  @Needs('metadata')
  @Describes({ summary: 'Messages that could not be understood, newest first', query: DeadLettersQuery, answer: DeadLettersPage })
  async list(@Viewer() { tenant }: Me, @Query(valid(DeadLettersQuery)) query: DeadLettersQuery): Promise<DeadLettersPage> {
    const letters = this.letters.of(tenant)
    const rows = await letters.page(query.cursor, query.limit)
    const page = cutPage(rows, query.limit, (last) => [last.seen_us, last.id])
    return { items: await letters.summaries(page.items), nextCursor: page.nextCursor }
  }

  @Get(':id')
  @Needs('content')
  @Describes({ summary: 'One of them, whole', query: DeadLetterQuery, answer: DeadLetterDetail })
  async show(
    @Viewer() me: Me,
    @Param('id', validId(LetterId, 'dead letter')) id: string,
    @Query(valid(DeadLetterQuery)) query: DeadLetterQuery,
  ): Promise<DeadLetterDetail> {
    const isRevealed = revealsSecrets(me, query)
    const letters = this.letters.of(me.tenant)
    const letter = await letters.find(id)
    if (!letter) throw notFound('dead letter')
    await this.views.record(me, { resource: 'dead-letter', id, span: 'whole', isContent: true, isRevealed })
    return detailOfLetter(letter, isRevealed, await letters.replayOf(id))
  }

  @Post(':id/replay')
  @HttpCode(200)
  @Needs('operate')
  @Describes({ summary: 'Publish one of them again, where it is understood by now', answer: ReplayAnswer })
  async replay(@Viewer() me: Me, @Param('id', validId(LetterId, 'dead letter')) id: string): Promise<ReplayAnswer> {
    const letter = await this.letters.of(me.tenant).find(id)
    if (!letter) throw notFound('dead letter')
    const about = { resource: 'dead-letter', id, isContent: false }
    await this.views.act(me, { ...about, span: 'replaying' })
    const answer = await this.replays.replay(Buffer.from(letter.received_base64, 'base64'), me.tenant)
    const { outcome } = answer
    await this.letters.of(me.tenant).noteReplay(id, me.name, answer)
    await this.views.note(me, { ...about, span: `replayed: ${outcome}` })
    return answer
  }
}
