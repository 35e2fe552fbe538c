import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Uuid } from '@hoptrace/events'
import { Heartbeats } from '@hoptrace/store'
import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common'
import type { ApiOptions } from '../api-options.ts'
import { demand, may, revealsSecrets } from '../auth/access.ts'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import { ExportQuery, type Me } from '../contract/index.ts'
import { demandStream } from '../events/event-access.ts'
import { eventOf } from '../events/event-row.ts'
import type { EventsQueries } from '../events/events.queries.ts'
import { type Export, type ExportSource, exportOf, MANIFEST_NAME, type StoredEvent, writeManifest } from '../exports/index.ts'
import { Describes } from '../http/describes.ts'
import { notFound } from '../http/problem.ts'
import { valid, validId } from '../http/zod.pipe.ts'
import { maskedEvents } from '../masking/masked-events.ts'
import type { MissingSessions } from '../sessions/missing-session.ts'
import type { PerTenant } from '../tenancy/per-tenant.ts'
import { API_OPTIONS, EVENTS, MISSING_SESSIONS, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'

/** What may be taken away without the right to what was said. */
const METADATA_FORMATS: ReadonlySet<string> = new Set(['csv', 'manifest'])

@Controller('api/v1/sessions/:id/export')
export class ExportController {
  private readonly heartbeats: Heartbeats

  constructor(
    @Inject(API_OPTIONS) { store }: ApiOptions,
    @Inject(EVENTS) private readonly events: PerTenant<EventsQueries>,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
    @Inject(MISSING_SESSIONS) private readonly missing: MissingSessions,
  ) {
    this.heartbeats = new Heartbeats(store)
  }

  @Get()
  @Needs('export')
  @Describes({ summary: 'A session as a file', query: ExportQuery, answer: 'application/octet-stream' })
  async download(
    @Viewer() me: Me,
    @Param('id', validId(Uuid, 'session')) id: string,
    @Query(valid(ExportQuery)) query: ExportQuery,
    @Res() response: ServerResponse,
  ): Promise<void> {
    const isRevealed = revealsSecrets(me, query)
    const { source, through } = await this.sourceOf(me, id, query, isRevealed)
    const withContent = may(me, 'content')
    if (!withContent && !METADATA_FORMATS.has(query.format)) demand(me, 'content', `A ${query.format} export`)
    const exported = await exportOf(source, { withContent })
    const file = await fileOf(exported, query)
    if (!file) throw notFound(`${query.format} of this session`)
    await this.views.record(me, {
      resource: 'session',
      id,
      span: `export ${query.format} seq 0-${through}`,
      isContent: withContent,
      isRevealed,
    })
    response.writeHead(200, { 'content-type': file.mediaType, 'content-disposition': `attachment; filename="hoptrace-${id}-${file.name}"` })
    // A client that goes away in the middle is no fault of ours.
    await pipeline(Readable.from(file.content), response).catch(() => response.destroy())
  }

  private async sourceOf(
    me: Me,
    sessionId: string,
    { through: pinned }: ExportQuery,
    isRevealed: boolean,
  ): Promise<{ source: ExportSource; through: number }> {
    const types = await this.events.of(me.tenant).types(sessionId)
    if (types.length === 0) throw await this.missing.problem(me.tenant, sessionId)
    if (types.some(({ type }) => type === 'recording.viewed')) demandStream(me, types)
    const lastSeq = Math.max(...types.map((type) => type.last_seq))
    const through = Math.min(pinned ?? lastSeq, lastSeq)
    const stored = () => this.stored(me.tenant, sessionId, through)
    const open = () => (isRevealed ? stored() : maskedEvents(stored()))
    // Of a pinned part nobody expects the tail.
    const expectedLastSeq = through < lastSeq ? null : await this.heartbeats.expectedLastSeq(me.tenant, sessionId)
    return { source: { sessionId, expectedLastSeq, open }, through }
  }

  private async *stored(tenant: string, session: string, to: number): AsyncGenerator<StoredEvent> {
    for await (const row of this.events.of(tenant).rows(session, { to }))
      yield { event: eventOf(row), content: row.content, hash: row.hash }
  }
}

type Download = { name: string; mediaType: string; content: AsyncIterable<Buffer> | Buffer[] }

async function fileOf(exported: Export, { format, channel }: ExportQuery): Promise<Download | null> {
  if (format === 'manifest') {
    return { name: MANIFEST_NAME, mediaType: 'application/json; charset=utf-8', content: [await writeManifest(exported)] }
  }
  const file = exported.files.find((candidate) => candidate.format === format && (channel === undefined || candidate.channel === channel))
  return file ? { name: file.name, mediaType: file.mediaType, content: file.render() } : null
}
