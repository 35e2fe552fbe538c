import { type EventOf, uuidv7Millis } from '@hoptrace/events'
import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import { eventOf } from '../../../events/event-row.ts'
import type { Range } from '../../../http/range.ts'
import { maskText } from '../../../masking/mask-text.ts'
import { instant } from '../../instant.ts'
import type { Requester, Scope } from '../scope.ts'
import type { TableRow } from '../table.ts'

export const runColumns = [
  'isMember',
  'run',
  'principal',
  'rootPrincipal',
  'lineage',
  'agent',
  'agentVersion',
  'task',
  'owner',
  'grants',
  'startedAt',
  'expiresAt',
  'revokedAt',
  'revokedBy',
  'recordedIn',
  'recordedSeq',
  'hash',
] as const

/** Content, stream, seq, hash. */
const Stored = z.tuple([z.string(), z.string(), z.int(), z.string()])
const Row = z.object({ run: z.string(), started: Stored, revoked: Stored })

/** A run as gateways announced it first, and its revocation. */
export type RecordedRun = {
  id: string
  startUs: number
  /** When it expired, or was revoked before. */
  endUs: number
  started: EventOf<'run.started'>
  revoked: EventOf<'run.revoked'> | null
}

/** Every run that was announced before a moment, by when it was announced. A live run is announced anew at each boot of its gateway. */
export async function* recordedRuns(store: Store, tenant: string, beforeUs: number): AsyncGenerator<RecordedRun> {
  const stored = 'tuple(content, toString(session_id), seq, toString(hash)), (ts, session_id, seq)'
  const rows = store.stream({
    name: 'api.package.runs',
    sql: `SELECT JSONExtractString(content, 'body', 'runId') AS run, argMinIf(${stored}, type = 'run.started') AS started,
        argMinIf(${stored}, type = 'run.revoked') AS revoked
      FROM session_events FINAL
      WHERE tenant = {tenant:String} AND type IN ('run.started', 'run.revoked') AND ts < fromUnixTimestamp64Micro({beforeUs:Int64}, 'UTC')
      GROUP BY run HAVING started.4 != '' ORDER BY min(ts), run`,
    params: { tenant, beforeUs },
    row: Row,
  })
  for await (const row of rows) {
    const started = read(row.started)
    const revoked = row.revoked[3] === '' ? null : read(row.revoked)
    if (started?.type !== 'run.started') continue
    const revocation = revoked?.type === 'run.revoked' ? revoked : null
    const endUs = Math.min(Number(started.body.expiresAt), revocation ? Number(revocation.ts) : Number.POSITIVE_INFINITY)
    yield { id: row.run, startUs: startOf(row.run, started), endUs, started, revoked: revocation }
  }
}

/** Runs that lived in the span. */
export async function* runsOf(
  store: Store,
  requester: Requester,
  { span, members }: Scope,
  madeAtUs: number,
): AsyncGenerator<TableRow<(typeof runColumns)[number]>> {
  for await (const run of recordedRuns(store, requester.tenant, madeAtUs)) {
    if (!livedIn(run, span)) continue
    const { principal, rootPrincipal, lineage, agent, owner, grants, expiresAt } = run.started.body
    yield {
      isMember: members === null || members.runs.has(run.id),
      run: run.id,
      principal,
      rootPrincipal,
      lineage,
      agent: agent?.template ?? null,
      agentVersion: agent?.version ?? null,
      task: said(run.started.body.task, requester),
      owner,
      grants,
      startedAt: instant(String(run.startUs)),
      expiresAt: instant(expiresAt),
      revokedAt: run.revoked && instant(run.revoked.ts),
      revokedBy: run.revoked?.body.by ?? null,
      recordedIn: run.started.sessionId,
      recordedSeq: run.started.seq,
      hash: run.started.hash,
    }
  }
}

export function livedIn({ startUs, endUs }: RecordedRun, span: Range): boolean {
  return startUs < span.toUs && endUs >= span.fromUs
}

/** Something that was said, as its requester may have it: null without content. */
export function said(text: string | null, { hasContent, isRevealed }: Pick<Requester, 'hasContent' | 'isRevealed'>): string | null {
  if (!hasContent || text === null) return null
  return isRevealed ? text : maskText(text)
}

// A run's id tells when it began; an announcement may come later, at a boot.
function startOf(run: string, started: EventOf<'run.started'>): number {
  return /^[0-9a-f-]{36}$/.test(run) ? uuidv7Millis(run) * 1000 : Number(started.ts)
}

function read([content, , seq, hash]: z.infer<typeof Stored>) {
  return eventOf({ content, seq, hash })
}
