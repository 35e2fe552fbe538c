import { defaultLinkPolicy, type LinkPolicy } from '@hoptrace/hopchain'
import { Analysed, type ArrivalRow, Arrivals, type Store } from '@hoptrace/store'
import type { Alerting } from './alerts/alerting.ts'
import { type Correlated, Correlation } from './correlation.ts'
import { type NewSpan, spansOf } from './spans.ts'

export type CorrelatorOptions = {
  policy?: LinkPolicy
  /** Judges what was linked; left out, nothing is told of it. */
  alerting?: Alerting
  /** New events within this time of each other are linked at once, in ms. */
  debounceMs?: number
  /** Looks for new events this often without being told, in ms; 0: never. */
  pollMs?: number
  /** Inserts may become visible this much later than others that began after them, in ms. 0 with a single writer. */
  overlapMs?: number
  /** Milliseconds since the epoch: says when the analysis got how far, and decides nothing. */
  now: () => number
  onError?: (error: unknown) => void
}

export type CorrelatorState = {
  passes: number
  /** Accesses looked at, and rows written, since the start. */
  accesses: number
  written: number
  truncated: number
  failures: number
}

const READER = 'hops'
const PAGE = 20_000
const RETRY_MS = 1000

/**
 * Follows what is stored and keeps hops and chains in line with it. Its position is in the store and moves once everything
 * before it is linked, so that a restart goes on from there; what is linked twice comes out the same.
 */
export class Correlator {
  /** Event time up to which hops were linked since the start, in µs; null before the first. */
  analysedToUs: number | null = null
  private readonly arrivals: Arrivals
  private readonly analysed: Analysed
  private readonly correlation: Correlation
  private readonly options: Required<Omit<CorrelatorOptions, 'alerting'>>
  private readonly seen = new Map<string, number>()
  /** Tenant → event time up to which its hops are linked, in µs. */
  private readonly linkedUs = new Map<string, number>()
  private readonly counts: CorrelatorState = { passes: 0, accesses: 0, written: 0, truncated: 0, failures: 0 }
  private position: number | null = null
  private timer: NodeJS.Timeout | null = null
  private poll: NodeJS.Timeout | null = null
  private running: Promise<void> = Promise.resolve()
  private isStopped = false

  constructor(store: Store, options: CorrelatorOptions) {
    this.options = { policy: defaultLinkPolicy, debounceMs: 200, pollMs: 0, overlapMs: 0, onError: () => undefined, ...options }
    this.arrivals = new Arrivals(store)
    this.analysed = new Analysed(store)
    this.correlation = new Correlation(store, this.options.policy, options.alerting)
  }

  get state(): Readonly<CorrelatorState> {
    return this.counts
  }

  /** Links what was stored while nobody looked, then follows. */
  start(): void {
    this.notify()
    if (this.options.pollMs > 0) this.poll = setInterval(() => this.notify(), this.options.pollMs)
  }

  /** Something was stored. Cheap: call it after every batch. */
  notify(delayMs = this.options.debounceMs): void {
    if (this.isStopped || this.timer) return
    this.timer = setTimeout(() => {
      this.timer = null
      this.catchUp().catch((error: unknown) => {
        this.counts.failures += 1
        this.options.onError(error)
        this.notify(RETRY_MS)
      })
    }, delayMs)
  }

  /** Resolves once everything that is stored by now is linked. @throws StoreQueryError, EventInsertError */
  catchUp(): Promise<void> {
    const done = this.running.then(() => this.linkArrivals())
    // A failed pass must not hold up the next: the position did not move.
    this.running = done.catch(() => undefined)
    return done
  }

  /** Resolves when no pass runs any more. The store may be closed then. */
  async stop(): Promise<void> {
    this.isStopped = true
    if (this.timer) clearTimeout(this.timer)
    if (this.poll) clearInterval(this.poll)
    await this.running
  }

  private async linkArrivals(): Promise<void> {
    this.position ??= Number(await this.arrivals.position(READER))
    let after = this.position - this.options.overlapMs * 1000
    for (;;) {
      if (this.isStopped) return
      const page = await this.arrivals.listAfter(String(Math.max(0, after)), PAGE)
      const fresh = page.filter((row) => !this.seen.has(keyOf(row)))
      for (const span of spansOf(fresh)) await this.link(span)
      await this.moveTo(page, fresh)
      const last = page.at(-1)
      if (page.length < PAGE || !last) break
      // Rows of one insert share their moment, and a page may end among them.
      after = fresh.length > 0 ? Number(last.storedAt) - 1 : Number(last.storedAt)
    }
    this.count(await this.correlation.settle())
  }

  private async link({ tenant, sessions, ...span }: NewSpan): Promise<void> {
    this.count(await this.correlation.correlate(tenant, span, sessions))
    this.counts.passes += 1
    // What is old, such as an import, takes nothing back of what was linked before it.
    const linkedUs = Math.max(this.linkedUs.get(tenant) ?? 0, span.toUs)
    this.linkedUs.set(tenant, linkedUs)
    await this.analysed.save(tenant, { stage: READER, partition: '', watermark: String(linkedUs) }, this.options.now())
    this.analysedToUs = Math.max(this.analysedToUs ?? 0, span.toUs)
  }

  private count({ accesses, written, truncated }: Correlated): void {
    this.counts.accesses += accesses
    this.counts.written += written
    this.counts.truncated += truncated
  }

  private async moveTo(page: readonly ArrivalRow[], fresh: readonly ArrivalRow[]): Promise<void> {
    const last = page.at(-1)
    if (!last || fresh.length === 0) return
    this.position = Math.max(this.position ?? 0, Number(last.storedAt))
    await this.arrivals.savePosition(READER, String(this.position))
    for (const row of fresh) this.seen.set(keyOf(row), Number(row.storedAt))
    const forget = this.position - this.options.overlapMs * 1000
    for (const [key, storedAt] of this.seen) if (storedAt < forget) this.seen.delete(key)
  }
}

function keyOf({ tenant, storedAt, sessionId, firstTs, lastTs }: ArrivalRow): string {
  return `${tenant} ${storedAt} ${sessionId} ${firstTs} ${lastTs}`
}
