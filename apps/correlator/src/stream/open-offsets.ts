const COMPACTED_AFTER = 4096

/** Which messages of one partition are still worked on: what came before the first of them may be committed. */
export class OpenOffsets {
  private readonly pending: number[] = []
  private readonly done = new Set<number>()
  private head = 0
  private next = 0

  /** Offsets come in order; one that comes again after a rebalance is not taken twice. */
  opened(offset: number): void {
    if (offset < this.next) return
    this.pending.push(offset)
    this.next = offset + 1
  }

  /** Nothing is to be done for that message, or not any more. */
  closed(offset: number): void {
    if (offset < this.firstOpen || offset >= this.next) return
    this.done.add(offset)
    for (let first = this.pending[this.head]; first !== undefined && this.done.delete(first); first = this.pending[this.head]) {
      this.head += 1
    }
    if (this.head < COMPACTED_AFTER) return
    this.pending.splice(0, this.head)
    this.head = 0
  }

  /** Of the first message that is still worked on, else of the one that comes next. */
  get firstOpen(): number {
    return this.pending[this.head] ?? this.next
  }
}
