/** What is done to a request on its way, or to its answer. */
export type Fault =
  /** 503, and the engine never hears of it. */
  | { kind: 'refuse' }
  /** Taken, and never answered. */
  | { kind: 'hang' }
  /** Passed on so much later. */
  | { kind: 'slow'; delayMs: number }
  /** The connection is closed once so many bytes of the request's body have arrived; the engine sees no end of it. */
  | { kind: 'cutRequest'; afterBytes: number }
  /** Carried out whole, and the connection is closed before a byte of the answer. */
  | { kind: 'loseAnswer' }
  /** The connection is closed once so many bytes of the answer's body have gone. */
  | { kind: 'cutAnswer'; afterBytes: number }
  /** Answered with one of ClickHouse's errors, and the engine never hears of it. */
  | { kind: 'fail'; code: number; type: string }

/** Which requests a fault meets. */
export type FaultScope = {
  /** How many of them. Default 1. */
  times?: number
  /** Inserts alone, or everything else alone. */
  only?: 'insert' | 'read'
}

type Planned = { fault: Fault; left: number; only: FaultScope['only'] }

/** Faults that wait for their requests, in the order in which they were asked for. */
export class Faults {
  private readonly planned: Planned[] = []
  /** How many requests met a fault. */
  met = 0

  inject(fault: Fault, { times = 1, only }: FaultScope = {}): void {
    this.planned.push({ fault, left: times, only })
  }

  /** Everything passes from here on. */
  clear(): void {
    this.planned.length = 0
  }

  /** The fault that this request meets; null for none. */
  take(kind: 'insert' | 'read'): Fault | null {
    const at = this.planned.findIndex(({ only }) => only === undefined || only === kind)
    const planned = this.planned[at]
    if (!planned) return null
    planned.left -= 1
    if (planned.left <= 0) this.planned.splice(at, 1)
    this.met += 1
    return planned.fault
  }
}
