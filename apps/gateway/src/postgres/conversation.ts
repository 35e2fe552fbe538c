import type { EventBody } from '@hoptrace/events'
import { fitText } from './budget.ts'
import { type Definition, Definitions, type Portal, type Prepared } from './definitions.ts'
import { type Execution, type Outstanding, OutstandingQueue } from './outstanding.ts'
import { type EventLog, NO_PARAMS, SessionLog } from './session-log.ts'
import { type Analysis, StatementAnalyser, type StatementText } from './statement-text.ts'
import type { TransactionState } from './transaction.ts'

const MESSAGE_BUDGET = 128 * 1024
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

  constructor(log: EventLog) {
    this.log = new SessionLog(log)
    this.analyser = new StatementAnalyser(log.digestKey)
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
    const seq = this.log.append('sql.statement', body, found ?? undefined)
    const { text } = statement
    this.expect({ kind, seq, text, parts: analysis.parts, portal, sinceUs: this.nowUs, index: 0, isAnswered: false, copyIn: null })
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
  ): void {
    const { severity, sqlstate, channel } = fields
    const message = fitText(fields.message, MESSAGE_BUDGET)
    const isCut = message.length < fields.message.length
    const truncated = { kept: Buffer.byteLength(message), total: Buffer.byteLength(fields.message) }
    const found = this.log
      .observer()
      .text(message, kind === 'cancel' ? 'asked' : 'answered', '/message')
      .result()
    this.log.append('sql.notice', { channel, kind, message, severity, sqlstate, ...(isCut ? { truncated } : {}) }, found)
  }
}

export { NO_PARAMS }
