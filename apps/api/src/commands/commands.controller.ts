import { Uuid } from '@hoptrace/events'
import { commandsOf } from '@hoptrace/terminal'
import { Controller, Get, Inject, Param, Query } from '@nestjs/common'
import { Viewer } from '../auth/authentication.guard.ts'
import { CommandsAnswer, type Me, TerminalQuery } from '../contract/index.ts'
import { eventOf } from '../events/event-row.ts'
import type { EventsQueries } from '../events/events.queries.ts'
import { Describes } from '../http/describes.ts'
import { notFound } from '../http/problem.ts'
import { valid, validId } from '../http/zod.pipe.ts'
import { EVENTS, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import { commandItem, statementCommands } from './commands.ts'

const MAX_COMMANDS = 10_000

@Controller('api/v1/sessions/:id/commands')
export class CommandsController {
  constructor(
    @Inject(EVENTS) private readonly events: EventsQueries,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
  ) {}

  @Get()
  @Describes({ summary: 'Commands of a session, each with the moment to seek to', query: TerminalQuery, answer: CommandsAnswer })
  async list(
    @Viewer() { viewer }: Me,
    @Param('id', validId(Uuid, 'session')) id: string,
    @Query(valid(TerminalQuery)) { idle }: TerminalQuery,
  ): Promise<CommandsAnswer> {
    const types = await this.events.types(id)
    if (types.length === 0) throw notFound('session')
    const isSql = types.some(({ type }) => type === 'sql.statement')
    const answer = isSql ? await this.statements(id) : await this.inTerminals(id, idle)
    await this.views.record({ viewer, resource: 'session', id, span: `${answer.items.length} commands`, isContent: true })
    return answer
  }

  private async statements(session: string): Promise<CommandsAnswer> {
    const rows = await this.events.page({ session, after: -1, types: ['sql.statement'], limit: MAX_COMMANDS + 1 })
    return { items: statementCommands(rows.slice(0, MAX_COMMANDS).map(eventOf)), isTruncated: rows.length > MAX_COMMANDS }
  }

  private async inTerminals(session: string, idleSeconds: number | undefined): Promise<CommandsAnswer> {
    const { items, isTruncated } = await commandsOf(this.events.recording(session), { idleSeconds, limit: MAX_COMMANDS })
    return { items: items.map(commandItem), isTruncated }
  }
}
