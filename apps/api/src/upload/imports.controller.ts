import type { IncomingMessage } from 'node:http'
import { Controller, Inject, Post, Query, Req } from '@nestjs/common'
import type { ApiOptions } from '../api-options.ts'
import { ImportAnswer, ImportQuery } from '../contract/index.ts'
import type { EventsQueries } from '../events/events.queries.ts'
import { Describes } from '../http/describes.ts'
import { ProblemError } from '../http/problem.ts'
import { valid } from '../http/zod.pipe.ts'
import { importCast, inspectCast } from '../imports/index.ts'
import { API_OPTIONS, EVENTS } from '../tokens.ts'
import { withReceivedFile } from './received-file.ts'

const MAX_FILE_BYTES = 2 * 1024 ** 3
/** What is published at once. */
const BATCH_EVENTS = 2000
const BATCH_BYTES = 8 * 1024 * 1024

@Controller('api/v1/imports')
export class ImportsController {
  constructor(
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
    @Inject(EVENTS) private readonly events: EventsQueries,
  ) {}

  @Post()
  @Describes({ summary: 'Import an asciicast, v2 or v3: the body is the file', query: ImportQuery, answer: ImportAnswer, status: 201 })
  import(@Query(valid(ImportQuery)) query: ImportQuery, @Req() request: IncomingMessage): Promise<ImportAnswer> {
    return withReceivedFile(request, MAX_FILE_BYTES, (open) => this.take(query, open))
  }

  private async take({ file: name, ...who }: ImportQuery, open: () => AsyncIterable<Uint8Array>): Promise<ImportAnswer> {
    const file = { name, open }
    const as = { tenant: this.options.tenant, ...who }
    const inspected = await inspectCast(file, as)
    if (inspected.kind === 'broken') {
      const { line, reason } = inspected
      throw new ProblemError('INVALID_REQUEST', `line ${line}: ${reason}`, { errors: [{ path: `line ${line}`, message: reason }] })
    }
    const { sessionId, events, sha256 } = inspected
    const wasKnown = await this.isWhole(sessionId, events)
    if (!wasKnown) for await (const batch of batched(importCast(file, as, inspected))) await this.options.publisher.publish(batch)
    return { sessionId, events, sha256, wasKnown }
  }

  // An import that was cut short is taken up again: what is in already changes nothing.
  private async isWhole(session: string, events: number): Promise<boolean> {
    const types = await this.events.types(session)
    return types.some(({ type }) => type === 'session.ended') && Math.max(...types.map((type) => type.last_seq)) === events - 1
  }
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
