import { hash } from 'node:crypto'
import { type EventBody, encodeBytes, pivotDestination } from '@hoptrace/events'
import type { SqlPivots } from '@hoptrace/sql'
import { appendPivots, pivotsInStatement } from '../pivots/index.ts'
import { fitText, fitTextEnd, jsonSize } from './budget.ts'
import { type Definition, Definitions, type Portal, type Prepared } from './definitions.ts'
import { type Execution, type Outstanding, OutstandingQueue } from './outstanding.ts'
import { noteAsked, repeatInto } from './repeats.ts'
import { type EventLog, NO_PARAMS, SessionLog } from './session-log.ts'
import { type Analysis, StatementAnalyser, type StatementText } from './statement-text.ts'
import type { TransactionState } from './transaction.ts'

const MESSAGE_BUDGET = 128 * 1024
const PIECE_BUDGET = 256 * 1024
/** Of a longer text a notice says its start and its end. */
const SAID_BUDGET = 60 * 1024
const PIECE_BYTES = 64 * 1024
const LIMIT = { entries: 16_384, bytes: 16 * 1024 * 1024 }

type StatementBody = EventBody<'sql.statement'>
export type Asked = {
  mode: StatementBody['mode']
  prepared: string | null
  statement: StatementText
  analysis: Analysis
  params: StatementBody['params']
  paramsTruncated?: StatementBody['paramsTruncated']
}

/** What both directions of one connection know of it: the names, the outstanding answers, the transaction. */
export class Conversation {
  readonly outstanding = new OutstandingQueue()
  readonly prepared = new Definitions<Prepared>(LIMIT)
  readonly portals = new Definitions<Portal>(LIMIT)
  readonly analyser: StatementAnalyser
  readonly log: SessionLog
  transaction: TransactionState = 'idle'
  /** After an error in a pipeline the server discards everything up to Sync. */
  isDiscarding = false
  /** The server reads a COPY whose end has not been asked: it takes no notice of Sync. */
  isCopyingIn = false
  /** The caller said that it leaves. */
  hasTerminated = false
  nowUs = 0

  constructor(log: EventLog, pivots: SqlPivots | null) {
    this.log = new SessionLog(log)
    this.analyser = new StatementAnalyser(log.digestKey, pivots)
  }

  /** Records a statement, before anything of it goes to the server. */
  ask(asked: Asked, kind: Execution['kind'], portal: Definition<Portal> | null, found = asked.analysis.found): void {
    const { statement, analysis, mode, prepared, params, paramsTruncated } = asked
    const body: StatementBody = {
      kind: analysis.kind,
      mode,
      params,
      ...(paramsTruncated ? { paramsTruncated } : {}),
      ...(analysis.parts ? { parts: analysis.parts } : {}),
      prepared,
      ...(statement.raw ? { raw: statement.raw } : {}),
      tables: analysis.tables,
      text: statement.text,
      transaction: this.transaction,
      ...(statement.truncated ? { truncated: statement.truncated } : {}),
    }
    if (portal !== null) repeatInto(body, portal.item)
    if (statement.cut && body.textOf === undefined) Object.assign(body, statement.cut.tail)
    const seq = this.log.append('sql.statement', body, found ?? undefined)
    if (analysis.pivots.length > 0) this.namePivots(seq, asked, portal?.item.prepared.item)
    if (portal !== null) noteAsked(portal.item, seq)
    const { text } = statement
    this.expect({ kind, seq, text, parts: analysis.parts, portal, sinceUs: this.nowUs, index: 0, isAnswered: false, copyIn: null })
  }

  // What a prepared statement names is said when it is run first, and again where its values name something else.
  private namePivots(event: number, { statement, analysis, params }: Asked, prepared: Prepared | undefined): void {
    const values = params.map(({ value, encoding }) => (encoding === 'text' ? value : null))
    const pivots = pivotsInStatement(statement.text, analysis.pivots, values)
    const destinations = hash('sha256', pivots.map(({ body }) => pivotDestination(body)).join('\n'))
    if (prepared?.named === destinations) return
    if (prepared) prepared.named = destinations
    appendPivots((type, body, found) => this.log.append(type, body, found), this.log.digestKey, { event, at: '/text' }, pivots)
  }

  /** Records the next bytes of a statement that one event cannot hold. */
  textPiece(piece: Buffer): void {
    const text = piece.toString('utf8')
    const found = this.log.observer().text(text, 'asked', '/data').result()
    const encoded = encodeBytes(piece)
    // Text that is mostly escapes takes less room as base64.
    const data = 'utf8' in encoded && jsonSize(text) > PIECE_BUDGET ? { base64: piece.toString('base64') } : encoded
    this.log.append('sql.notice', { channel: null, data, kind: 'text', message: '', severity: null, sqlstate: null }, found)
  }

  /** Records what the server may have run in place of the statement before: whole once, then by reference. */
  noteAlternative(item: Prepared): void {
    const said = item.notedAt === null ? this.sayText(item.statement) : `see event ${item.notedAt}`
    const message = `The name of this statement was in use and the server had not answered: unless it took the new one, it ran: ${said}`
    const seq = this.notice('notice', { severity: null, sqlstate: null, message, channel: null })
    item.notedAt ??= seq
  }

  // A text too long for a notice goes before it in pieces; the notice says its start and its end.
  private sayText({ text, cut }: StatementText): string {
    const start = fitText(text, SAID_BUDGET)
    if (start.length === text.length && cut === undefined) return text
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) this.textPiece(bytes.subarray(at, at + PIECE_BYTES))
    return `${start} … ${fitTextEnd(cut?.tail.tail ?? text, SAID_BUDGET)}`
  }

  /** Notes that the server owes an answer; while it discards, it owes none. */
  expect(entry: Outstanding): void {
    if (this.isDiscarding) this.discard(entry)
    else this.outstanding.push(entry)
  }

  /** The server did not do this. */
  discard(entry: Outstanding): void {
    if (entry.kind === 'parse') this.prepared.takeBack(entry.name, entry.definition)
    else if (entry.kind === 'bind') this.portals.takeBack(entry.name, entry.definition)
    else if (entry.kind === 'query' || entry.kind === 'execute' || entry.kind === 'function') this.noAnswer(entry)
  }

  private noAnswer(execution: Execution): void {
    if (execution.isAnswered) return
    const { index, seq } = execution
    const nothing = {
      bytes: 0,
      columns: [],
      durationUs: this.sinceUs(execution),
      error: null,
      incomplete: true,
      index,
      rows: null,
      sample: [],
    }
    this.log.append('sql.result', { ...nothing, statement: seq, tag: null, transaction: this.transaction })
  }

  /** Microseconds since a statement was asked, or since its last result. */
  sinceUs(execution: Execution): number {
    return Math.max(0, Math.round(this.nowUs - execution.sinceUs))
  }

  notice(
    kind: EventBody<'sql.notice'>['kind'],
    fields: { severity: string | null; sqlstate: string | null; message: string; channel: string | null },
  ): number {
    const { severity, sqlstate, channel } = fields
    const message = fitText(fields.message, MESSAGE_BUDGET)
    const isCut = message.length < fields.message.length
    const truncated = { kept: Buffer.byteLength(message), total: Buffer.byteLength(fields.message) }
    const found = this.log
      .observer()
      .text(message, kind === 'cancel' ? 'asked' : 'answered', '/message')
      .result()
    return this.log.append('sql.notice', { channel, kind, message, severity, sqlstate, ...(isCut ? { truncated } : {}) }, found)
  }
}

export { NO_PARAMS }
