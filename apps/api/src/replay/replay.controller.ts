import { Uuid } from '@hoptrace/events'
import { Controller, Get, Inject, Param, Query } from '@nestjs/common'
import { z } from 'zod'
import { revealsSecrets } from '../auth/access.ts'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import { type Me, TerminalIndex, TerminalQuery, TerminalSegment } from '../contract/index.ts'
import type { EventsQueries } from '../events/events.queries.ts'
import { Describes } from '../http/describes.ts'
import { notFound } from '../http/problem.ts'
import { valid, validId } from '../http/zod.pipe.ts'
import type { MissingSessions } from '../sessions/missing-session.ts'
import type { PerTenant } from '../tenancy/per-tenant.ts'
import { EVENTS, MISSING_SESSIONS, REPLAYS, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import { isOfRequests, type ReplayOf, type Replays } from './replays.ts'

const SegmentFile = z
  .string()
  .regex(/^\d{1,6}\.json$/)
  .transform((name) => Number.parseInt(name, 10))

@Controller('api/v1/sessions/:id/terminal')
export class ReplayController {
  constructor(
    @Inject(REPLAYS) private readonly replays: Replays,
    @Inject(EVENTS) private readonly events: PerTenant<EventsQueries>,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
    @Inject(MISSING_SESSIONS) private readonly missing: MissingSessions,
  ) {}

  @Get('index.json')
  @Needs('content')
  @Describes({
    summary: 'Index of a session’s terminal, for asciinema-player’s segmented source',
    query: TerminalQuery,
    answer: TerminalIndex,
  })
  async index(
    @Viewer() me: Me,
    @Param('id', validId(Uuid, 'session')) id: string,
    @Query(valid(TerminalQuery)) query: TerminalQuery,
  ): Promise<TerminalIndex> {
    const index = await this.replays.index(await this.replayOf(me, id, query))
    // Marks are the recording's own words.
    await this.views.record(me, {
      resource: 'session',
      id,
      span: 'terminal index',
      isContent: index.markers.length > 0,
      isRevealed: query.reveal !== undefined,
    })
    return index
  }

  @Get('segments/:file')
  @Needs('content')
  @Describes({ summary: 'One segment of it: a keyframe and the events up to the next', query: TerminalQuery, answer: TerminalSegment })
  async segment(
    @Viewer() me: Me,
    @Param('id', validId(Uuid, 'session')) id: string,
    @Param('file', validId(SegmentFile, 'segment')) number: number,
    @Query(valid(TerminalQuery)) query: TerminalQuery,
  ): Promise<TerminalSegment> {
    const segment = await this.replays.segment(await this.replayOf(me, id, query), number)
    if (!segment) throw notFound('segment')
    const span = `terminal seq ${segment.fromSeq}-${segment.toSeq}`
    await this.views.record(me, { resource: 'session', id, span, isContent: true, isRevealed: query.reveal !== undefined })
    return { snapshot: segment.snapshot, events: segment.events, masked: segment.masked }
  }

  private async replayOf(me: Me, session: string, { idle: idleSeconds, channel, through, reveal }: TerminalQuery): Promise<ReplayOf> {
    const isRevealed = revealsSecrets(me, { reveal })
    const types = await this.events.of(me.tenant).types(session)
    if (types.length === 0) throw await this.missing.problem(me.tenant, session)
    const lastSeq = Math.max(...types.map((type) => type.last_seq))
    return {
      tenant: me.tenant,
      isRevealed,
      session,
      through: Math.min(through ?? lastSeq, lastSeq),
      channel,
      idleSeconds,
      isOfRequests: isOfRequests(types),
    }
  }
}
