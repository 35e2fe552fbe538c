import { type SessionEvent, Uuid } from '@hoptrace/events'
import { commandsOf } from '@hoptrace/terminal'
import { Controller, Get, Inject, Param, Query } from '@nestjs/common'
import { revealsSecrets } from '../auth/access.ts'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import { CommandsAnswer, CommandsQuery, type Me } from '../contract/index.ts'
import { eventOf } from '../events/event-row.ts'
import type { EventsQueries } from '../events/events.queries.ts'
import { Describes } from '../http/describes.ts'
import { valid, validId } from '../http/zod.pipe.ts'
import { maskRecording } from '../masking/mask-recording.ts'
import { shownOf } from '../masking/shown.ts'
import { isOfRequests, TERMINAL_TYPES } from '../replay/replays.ts'
import { type RequestsQueries, WHOLE } from '../requests/requests.queries.ts'
import { asEvent, type ToldRequest } from '../requests/told-event.ts'
import type { MissingSessions } from '../sessions/missing-session.ts'
import type { PerTenant } from '../tenancy/per-tenant.ts'
import { EVENTS, MISSING_SESSIONS, REQUESTS, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import { commandItem, requestCommands, statementCommands } from './commands.ts'

const MAX_COMMANDS = 10_000
/** They are told of a session that others are seen beside: its own page tells all. */
const MAX_REQUESTS = 2000

@Controller('api/v1/sessions/:id/commands')
export class CommandsController {
  constructor(
    @Inject(EVENTS) private readonly events: PerTenant<EventsQueries>,
    @Inject(REQUESTS) private readonly requests: PerTenant<RequestsQueries>,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
    @Inject(MISSING_SESSIONS) private readonly missing: MissingSessions,
  ) {}

  @Get()
  @Needs('content')
  @Describes({ summary: 'Commands of a session, each with the moment to seek to', query: CommandsQuery, answer: CommandsAnswer })
  async list(
    @Viewer() me: Me,
    @Param('id', validId(Uuid, 'session')) id: string,
    @Query(valid(CommandsQuery)) query: CommandsQuery,
  ): Promise<CommandsAnswer> {
    const isRevealed = revealsSecrets(me, query)
    const events = this.events.of(me.tenant)
    const types = await events.types(id)
    if (types.length === 0) throw await this.missing.problem(me.tenant, id)
    const isSql = types.some(({ type }) => type === 'sql.statement')
    const recording = events.recording(id, {}, isOfRequests(types) ? TERMINAL_TYPES : [])
    const given = isSql ? await this.statements(events, id, isRevealed) : await this.inTerminals(recording, query.idle, isRevealed)
    const isAsked = query.requests !== undefined && isOfRequests(types)
    const answer = isAsked ? together(given, await this.requestsOf(me.tenant, id, isRevealed)) : given
    await this.views.record(me, { resource: 'session', id, span: `${answer.items.length} commands`, isContent: true, isRevealed })
    return answer
  }

  private async statements(events: EventsQueries, session: string, isRevealed: boolean): Promise<CommandsAnswer> {
    const rows = await events.page({ session, after: -1, types: ['sql.statement'], limit: MAX_COMMANDS + 1 })
    const { shown, masked } = shownOf(rows.slice(0, MAX_COMMANDS).map(eventOf), isRevealed)
    return { items: statementCommands(shown), isTruncated: rows.length > MAX_COMMANDS, masked }
  }

  private async requestsOf(tenant: string, session: string, isRevealed: boolean): Promise<CommandsAnswer> {
    const queries = this.requests.of(tenant)
    const asked = await queries.requests({ session, after: -1, through: undefined, filter: {}, limit: MAX_REQUESTS + 1 })
    const requests = asked.slice(0, MAX_REQUESTS)
    const seqs = requests.map(({ seq }) => seq)
    const calls = await queries.parts(session, seqs, WHOLE, ['tool.call'])
    const { shown, masked } = shownOf(requests.map(asEvent), isRevealed)
    const items = requestCommands(shown as unknown as ToldRequest[], calls)
    return { items, isTruncated: asked.length > MAX_REQUESTS, masked }
  }

  private async inTerminals(
    recorded: AsyncIterable<SessionEvent>,
    idleSeconds: number | undefined,
    isRevealed: boolean,
  ): Promise<CommandsAnswer> {
    let masked = 0
    const shown = isRevealed ? recorded : maskRecording(recorded, (count) => (masked += count))
    const { items, isTruncated } = await commandsOf(shown, { idleSeconds, limit: MAX_COMMANDS })
    return { items: items.map(commandItem), isTruncated, masked }
  }
}

function together(one: CommandsAnswer, other: CommandsAnswer): CommandsAnswer {
  const items = [...one.items, ...other.items].sort((a, b) => a.seq - b.seq)
  return { items, isTruncated: one.isTruncated || other.isTruncated, masked: one.masked + other.masked }
}
