import type { SessionRecording, StopOrder } from '../recording/session-recording.ts'
import { type EventLog, FittingLog } from './fitting-log.ts'
import { HiddenSecrets } from './hidden-secrets.ts'
import type { SentOptions } from './sent-fields.ts'

/** What is in flight in a session. */
export interface InFlight {
  /** The session ends at once: records how far this came and closes both ends. Called at most once. */
  stop(order: StopOrder): void
}

/** One run's requests to one target. Ends when nothing was in flight, and nothing was asked, for so long. */
export class RequestSession {
  readonly log: EventLog
  private readonly hidden: HiddenSecrets
  private readonly inFlight = new Set<InFlight>()
  private readonly closers: (() => void)[] = []
  private timer: NodeJS.Timeout | null = null
  private lastLeftMs = 0
  private isOver = false

  constructor(
    readonly recording: SessionRecording,
    private readonly idleMs: number,
    private readonly onOver: () => void,
  ) {
    this.hidden = new HiddenSecrets(recording)
    this.log = new FittingLog(this.hidden)
    recording.onStop((order) => this.stop(order))
    if (!this.isOver) this.watch(idleMs)
  }

  get hasEnded(): boolean {
    return this.isOver
  }

  get inFlightCount(): number {
    return this.inFlight.size
  }

  /** What stands in no event of this session from here on, wherever it turns up. */
  hide(sent: Pick<SentOptions, 'token' | 'credential'>): void {
    this.hidden.hide(sent)
  }

  enter(exchange: InFlight): void {
    this.inFlight.add(exchange)
  }

  leave(exchange: InFlight): void {
    if (!this.inFlight.delete(exchange) || this.inFlight.size > 0) return
    this.lastLeftMs = nowMs()
  }

  /** Called once when the session is over, for what was kept for it alone. */
  onEnd(closer: () => void): void {
    this.closers.push(closer)
  }

  stop(order: StopOrder): void {
    if (this.isOver) return
    this.finish(() => {
      for (const exchange of [...this.inFlight]) exchange.stop(order)
      this.recording.end(order.reason, order.message)
    })
  }

  private finish(end: () => void): void {
    this.isOver = true
    if (this.timer) clearTimeout(this.timer)
    // Forgotten first: what is asked from here on opens another.
    this.onOver()
    end()
    for (const close of this.closers) close()
  }

  // One timer a session, set anew only when it fires: requests come far more often.
  private watch(afterMs: number): void {
    this.timer = setTimeout(() => {
      const idleForMs = nowMs() - this.lastLeftMs
      if (this.inFlight.size > 0) this.watch(this.idleMs)
      else if (idleForMs < this.idleMs) this.watch(this.idleMs - idleForMs)
      else this.finish(() => this.recording.end('idle'))
    }, afterMs)
    this.timer.unref()
  }
}

const nowMs = (): number => performance.now()
