import { Uuid } from '@hoptrace/events'
import { Controller, Get, Inject, Param } from '@nestjs/common'
import { Viewer } from '../auth/authentication.guard.ts'
import { CommandsAnswer, type Me } from '../contract/index.ts'
import { eventOf } from '../events/event-row.ts'
import type { EventsQueries } from '../events/events.queries.ts'
import { Describes } from '../http/describes.ts'
import { notFound } from '../http/problem.ts'
import { validId } from '../http/zod.pipe.ts'
import { EVENTS, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import { COMMAND_TYPES, commandsOf } from './commands.ts'

const MAX_COMMANDS = 10_000

@Controller('api/v1/sessions/:id/commands')
export class CommandsController {
  constructor(
    @Inject(EVENTS) private readonly events: EventsQueries,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
  ) {}

  @Get()
  @Describes({ summary: 'Commands of a session, each with the moment to seek to', answer: CommandsAnswer })
  async list(@Viewer() { viewer }: Me, @Param('id', validId(Uuid, 'session')) id: string): Promise<CommandsAnswer> {
    if ((await this.events.types(id)).length === 0) throw notFound('session')
    const rows = await this.events.page({ session: id, after: -1, types: COMMAND_TYPES, limit: MAX_COMMANDS + 1 })
    const items = commandsOf(rows.slice(0, MAX_COMMANDS).map(eventOf))
    await this.views.record({ viewer, resource: 'session', id, span: `${items.length} commands`, isContent: true })
    return { items, isTruncated: rows.length > MAX_COMMANDS }
  }
}
