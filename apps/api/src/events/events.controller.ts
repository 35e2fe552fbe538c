import { Uuid } from '@hoptrace/events'
import { Controller, Get, Inject, Param, Query } from '@nestjs/common'
import { z } from 'zod'
import { revealsSecrets } from '../auth/access.ts'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import { EventsPage, EventsQuery, type Me, Proof, ProofQuery } from '../contract/index.ts'
import { decodeCursor, encodeCursor } from '../http/cursor.ts'
import { Describes } from '../http/describes.ts'
import { notFound } from '../http/problem.ts'
import { valid, validId } from '../http/zod.pipe.ts'
import { maskProof } from '../masking/mask-proof.ts'
import { shownOf } from '../masking/shown.ts'
import type { MissingSessions } from '../sessions/missing-session.ts'
import type { PerTenant } from '../tenancy/per-tenant.ts'
import { EVENTS, MISSING_SESSIONS, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import { demandStream } from './event-access.ts'
import { itemsOf } from './event-row.ts'
import type { EventsQueries } from './events.queries.ts'
import { proofOf } from './proof.ts'

const Seq = z.coerce.number().int().min(0).max(0xffff_ffff)

@Controller('api/v1/sessions/:id/events')
export class EventsController {
  constructor(
    @Inject(EVENTS) private readonly events: PerTenant<EventsQueries>,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
    @Inject(MISSING_SESSIONS) private readonly missing: MissingSessions,
  ) {}

  @Get()
  @Needs('content', 'audit')
  @Describes({ summary: 'Events of a session in the order of seq, as recorded', query: EventsQuery, answer: EventsPage })
  async list(
    @Viewer() me: Me,
    @Param('id', validId(Uuid, 'session')) id: string,
    @Query(valid(EventsQuery)) query: EventsQuery,
  ): Promise<EventsPage> {
    const isRevealed = revealsSecrets(me, query)
    await this.lastSeqOf(me, id)
    const [cursor] = decodeCursor(query.cursor, z.tuple([z.int()])) ?? [query.after]
    const rows = await this.events.of(me.tenant).page({ session: id, after: cursor, types: query.type ?? [], limit: query.limit + 1 })
    const page = wholeSeqs(rows, query.limit)
    await this.views.record(me, { resource: 'session', id, span: spanOf(page.items, query.type), isContent: true, isRevealed })
    const items = itemsOf(page.items)
    const { shown, masked } = shownOf(
      items.map(({ event }) => event),
      isRevealed,
    )
    return { items: items.map((item, index) => ({ ...item, event: shown[index] ?? item.event })), nextCursor: page.nextCursor, masked }
  }

  @Get(':seq')
  @Needs('content', 'audit')
  @Describes({ summary: 'The proof of one event: its bytes, its hash, its place in the chain', query: ProofQuery, answer: Proof })
  async prove(
    @Viewer() me: Me,
    @Param('id', validId(Uuid, 'session')) id: string,
    @Param('seq', validId(Seq, 'event')) seq: number,
    @Query(valid(ProofQuery)) query: ProofQuery,
  ): Promise<Proof> {
    const isRevealed = revealsSecrets(me, query)
    const lastSeq = await this.lastSeqOf(me, id)
    const proof = proofOf(id, seq, await this.events.of(me.tenant).around(id, seq), lastSeq)
    if (!proof) throw notFound('event')
    await this.views.record(me, { resource: 'session', id, span: `seq ${seq}`, isContent: true, isRevealed })
    return isRevealed ? proof : maskProof(proof)
  }

  private async lastSeqOf(me: Me, id: string): Promise<number> {
    const types = await this.events.of(me.tenant).types(id)
    if (types.length === 0) throw await this.missing.problem(me.tenant, id)
    demandStream(me, types)
    return Math.max(...types.map((type) => type.last_seq))
  }
}

/** A page whose last seq is whole: contents under one seq stay together, and the next page begins above it. */
export function wholeSeqs<T extends { seq: number }>(rows: readonly T[], limit: number): { items: T[]; nextCursor: string | null } {
  const over = rows[limit]
  if (over === undefined) return { items: [...rows], nextCursor: null }
  const whole = rows.slice(0, limit).filter((row) => row.seq !== over.seq)
  // More contents under one seq than a page holds: show what fits.
  const items = whole.length > 0 ? whole : rows.slice(0, limit)
  const last = items.at(-1)
  return { items, nextCursor: last ? encodeCursor([last.seq]) : null }
}

export function spanOf(rows: readonly { seq: number }[], types?: readonly string[]): string {
  const [first, last] = [rows.at(0), rows.at(-1)]
  const seqs = first && last ? `seq ${first.seq}-${last.seq}` : 'no events'
  return types && types.length > 0 ? `${seqs} of ${types.join(', ')}` : seqs
}
