import type { IncomingMessage } from 'node:http'
import { Controller, Inject, Post, Query, Req } from '@nestjs/common'
import type { ApiOptions } from '../api-options.ts'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import { ImportAnswer, ImportQuery, type Me } from '../contract/index.ts'
import type { EventsQueries } from '../events/events.queries.ts'
import { Describes } from '../http/describes.ts'
import { ProblemError } from '../http/problem.ts'
import { valid } from '../http/zod.pipe.ts'
import { importAudit, importCast, inspectAudit, inspectCast } from '../imports/index.ts'
import type { PerTenant } from '../tenancy/per-tenant.ts'
import { API_OPTIONS, EVENTS, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import { withReceivedFile } from './received-file.ts'

const MAX_FILE_BYTES = 2 * 1024 ** 3
/** What is published at once. */
const BATCH_EVENTS = 2000
const BATCH_BYTES = 8 * 1024 * 1024

@Controller('api/v1/imports')
export class ImportsController {
  constructor(
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
    @Inject(EVENTS) private readonly events: PerTenant<EventsQueries>,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
  ) {}

  @Post()
  @Needs('operate')
  @Describes({
    summary: 'Import an asciicast, v2 or v3, or an audit log of a Kubernetes API server: the body is the file',
    query: ImportQuery,
    answer: ImportAnswer,
    status: 201,
  })
  async import(@Viewer() me: Me, @Query(valid(ImportQuery)) query: ImportQuery, @Req() request: IncomingMessage): Promise<ImportAnswer> {
    if (query.format === 'asciicast' && query.principal === undefined)
      throw refused('principal', 'Say who is accountable for the recording.')
    const answer = await withReceivedFile(request, MAX_FILE_BYTES, (open) => this.take(me.tenant, query, open))
    await this.views.record(me, { resource: 'session', id: answer.sessionId, span: 'imported', isContent: false })
    return answer
  }

  private take(tenant: string, query: ImportQuery, open: () => AsyncIterable<Uint8Array>): Promise<ImportAnswer> {
    return query.format === 'kubernetes-audit' ? this.takeAudit(tenant, query, open) : this.takeCast(tenant, query, open)
  }

  private async takeCast(tenant: string, query: ImportQuery, open: () => AsyncIterable<Uint8Array>): Promise<ImportAnswer> {
    const { file: name, principal = '', target, account } = query
    const file = { name, open }
    const as = { tenant, principal, target, account }
    const inspected = await inspectCast(file, as)
    if (inspected.kind === 'broken')
      throw refused(`line ${inspected.line}`, inspected.reason, `line ${inspected.line}: ${inspected.reason}`)
    const { sessionId, events, sha256 } = inspected
    const wasKnown = await this.isWhole(tenant, sessionId, events)
    if (!wasKnown) await this.publish(importCast(file, as, inspected))
    return { sessionId, sessions: 1, events, sha256, wasKnown, broken: [], brokenTotal: 0 }
  }

  private async takeAudit(tenant: string, query: ImportQuery, open: () => AsyncIterable<Uint8Array>): Promise<ImportAnswer> {
    const file = { name: query.file, open }
    const as = { tenant, target: query.target }
    const inspected = await inspectAudit(file, as)
    const { last, sessions, events, sha256, broken, brokenTotal } = inspected
    if (last === null) throw refused('', `The file holds no audit event${brokenTotal > 0 ? ` in its ${brokenTotal} lines` : ''}.`)
    // Sessions are published in the order in which they end.
    const wasKnown = await this.isWhole(tenant, last.sessionId, last.events)
    if (!wasKnown) await this.publish(importAudit(file, as, inspected))
    return { sessionId: last.sessionId, sessions, events, sha256, wasKnown, broken, brokenTotal }
  }

  private async publish(events: AsyncIterable<Buffer>): Promise<void> {
    for await (const batch of batched(events)) await this.options.publisher.publish(batch)
  }

  // An import that was cut short is taken up again: what is in already changes nothing.
  private async isWhole(tenant: string, session: string, events: number): Promise<boolean> {
    const types = await this.events.of(tenant).types(session)
    return types.some(({ type }) => type === 'session.ended') && Math.max(...types.map((type) => type.last_seq)) === events - 1
  }
}

function refused(path: string, message: string, detail = message): ProblemError {
  return new ProblemError('INVALID_REQUEST', detail, { errors: [{ path, message }] })
}

async function* batched(events: AsyncIterable<Buffer>): AsyncGenerator<Buffer[]> {
  let batch: Buffer[] = []
  let bytes = 0
  for await (const event of events) {
    batch.push(event)
    bytes += event.length
    if (batch.length < BATCH_EVENTS && bytes < BATCH_BYTES) continue
    yield batch
    batch = []
    bytes = 0
  }
  if (batch.length > 0) yield batch
}
