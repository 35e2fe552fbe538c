import type { Noted } from './sorter.ts'

export type Passage = {
  /** Stored, in order: link these, then tell the gate. */
  ready: Noted[]
  /** Not stored although what came later is: they are waited for no longer, and linked if they come yet. */
  givenUp: Noted[]
}

/**
 * Events reach the store by another way than their notes: nothing is linked before the store holds it. Notes pass in order. One
 * whose event does not come holds up the others for `patienceMs` at most, and never while the store takes nothing at all.
 *
 * One insert fills several tables by views, one after the other, and replicas follow: that an event shows in one of them does
 * not say that it shows in all. So it passes when it has been there for `settleMs`.
 */
export class StoredGate {
  /** Given up and not stored yet, the oldest first. */
  private readonly owed = new Set<Noted>()
  private waiting: Noted[] = []
  private readonly storedSinceMs = new WeakMap<Noted, number>()
  /** Owed, and dropped for want of room. */
  abandoned = 0

  constructor(
    private readonly patienceMs: number,
    private readonly maxOwed: number,
    private readonly settleMs: number,
  ) {}

  get size(): number {
    return this.waiting.length
  }

  add(released: readonly Noted[]): void {
    this.waiting.push(...released)
  }

  /** The next to be asked after, in order, those that are owed first. */
  next(limit: number): Noted[] {
    return [...this.owed, ...this.waiting.slice(0, limit)]
  }

  /** What of `asked` may pass. @param asked what `next` gave */
  pass(asked: readonly Noted[], isStored: (noted: Noted) => boolean, nowMs: number): Passage {
    for (const noted of asked) if (isStored(noted) && !this.storedSinceMs.has(noted)) this.storedSinceMs.set(noted, nowMs)
    const isSettled = (noted: Noted): boolean => (this.storedSinceMs.get(noted) ?? Number.POSITIVE_INFINITY) + this.settleMs <= nowMs
    const ready = asked.filter((noted) => this.owed.has(noted) && isSettled(noted))
    const givenUp: Noted[] = []
    const inOrder = asked.filter((noted) => !this.owed.has(noted))
    const lastStored = inOrder.reduce((latest, noted) => (isStored(noted) ? Math.max(latest, noted.receivedMs) : latest), 0)
    for (const noted of inOrder) {
      const isOverdue = nowMs - noted.receivedMs > this.patienceMs && lastStored > noted.receivedMs
      if (isSettled(noted)) ready.push(noted)
      else if (isOverdue && !isStored(noted)) givenUp.push(noted)
      else break
    }
    return { ready, givenUp }
  }

  /** They are linked, or owed from now on. */
  settle({ ready, givenUp }: Passage): void {
    const gone = new Set([...ready, ...givenUp])
    for (const noted of ready) this.owed.delete(noted)
    this.waiting = this.waiting.filter((noted) => !gone.has(noted))
    for (const noted of givenUp) this.owed.add(noted)
    for (const noted of this.owed) {
      if (this.owed.size <= this.maxOwed) return
      this.owed.delete(noted)
      this.abandoned += 1
    }
  }
}
