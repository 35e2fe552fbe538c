import { StoreClosedError } from './errors.ts'

export type Lane<T> = { resource: T; free(): void }

/** A fixed number of resources, each used by one caller at a time, opened when first needed. Waiting callers are served in order. */
export class Lanes<T> {
  private readonly idle: T[] = []
  private readonly opened: T[] = []
  private readonly waiting: ((resource: T) => void)[] = []
  private readonly whenIdle: (() => void)[] = []
  private openings = 0
  private isClosed = false

  constructor(
    private readonly limit: number,
    private readonly open: () => Promise<T>,
  ) {}

  /** @throws StoreClosedError once drained */
  async take(): Promise<Lane<T>> {
    if (this.isClosed) throw new StoreClosedError()
    const resource = this.idle.pop() ?? (this.openings < this.limit ? await this.openOne() : await this.next())
    let isFree = false
    const free = () => {
      if (isFree) return
      isFree = true
      this.give(resource)
    }
    return { resource, free }
  }

  async use<R>(work: (resource: T) => Promise<R>): Promise<R> {
    const lane = await this.take()
    try {
      return await work(lane.resource)
    } finally {
      lane.free()
    }
  }

  /** Refuses new callers, waits for those at work, and hands over every resource, to be closed. */
  async drain(): Promise<T[]> {
    this.isClosed = true
    while (this.idle.length < this.openings) await new Promise<void>((resolve) => this.whenIdle.push(resolve))
    return this.opened
  }

  private async openOne(): Promise<T> {
    this.openings += 1
    try {
      const resource = await this.open()
      this.opened.push(resource)
      return resource
    } catch (error) {
      this.openings -= 1
      throw error
    }
  }

  private next(): Promise<T> {
    return new Promise((resolve) => this.waiting.push(resolve))
  }

  private give(resource: T): void {
    const waiter = this.waiting.shift()
    if (waiter) {
      waiter(resource)
      return
    }
    this.idle.push(resource)
    for (const resolve of this.whenIdle.splice(0)) resolve()
  }
}
