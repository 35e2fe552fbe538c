import { EventEmitter } from 'node:events'
import type { StoredBatch } from '../api-options.ts'
import type { Tick } from '../contract/index.ts'

const MAX_SESSIONS_A_TICK = 100

/**
 * Tells pages that something of their tenant changed, at most once each `everyMs`. The api's own streams of views are left out:
 * a page that refreshes is a view, and would refresh itself for ever.
 */
export class ChangeStream {
  private readonly emitter = new EventEmitter().setMaxListeners(0)
  private readonly changed = new Map<string, Set<string>>()
  private readonly touched = new Set<string>()
  private readonly listening = new Map<string, number>()
  private timer: NodeJS.Timeout | null = null

  constructor(private readonly options: { isOwnStream: (sessionId: string) => boolean; everyMs: number; now: () => string }) {}

  /** Takes note of a stored batch. */
  note(batch: StoredBatch): void {
    for (const { tenant, sessionId } of batch.sessions) {
      if (this.options.isOwnStream(sessionId) || this.emitter.listenerCount(tickOf(tenant)) === 0) continue
      const changed = this.changed.get(tenant) ?? new Set()
      this.changed.set(tenant, changed.add(sessionId))
    }
    if (this.changed.size > 0) this.timer ??= setTimeout(() => this.tick(), this.options.everyMs)
  }

  /** Takes note that alerts of a tenant changed. */
  noteAlerts(tenant: string): void {
    if (this.emitter.listenerCount(tickOf(tenant)) === 0) return
    this.touched.add(tenant)
    this.timer ??= setTimeout(() => this.tick(), this.options.everyMs)
  }

  /** Those whose changes somebody waits for. */
  tenants(): string[] {
    return [...this.listening.keys()]
  }

  /**
   * @param listener told of this tenant's changes alone
   * @param onEnd called when the server shuts down
   * @returns stops listening
   */
  listen(tenant: string, listener: (tick: Tick) => void, onEnd: () => void): () => void {
    this.emitter.on(tickOf(tenant), listener).once('end', onEnd)
    this.listening.set(tenant, (this.listening.get(tenant) ?? 0) + 1)
    return () => {
      if (!this.emitter.listeners(tickOf(tenant)).includes(listener)) return
      this.emitter.off(tickOf(tenant), listener).off('end', onEnd)
      const others = (this.listening.get(tenant) ?? 1) - 1
      if (others > 0) this.listening.set(tenant, others)
      else this.listening.delete(tenant)
    }
  }

  close(): void {
    if (this.timer) clearTimeout(this.timer)
    // A stream that stays open would hold up the server's end.
    this.emitter.emit('end')
  }

  private tick(): void {
    this.timer = null
    for (const [tenant, changed] of this.changed) {
      const sessionIds = [...changed].slice(0, MAX_SESSIONS_A_TICK)
      const tick: Tick = { kind: 'sessions', at: this.options.now(), sessionIds, isTruncated: changed.size > sessionIds.length }
      this.emitter.emit(tickOf(tenant), tick)
    }
    this.changed.clear()
    for (const tenant of this.touched) this.emitter.emit(tickOf(tenant), { kind: 'alerts', at: this.options.now() } satisfies Tick)
    this.touched.clear()
  }
}

function tickOf(tenant: string): string {
  return `tick ${tenant}`
}
