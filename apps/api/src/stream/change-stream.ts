import { EventEmitter } from 'node:events'
import type { StoredBatch } from '../api-options.ts'
import type { Tick } from '../contract/index.ts'

const MAX_SESSIONS_A_TICK = 100

/**
 * Tells pages that something changed, at most once each `everyMs`. The api's own stream of views is left out:
 * a page that refreshes is a view, and would refresh itself for ever.
 */
export class ChangeStream {
  private readonly emitter = new EventEmitter().setMaxListeners(0)
  private readonly changed = new Set<string>()
  private timer: NodeJS.Timeout | null = null

  constructor(private readonly options: { tenant: string; ownStream: string; everyMs: number; now: () => string }) {}

  /** Takes note of a stored batch. */
  note(batch: StoredBatch): void {
    for (const { tenant, sessionId } of batch.sessions) {
      if (tenant === this.options.tenant && sessionId !== this.options.ownStream) this.changed.add(sessionId)
    }
    if (this.changed.size > 0) this.timer ??= setTimeout(() => this.tick(), this.options.everyMs)
  }

  /**
   * @param onEnd called when the server shuts down
   * @returns stops listening
   */
  listen(listener: (tick: Tick) => void, onEnd: () => void): () => void {
    this.emitter.on('tick', listener).once('end', onEnd)
    return () => this.emitter.off('tick', listener).off('end', onEnd)
  }

  close(): void {
    if (this.timer) clearTimeout(this.timer)
    // A stream that stays open would hold up the server's end.
    this.emitter.emit('end')
  }

  private tick(): void {
    this.timer = null
    const sessionIds = [...this.changed].slice(0, MAX_SESSIONS_A_TICK)
    const isTruncated = this.changed.size > sessionIds.length
    this.changed.clear()
    const tick: Tick = { kind: 'sessions', at: this.options.now(), sessionIds, isTruncated }
    this.emitter.emit('tick', tick)
  }
}
