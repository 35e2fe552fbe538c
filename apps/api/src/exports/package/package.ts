import type { Store } from '@hoptrace/store'
import { castLines } from '@hoptrace/terminal'
import { z } from 'zod'
import { chunked } from '../chunked.ts'
import { Archive } from './archive.ts'
import { actColumns, actOfRefusal, actsOf } from './evidence/acts.ts'
import { clocksOf } from './evidence/clocks.ts'
import { manifestLines } from './manifest.ts'
import { tablesOf } from './package-tables.ts'
import { refusalColumns, refusalsOf } from './population/refusals.ts'
import { sessionColumns, sessionsOf } from './population/sessions.ts'
import { readmeOf } from './readme.ts'
import { folderOf, type Requester, type Scope } from './scope.ts'
import { Spool } from './spool.ts'
import { gatewayStretches } from './streams/gateway-stretches.ts'
import { RecordedStream, type Stretch } from './streams/recorded-stream.ts'
import { streamFacts } from './streams/stream-facts.ts'
import { streamsWithViews } from './streams/streams-with-views.ts'
import { Rows } from './tables.ts'

export type PackageOptions = {
  store: Store
  scope: Scope
  requester: Requester
  /** Microseconds since the epoch: when it is made, by the clock of whoever makes it. */
  madeAtUs: number
  /** Of the product. */
  version: string
  /** Told before a session's content is read, which waits for it. */
  onSession?: (session: string, through: number) => Promise<void>
  /** Of a chain: its page. */
  report?: string
}

/**
 * An archive of evidence as a stream. Memory does not depend on how much it holds: lists are spooled as they are read, and sessions
 * follow one another. The same stored data, requester and time give the same bytes. Nothing of it is left when the reader stops.
 */
export async function* packageOf(options: PackageOptions): AsyncGenerator<Buffer> {
  const made = new Package(options)
  try {
    yield* made.write()
  } finally {
    await made.close()
  }
}

class Package {
  private readonly opened: { close(): Promise<void> }[] = []
  private readonly counts: Record<string, number> = {}
  private withViews: ReadonlySet<string> = new Set()

  constructor(private readonly options: PackageOptions) {}

  async *write(): AsyncGenerator<Buffer> {
    const { store, scope, requester, madeAtUs, report } = this.options
    if (!requester.hasAudit) this.withViews = await streamsWithViews(store, requester.tenant)
    const archive = this.kept(await Archive.open(folderOf(scope.askedFor), Math.floor(madeAtUs / 1_000_000)))
    const [sessionFacts, gatewayFacts] = [this.kept(await Spool.open()), this.kept(await Spool.open())]
    const acts = this.kept(await Rows.open(actColumns))
    yield* archive.file('README.txt', just(readmeOf(scope, requester)))
    if (report) yield* archive.file('report.html', just(report))
    yield* this.refusals(archive, acts)
    yield* this.sessions(archive, acts, sessionFacts)
    yield* this.gateways(archive, gatewayFacts)
    yield* acts.into(archive, 'acts')
    for (const { path, columns, rows } of tablesOf(this.options)) {
      const table = this.kept(await Rows.open(columns))
      await table.addAll(rows)
      this.counts[path.split('/').at(-1) ?? path] = table.count
      yield* table.into(archive, path)
    }
    yield* archive.file('manifest.json', this.manifest(archive, sessionFacts, gatewayFacts))
    yield* archive.end()
  }

  async close(): Promise<void> {
    await Promise.all(this.opened.map((each) => each.close()))
  }

  private async *refusals(archive: Archive, acts: Rows): AsyncGenerator<Buffer> {
    const { store, scope, requester } = this.options
    const refusals = this.kept(await Rows.open(refusalColumns))
    for await (const refusal of refusalsOf(store, requester, scope)) {
      await refusals.add(refusal)
      if (refusal.isMember) await acts.add(actOfRefusal(refusal))
    }
    this.counts.refusals = refusals.count
    yield* refusals.into(archive, 'population/refusals')
  }

  private async *sessions(archive: Archive, acts: Rows, facts: Spool): AsyncGenerator<Buffer> {
    const { store, scope, requester } = this.options
    const sessions = this.kept(await Rows.open(sessionColumns))
    await sessions.addAll(sessionsOf(store, requester, scope))
    this.counts.sessions = sessions.count
    this.counts.memberSessions = 0
    yield* sessions.into(archive, 'population/sessions')
    for await (const row of sessions.read()) {
      if (!row.isMember) continue
      const { session: id, lastSeq: to, lastSeqSaid } = Listed.parse(row)
      this.counts.memberSessions += 1
      await acts.addAll(actsOf(store, requester.tenant, scope, id, to))
      // A tail that is not stored yet, or was lost: the manifest says that it is not here.
      yield* this.stream(archive, `sessions/${id}`, { id, from: 0, to, lastSeqSaid: lastSeqSaid || null }, facts)
    }
  }

  private async *gateways(archive: Archive, facts: Spool): AsyncGenerator<Buffer> {
    const { store, scope, requester, madeAtUs } = this.options
    const stretches = await gatewayStretches(store, requester, scope, madeAtUs)
    this.counts.gatewayStreams = stretches.length
    for (const stretch of stretches) yield* this.stream(archive, `gateways/${stretch.id}`, stretch, facts)
  }

  private async *stream(archive: Archive, folder: string, stretch: Stretch, facts: Spool): AsyncGenerator<Buffer> {
    const { store, requester, onSession } = this.options
    const stream = new RecordedStream(store, requester, stretch)
    const holdsViews = this.withViews.has(stretch.id)
    if (requester.hasContent && !holdsViews) {
      await onSession?.(stretch.id, stretch.to)
      yield* archive.file(`${folder}/events.jsonl`, stream.eventLines())
      for (const channel of stream.facts.channels) {
        const cast = castLines(stream.recording(), { channel, withHiddenInput: requester.isRevealed })
        yield* archive.file(`${folder}/terminal-${channel}.cast`, chunked(cast))
      }
    } else yield* archive.file(`${folder}/links.jsonl`, stream.linkLines())
    await facts.write(`${JSON.stringify({ id: stretch.id, ...(holdsViews ? LINKS_FOR_VIEWS : {}), ...streamFacts(stream) })}\n`)
  }

  private async *manifest(archive: Archive, sessions: Spool, gateways: Spool): AsyncGenerator<Buffer> {
    const { store, scope, requester, madeAtUs, version } = this.options
    const clocks = await clocksOf(store, requester.tenant, scope.span)
    const head = { scope, requester, madeAtUs, version, storeSchema: await storeSchema(store), counts: this.counts, clocks }
    yield* chunked(manifestLines(head, sessions, gateways, archive.files))
  }

  private kept<T extends { close(): Promise<void> }>(opened: T): T {
    this.opened.push(opened)
    return opened
  }
}

const LINKS_FOR_VIEWS = { contentLeftOut: 'it holds views, which need the right audit' }

const Listed = z.object({ session: z.string(), lastSeq: z.int(), lastSeqSaid: z.int() })

async function* just(text: string): AsyncGenerator<string> {
  yield text
}

async function storeSchema(store: Store): Promise<string> {
  const sql = 'SELECT max(name) AS newest FROM schema_migrations'
  const rows = await store.query({ name: 'api.package.storeSchema', sql, row: z.object({ newest: z.string() }) })
  return rows[0]?.newest ?? ''
}
