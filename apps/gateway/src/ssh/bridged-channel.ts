import type { SessionRecording, SpoolMark } from '../recording/session-recording.ts'
import type { Emit } from '../terminal/emit.ts'
import type { Flow } from './flow.ts'
import { readdress } from './messages.ts'
import { MalformedMessageError } from './wire-format.ts'

/** What every channel of one bridge works with. */
export type BridgeParts = {
  flow: Flow
  recording: SessionRecording
  emit: Emit
  /** Monotonic microseconds. */
  nowUs: () => number
  /** Calls back when what arrived together has been read. */
  onTurnEnd: (listener: () => void) => void
}

/**
 * A channel that exists at the caller and at the target. Both know it by `id`, the gateway's own number;
 * messages that pass are readdressed to the number that their receiver chose.
 */
export abstract class BridgedChannel {
  private callerNumber: number | null = null
  private targetNumber: number | null = null
  private isConfirmed = false
  private isClosedByCaller = false
  private isClosedByTarget = false

  constructor(
    readonly id: number,
    protected readonly parts: BridgeParts,
  ) {}

  /** Both sides have closed it: the numbers are free. */
  get isOver(): boolean {
    return this.isClosedByCaller && this.isClosedByTarget
  }

  /** Both sides know that it is open: a message may go to either without waiting for its confirmation. */
  get isOpen(): boolean {
    return this.isConfirmed && !this.isClosedByCaller && !this.isClosedByTarget
  }

  /** The confirmation has left for the side that asked. */
  confirmed(): void {
    this.isConfirmed = true
  }

  knownToCallerAs(number: number): void {
    this.callerNumber = number
  }

  knownToTargetAs(number: number): void {
    this.targetNumber = number
  }

  closedByCaller(): void {
    this.isClosedByCaller = true
  }

  closedByTarget(): void {
    this.isClosedByTarget = true
  }

  toCaller(payload: Buffer, mark: SpoolMark): void {
    this.parts.flow.toCaller(readdress(payload, this.callerAddress), mark)
  }

  toTarget(payload: Buffer): void {
    this.parts.flow.toTarget(readdress(payload, this.targetAddress))
  }

  get callerAddress(): number {
    if (this.callerNumber === null) throw new MalformedMessageError('a message for a channel that is not open')
    return this.callerNumber
  }

  get targetAddress(): number {
    if (this.targetNumber === null) throw new MalformedMessageError('a message for a channel that is not open')
    return this.targetNumber
  }

  /** A message 94 to 100 from the caller: recorded, then passed on or answered. */
  abstract fromCaller(payload: Buffer): void
  /** A message 94 to 100 from the target. `mark` was taken when it arrived. */
  abstract fromTarget(payload: Buffer, mark: SpoolMark): void
  /** The side that was asked would not open it. */
  abstract refused(): void
  /** No more will come: what is unfinished is recorded as unfinished. Idempotent. */
  abstract end(): void
}
