import type { IncomingMessage } from 'node:http'
import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common'
import type { ApiOptions } from '../api-options.ts'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import { type Me, PublishAnswer } from '../contract/index.ts'
import { Describes } from '../http/describes.ts'
import { API_OPTIONS, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import { publishLines } from './publish-lines.ts'

@Controller('api/v1/events')
export class PublishController {
  constructor(
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
  ) {}

  @Post()
  @HttpCode(200)
  @Needs('operate')
  @Describes({
    summary: 'Publish events that another gateway recorded: the body holds one a line (application/x-ndjson)',
    answer: PublishAnswer,
  })
  async publish(@Viewer() me: Me, @Req() request: IncomingMessage): Promise<PublishAnswer> {
    const about = { resource: 'events', id: '', isContent: false }
    // First, because a client that goes away in the middle has published too.
    await this.views.act(me, { ...about, span: 'publishing' })
    const { sessionIds, ...answer } = await publishLines(request, me.tenant, this.options.publisher)
    await this.views.note(me, { ...about, span: `${answer.published} published to ${sessionIds.join(' ')}` })
    return answer
  }
}
