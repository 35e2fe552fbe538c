import type { Socket } from 'node:net'
import type { SqlPivots } from '@hoptrace/sql'
import type { EndReason, SessionRecording, StopOrder } from '../recording/session-recording.ts'
import { Lane } from './lane.ts'
import { onBytes } from './plain-socket.ts'
import { PostgresRecorder, type Violation } from './postgres-recorder.ts'
import type { TargetConnection } from './target-connection.ts'
import { fatalError } from './wire.ts'

/** A caller that does not close when it is told to is closed after this long. */
const LINGER_MS = 2000

export type SessionWiring = {
  caller: Socket
  recording: SessionRecording
  pivots: SqlPivots | null
  /** Sends a cancel request to the target, for the process that this session runs there. */
  cancelAtTarget: (connection: TargetConnection) => void
  /** Hears of faults of the recorder itself, with no payload in them. */
  onFault: (error: unknown) => void
  onOver: () => void
}

/** One recorded session: bytes between a caller and a target under the two rules of SessionRecording. */
export class PostgresSession {
  private readonly recorder: PostgresRecorder
  private connection: TargetConnection | null = null
  private isOver = false
  private hasCallerEnded = false
  private hasTargetEnded = false
  /** Does what the caller got end with a whole message? Only then may one of the gateway's own follow. */
  private isCallerWhole = true

  constructor(private readonly wiring: SessionWiring) {
    this.recorder = new PostgresRecorder(wiring.recording, wiring.pivots)
    wiring.recording.onStop((order) => this.stop(order))
    wiring.caller.on('error', () => {})
    wiring.caller.on('close', () => this.end('client'))
  }

  get hasEnded(): boolean {
    return this.isOver
  }

  /** Begins to pass bytes on. `welcome` is what the caller gets first. */
  begin(connection: TargetConnection, welcome: Buffer): void {
    this.connection = connection
    const { caller } = this.wiring
    this.recorder.fromTarget(connection.greeting, nowUs())
    const asking = new Lane(caller, connection.socket)
    this.fromCaller(asking, connection.socket)
    this.fromTarget(new Lane(connection.socket, caller), connection.socket, welcome, asking)
  }

  cancel(by: string): void {
    const { connection } = this
    if (connection === null || this.isOver) return
    this.recorder.cancelled(by)
    this.wiring.recording.forward(() => this.wiring.cancelAtTarget(connection))
  }

  /** Ends the session without a target: it never came about. */
  abandon(reason: EndReason, message: string, farewell: Buffer): void {
    if (this.isOver) return
    this.close(reason, message)
    this.dismiss(farewell)
  }

  private fromCaller(lane: Lane, target: Socket): void {
    const { caller, recording } = this.wiring
    caller.on('data', (chunk: Buffer) => {
      if (this.isOver || !this.record(() => this.recorder.fromCaller(chunk, nowUs()))) return
      const { violation, outstanding } = this.recorder
      if (violation !== null) return this.violated(violation)
      lane.crowd(outstanding)
      lane.hold(chunk.length)
      recording.forward(() => lane.send(chunk))
    })
    caller.on('end', () => {
      this.hasCallerEnded = true
      if (!this.isOver) recording.forward(() => target.end())
    })
    caller.resume()
  }

  private fromTarget(lane: Lane, target: Socket, welcome: Buffer, asking: Lane): void {
    const { recording } = this.wiring
    lane.hold(welcome.length)
    recording.release(recording.mark, () => lane.send(welcome))
    onBytes(target, (chunk) => {
      const { mark } = recording
      if (this.isOver || !this.record(() => this.recorder.fromTarget(chunk, nowUs()))) return
      if (this.recorder.isTargetBroken) return this.fail('target', 'the target did not speak the protocol', '08P01')
      asking.crowd(this.recorder.outstanding)
      const isWhole = this.recorder.isBetweenAnswers
      lane.hold(chunk.length)
      recording.release(mark, () => {
        this.isCallerWhole = isWhole
        lane.send(chunk)
      })
    })
    target.on('error', () => {})
    target.on('end', () => this.targetEnded())
    target.on('close', () => this.targetEnded())
    target.resume()
  }

  // No record, no access: what the recorder cannot follow does not go on.
  private record(take: () => void): boolean {
    try {
      take()
      return true
    } catch (error) {
      this.wiring.onFault(error)
      this.fail('error', 'the gateway could not record this session', 'XX000')
      return false
    }
  }

  private violated({ message, sqlstate }: Violation): void {
    this.fail('error', message, sqlstate)
  }

  private targetEnded(): void {
    if (this.isOver || this.hasTargetEnded) return
    this.hasTargetEnded = true
    const { recording } = this.wiring
    const isCallers = this.hasCallerEnded || this.recorder.hasTerminated
    const { mark } = recording
    this.record(() => this.recorder.end(nowUs()))
    recording.release(mark, () => {
      if (this.isOver) return
      const isAbrupt = !isCallers && !this.recorder.hasFatalError
      this.close(isCallers ? 'client' : 'target', isAbrupt ? 'the connection to the target was lost' : undefined)
      this.dismiss(isAbrupt ? fatalError('08006', 'the connection to the target was lost') : null)
    })
  }

  private stop(order: StopOrder): void {
    if (this.isOver) return
    this.end(order.reason, order.message)
    this.dismiss(fatalError('57P01', order.message))
  }

  private fail(reason: EndReason, message: string, sqlstate: string): void {
    if (this.isOver) return
    this.end(reason, message)
    this.dismiss(fatalError(sqlstate, message))
  }

  /** What waits for an answer gets none. */
  private end(reason: EndReason, message?: string): void {
    if (this.isOver) return
    this.isOver = true
    try {
      this.recorder.end(nowUs())
    } catch (error) {
      this.wiring.onFault(error)
    }
    this.close(reason, message)
  }

  private close(reason: EndReason, message?: string): void {
    this.isOver = true
    this.wiring.recording.end(reason, message)
    this.connection?.socket.destroy()
    this.wiring.onOver()
  }

  /** Lets the caller have what it was already given, and a last word. */
  private dismiss(farewell: Buffer | null): void {
    const { caller } = this.wiring
    if (caller.destroyed) return
    const linger = setTimeout(() => caller.destroy(), LINGER_MS)
    caller.once('close', () => clearTimeout(linger))
    caller.resume()
    if (farewell !== null && this.isCallerWhole) caller.end(farewell)
    else caller.end()
  }
}

const nowUs = (): number => performance.now() * 1000
