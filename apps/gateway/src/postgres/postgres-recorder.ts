import type { SqlPivots } from '@hoptrace/sql'
import { CallerMessages } from './caller-messages.ts'
import { Conversation } from './conversation.ts'
import { MessageFramer } from './frames.ts'
import type { EventLog } from './session-log.ts'
import { TargetMessages } from './target-messages.ts'

export type Violation = { sqlstate: string; message: string }
const BROKEN: Violation = { sqlstate: '08P01', message: 'invalid message length' }
const TOO_LONG: Violation = { sqlstate: '54000', message: 'statement longer than 16 MiB, which a recorded session cannot hold' }
const TOO_MANY_STATEMENTS: Violation = { sqlstate: '08P01', message: 'too many prepared statements for one recorded session' }
const TOO_MANY_PORTALS: Violation = { sqlstate: '08P01', message: 'too many portals for one recorded session' }

/**
 * Turns both directions of one PostgreSQL connection, from the first ReadyForQuery on, into events.
 * Reads the bytes, never changes them; does no I/O; time is an argument, in microseconds of a monotonic clock.
 *
 * - One sql.statement for each Query, Execute and FunctionCall, appended before its bytes may be forwarded.
 * - One sql.result for each CommandComplete, EmptyQueryResponse, PortalSuspended and error of a statement.
 *   What the server discards after an error in a pipeline gets a result with no tag, no error, and `incomplete`.
 * - An error of something that never was executed (a Parse without an Execute, a commit at Sync) is an sql.notice.
 */
export class PostgresRecorder {
  private readonly conversation: Conversation
  private readonly caller: CallerMessages
  private readonly target: TargetMessages
  private readonly callerFramer: MessageFramer
  private readonly targetFramer: MessageFramer

  /** @param pivots finds where statements make the database itself go; null where nobody asks */
  constructor(log: EventLog, pivots: SqlPivots | null = null) {
    this.conversation = new Conversation(log, pivots)
    this.target = new TargetMessages(this.conversation)
    this.caller = new CallerMessages(this.conversation)
    this.callerFramer = new MessageFramer(this.caller)
    this.targetFramer = new MessageFramer(this.target)
  }

  fromCaller(chunk: Buffer, nowUs: number): void {
    this.conversation.nowUs = nowUs
    this.callerFramer.push(chunk)
  }

  fromTarget(chunk: Buffer, nowUs: number): void {
    this.conversation.nowUs = nowUs
    this.targetFramer.push(chunk)
  }

  /** Another connection asked the server to cancel what this one runs. */
  cancelled(by: string): void {
    this.conversation.notice('cancel', { severity: null, sqlstate: null, message: `cancel requested from ${by}`, channel: null })
  }

  /** The connection ended: what is outstanding gets an incomplete result. */
  end(nowUs: number): void {
    this.conversation.nowUs = nowUs
    this.callerFramer.end()
    this.target.end()
  }

  /** Why no more of the caller's bytes may go on; null while they may. */
  get violation(): Violation | null {
    if (this.callerFramer.isBroken) return BROKEN
    if (this.caller.isTooLong) return TOO_LONG
    if (this.conversation.prepared.isOverflowed) return TOO_MANY_STATEMENTS
    return this.conversation.portals.isOverflowed ? TOO_MANY_PORTALS : null
  }

  /** Messages of the caller's that the target has not answered. */
  get outstanding(): number {
    return this.conversation.outstanding.length
  }

  get isTargetBroken(): boolean {
    return this.targetFramer.isBroken
  }

  /** May a message of the gateway's own follow the last of the target's bytes? */
  get isBetweenAnswers(): boolean {
    return this.targetFramer.isBetweenMessages
  }

  /** Did the caller say that it leaves? */
  get hasTerminated(): boolean {
    return this.conversation.hasTerminated
  }

  /** Has the target told the caller why it closes? */
  get hasFatalError(): boolean {
    return this.target.isFatal
  }
}
