import { QUIET_MS } from './limits.ts'

/** How often it is looked which bodies have paused. */
const LOOK_EVERY_MS = 20

export interface Awaited {
  /** Nothing came for `QUIET_MS`. */
  settle(): void
}

/**
 * Bodies that more is waited for. One timer for all of them, and only while there are any: most bodies are whole before
 * it fires, and a timer for each would cost as much as recording it.
 */
class QuietBodies {
  private readonly since = new Map<Awaited, number>()
  private timer: NodeJS.Timeout | null = null

  /** Something came, or is awaited, from now on. */
  watch(body: Awaited): void {
    this.since.set(body, performance.now())
    this.timer ??= setInterval(() => this.look(), LOOK_EVERY_MS)
  }

  forget(body: Awaited): void {
    this.since.delete(body)
  }

  private look(): void {
    const before = performance.now() - QUIET_MS
    for (const [body, at] of this.since) if (at <= before) body.settle()
    if (this.since.size > 0 || this.timer === null) return
    clearInterval(this.timer)
    this.timer = null
  }
}

export const quietBodies = new QuietBodies()
