/** The first of what is not published yet, and up to where that goes. */
export type UnpublishedBatch = { ids: string[]; upTo: number; isAll: boolean }

type Waiter = { upTo: number; resolve: () => void }

/** Runs whose newest state the topic does not hold yet, oldest change first. A run stands here once, however often it changes. */
export class Unpublished {
  private readonly changes = new Map<string, number>()
  private changeCount = 0
  private readonly waiters = new Set<Waiter>()

  get size(): number {
    return this.changes.size
  }

  has(id: string): boolean {
    return this.changes.has(id)
  }

  add(id: string): void {
    this.changeCount += 1
    // Set anew it moves to the end: what is published in order is published up to a change.
    this.changes.delete(id)
    this.changes.set(id, this.changeCount)
  }

  first(most: number): UnpublishedBatch {
    const ids: string[] = []
    let upTo = 0
    for (const [id, change] of this.changes) {
      if (ids.length >= most) break
      ids.push(id)
      upTo = change
    }
    return { ids, upTo, isAll: ids.length === this.changes.size }
  }

  /** A run that changed again in the meantime stays. */
  remove({ ids, upTo }: UnpublishedBatch): void {
    for (const id of ids) if ((this.changes.get(id) ?? 0) <= upTo) this.changes.delete(id)
    this.tell()
  }

  /** The topic was found to hold it as it stands. */
  drop(id: string): void {
    if (this.changes.delete(id)) this.tell()
  }

  /** Waits until all that has changed by now is published. @returns whether it was, in time */
  async settled(withinMs: number): Promise<boolean> {
    const upTo = this.changeCount
    if (this.isThrough(upTo)) return true
    return new Promise((resolve) => {
      const timer = setTimeout(() => done(false), withinMs)
      const done = (isSettled: boolean) => {
        clearTimeout(timer)
        this.waiters.delete(waiter)
        resolve(isSettled)
      }
      const waiter: Waiter = { upTo, resolve: () => done(true) }
      this.waiters.add(waiter)
    })
  }

  private tell(): void {
    for (const waiter of this.waiters) if (this.isThrough(waiter.upTo)) waiter.resolve()
  }

  // The oldest change comes first, so that it alone tells.
  private isThrough(upTo: number): boolean {
    const [oldest] = this.changes.values()
    return oldest === undefined || oldest > upTo
  }
}
