import type { SqlError } from '@hoptrace/events'
import { Answer, type Outcome } from './answer.ts'
import { sqlName } from './caller-messages.ts'
import type { Conversation } from './conversation.ts'
import type { MessageSink } from './frames.ts'
import { MessageReader } from './message-reader.ts'
import { type Execution, endsWithReady, isExecution, type Outstanding } from './outstanding.ts'
import { readResponseFields } from './response-fields.ts'
import { NO_COLUMNS, RowDescriptions } from './row-description.ts'
import { readyState, stateAfter } from './transaction.ts'

const PARSE_COMPLETE = 49
const BIND_COMPLETE = 50
const CLOSE_COMPLETE = 51
const NOTIFICATION = 65
const COMMAND_COMPLETE = 67
const DATA_ROW = 68
const ERROR = 69
const COPY_IN = 71
const COPY_OUT = 72
const EMPTY_QUERY = 73
const NOTICE = 78
const ROW_DESCRIPTION = 84
const FUNCTION_RESPONSE = 86
const COPY_BOTH = 87
const READY = 90
const COPY_DATA = 100
const NO_DATA = 110
const PORTAL_SUSPENDED = 115
const PARAMETER_DESCRIPTION = 116

const FIELDS_LIMIT = 256 * 1024
const DESCRIPTION_LIMIT = 256 * 1024
const TAG_LIMIT = 256
const HEADER = 5
const BINARY = [1]
const isExecute = (entry: Outstanding): boolean => entry.kind === 'execute'
const isSync = (entry: Outstanding): boolean => entry.kind === 'sync'

/** Turns what the target answers into results, each for the statement that it answers. */
export class TargetMessages implements MessageSink {
  private readonly reader = new MessageReader()
  private readonly descriptions = new RowDescriptions()
  private readonly answer: Answer
  private hasSaidGoodbye = false

  constructor(private readonly conversation: Conversation) {
    this.answer = new Answer(conversation)
  }

  /** True once the target has told the caller, with a FATAL error, why it closes. */
  get isFatal(): boolean {
    return this.hasSaidGoodbye
  }

  wanted(type: number): number {
    switch (type) {
      case DATA_ROW:
        this.beginRows()
        return this.answer.rows.wanted
      case COPY_DATA:
        return this.answer.wantedCopy
      case ROW_DESCRIPTION:
      case PARAMETER_DESCRIPTION:
        return DESCRIPTION_LIMIT
      case ERROR:
      case NOTICE:
      case NOTIFICATION:
      case FUNCTION_RESPONSE:
        return FIELDS_LIMIT
      default:
        return TAG_LIMIT
    }
  }

  message(type: number, bytes: Buffer, start: number, end: number, bodyLength: number): void {
    this.answer.count(bodyLength + HEADER)
    if (type === DATA_ROW) this.answer.rows.add(bytes, start, end)
    else if (type === COPY_DATA) this.answer.addCopy(bytes, start, end, bodyLength)
    else this.control(type, bytes, start, end)
  }

  private control(type: number, bytes: Buffer, start: number, end: number): void {
    const reader = this.reader.reset(bytes, start, end)
    switch (type) {
      case ROW_DESCRIPTION:
        this.describe(bytes, start, end)
        break
      case COMMAND_COMPLETE:
        this.complete(reader.text(TAG_LIMIT))
        break
      case READY:
        this.ready(reader.uint8())
        break
      case ERROR:
        this.fail(readResponseFields(reader))
        break
      case NOTICE:
        this.notice(readResponseFields(reader))
        break
      case NOTIFICATION:
        this.notification(reader)
        break
      case COPY_IN:
        this.copyIn()
        break
      case COPY_OUT:
        this.answer.beginCopy('out')
        break
      case COPY_BOTH:
        this.answer.beginCopy('both')
        break
      case FUNCTION_RESPONSE:
        this.functionResult(bytes, start, end)
        break
      case EMPTY_QUERY:
      case PORTAL_SUSPENDED:
        this.finish({ tag: null, error: null })
        break
      default:
        this.acknowledge(type, reader)
        break
    }
  }

  /** The connection ended: what is outstanding stays unanswered. */
  end(): void {
    for (const entry of this.conversation.outstanding.takeUntil(() => false)) {
      if (!isExecution(entry) || entry.isAnswered) continue
      this.answer.complete(entry, { tag: null, error: null, isIncomplete: true })
    }
  }

  // Of a portal that nobody described, the statement's description may be known, and the formats that Bind asked for.
  private beginRows(): void {
    if (this.answer.isDescribed) return
    const head = this.skipCopyEnds()
    if (head?.kind !== 'execute' || head.portal === null) return
    const { description, prepared, formats } = head.portal.item
    const known = description ?? prepared.item.description
    if (known) this.answer.describe(known, formats)
    else this.answer.rows.begin(NO_COLUMNS, formats)
  }

  private describe(bytes: Buffer, start: number, end: number): void {
    const description = this.descriptions.read(bytes, start, end)
    const head = this.skipCopyEnds()
    if (head?.kind !== 'describe') {
      this.answer.describe(description, [])
      return
    }
    if (head.portal) head.portal.item.description = description
    if (head.prepared) head.prepared.item.description = description
    this.take()
  }

  private complete(tag: string): void {
    const head = this.skipCopyEnds()
    if (!isExecution(head)) return
    const text = this.textOf(head)
    this.conversation.transaction = stateAfter(tag, text, this.conversation.transaction)
    if (tag === 'DEALLOCATE' || tag === 'PREPARE') this.followNames(tag, text)
    else if (tag === 'DEALLOCATE ALL' || tag === 'DISCARD ALL') this.conversation.prepared.closeAll()
    if (head.kind === 'execute') this.beginRows()
    this.finish({ tag, error: null })
  }

  private textOf(execution: Execution): string {
    const part = execution.parts?.[execution.index]
    return part ? execution.text.slice(part[0], part[1]) : execution.text
  }

  // PREPARE and DEALLOCATE in SQL define and close the names that Bind uses.
  private followNames(tag: string, text: string): void {
    const name = sqlName(text)
    if (name === null) return
    const { prepared, analyser } = this.conversation
    const known = prepared.get(name)
    if (known && !known.isConfirmed) return
    if (tag === 'DEALLOCATE') {
      if (known) prepared.close(name, known)
      return
    }
    const recorded = Buffer.from(name, 'latin1').toString('utf8')
    const item = {
      name: recorded,
      statement: { text },
      analysis: analyser.analyse(text),
      oids: [],
      description: null,
      size: 256 + text.length,
      askedAt: null,
      named: null,
      notedAt: null,
    }
    prepared.confirm(name, prepared.define(name, item))
  }

  /** Records the head's result. A Query may have more to come; it stays until ReadyForQuery. */
  private finish(outcome: Outcome): void {
    const head = this.skipCopyEnds()
    this.conversation.isCopyingIn = false
    if (!isExecution(head)) return
    this.answer.complete(head, outcome)
    head.isAnswered = true
    head.index += 1
    head.sinceUs = this.conversation.nowUs
    head.copyIn = null
    if (head.kind === 'execute') this.take()
  }

  private functionResult(bytes: Buffer, start: number, end: number): void {
    // The value has a DataRow's form, less the count.
    const row = Buffer.concat([Buffer.from([0, 1]), bytes.subarray(start, end)])
    this.answer.rows.begin(NO_COLUMNS, BINARY)
    this.answer.rows.add(row, 0, row.length)
    this.finish({ tag: null, error: null })
  }

  private ready(status: number): void {
    const { conversation } = this
    for (const entry of conversation.outstanding.takeUntil(endsWithReady)) conversation.discard(entry)
    const ended = this.take()
    conversation.transaction = readyState(status)
    conversation.isDiscarding = false
    conversation.isCopyingIn = false
    if (ended && isExecution(ended) && !ended.isAnswered) conversation.discard(ended)
    // Portals live no longer than their transaction.
    if (conversation.transaction === 'idle' && conversation.outstanding.length === 0) conversation.portals.closeAll()
  }

  private fail(error: SqlError): void {
    const { conversation } = this
    if (error.severity === 'FATAL' || error.severity === 'PANIC') this.hasSaidGoodbye = true
    const head = this.skipCopyEnds()
    const isPipeline = head !== undefined && head.kind !== 'query' && head.kind !== 'function' && head.kind !== 'sync'
    const failed = isPipeline ? conversation.outstanding.find(isExecute, isSync) : head
    if (conversation.transaction === 'transaction') conversation.transaction = 'failed'
    if (isExecution(failed)) this.recordFailure(failed, error)
    else conversation.notice('notice', { ...error, channel: null })
    if (isPipeline) this.discardToSync()
    conversation.isCopyingIn = false
  }

  private recordFailure(failed: Execution, error: SqlError): void {
    this.answer.complete(failed, { tag: null, error })
    failed.isAnswered = true
    failed.index += 1
    failed.sinceUs = this.conversation.nowUs
    failed.copyIn = null
  }

  private discardToSync(): void {
    const { conversation } = this
    for (const entry of conversation.outstanding.takeUntil(isSync)) conversation.discard(entry)
    if (conversation.outstanding.length === 0) conversation.isDiscarding = true
  }

  private notice(fields: SqlError): void {
    this.conversation.notice('notice', { severity: fields.severity, sqlstate: fields.sqlstate, message: fields.message, channel: null })
  }

  private notification(reader: MessageReader): void {
    reader.skip(4)
    const channel = reader.text(1024)
    this.conversation.notice('notification', { severity: null, sqlstate: null, message: reader.text(FIELDS_LIMIT), channel })
  }

  // Syncs that the caller sent before the COPY's end are ignored by the server, as the documentation of COPY in the protocol says.
  private copyIn(): void {
    this.answer.beginCopy('in')
    this.skipCopyEnds()
    this.conversation.isCopyingIn = !this.conversation.outstanding.removeCopyTail()
  }

  private acknowledge(type: number, reader: MessageReader): void {
    const head = this.skipCopyEnds()
    if (type === PARAMETER_DESCRIPTION && head?.kind === 'describe') this.describeParameters(head.prepared?.item.oids, reader)
    else if (this.confirm(type, head)) this.take()
  }

  private confirm(type: number, head: Outstanding | undefined): boolean {
    if (type === PARSE_COMPLETE && head?.kind === 'parse') this.conversation.prepared.confirm(head.name, head.definition)
    else if (type === BIND_COMPLETE && head?.kind === 'bind') this.conversation.portals.confirm(head.name, head.definition)
    else if (type === CLOSE_COMPLETE && head?.kind === 'close') this.close(head)
    else return type === NO_DATA && head?.kind === 'describe'
    return true
  }

  private close(head: Extract<Outstanding, { kind: 'close' }>): void {
    if (head.prepared) this.conversation.prepared.close(head.name, head.prepared)
    if (head.portal) this.conversation.portals.close(head.name, head.portal)
  }

  private describeParameters(oids: number[] | undefined, reader: MessageReader): void {
    if (!oids) return
    const count = reader.uint16()
    for (let n = 0; n < count && !reader.isShort; n += 1) oids[n] = reader.uint32()
  }

  private skipCopyEnds(): Outstanding | undefined {
    while (this.conversation.outstanding.head?.kind === 'copyEnd') this.take()
    return this.conversation.outstanding.head
  }

  private take(): Outstanding | undefined {
    return this.conversation.outstanding.shift()
  }
}
