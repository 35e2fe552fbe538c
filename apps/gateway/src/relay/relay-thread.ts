import { Worker } from 'node:worker_threads'
import { codeOf } from './code-of.ts'
import type { FromRelay, ToRelay } from './relay-messages.ts'
import { spoolDepth } from './spool-depth.ts'
import { RELAY_CURSOR, type RelayListener, type RelaySource, type RelayState, type SpoolRelay } from './spool-relay.ts'

const RESTART_AFTER_MS = 1000
/** A batch is in memory in several forms at once; what needs more than this has gone wrong. */
const MAX_HEAP_MB = 512
/** Beyond the time to drain: the connections to the brokers are ended too. */
const END_WITHIN_MS = 2000

type Settle = { resolve: () => void; reject: (error: Error) => void }

/**
 * The relay in a thread of its own. Framing a batch for Kafka takes tens of milliseconds, in which the gateway would
 * forward nothing.
 */
export class RelayThread implements SpoolRelay {
  private worker: Worker | null = null
  private restart: NodeJS.Timeout | null = null
  private isStopping = false
  private stopped: () => void = () => {}
  private publishedBefore = 0
  private told: RelayState = { published: 0, oldestWaitingMs: null, lastErrorCode: null }
  private readonly publishing = new Map<number, Settle>()

  constructor(
    private readonly source: RelaySource,
    private readonly listener: RelayListener,
  ) {}

  get state(): RelayState {
    return { ...this.told, published: this.publishedBefore + this.told.published }
  }

  depth(): Promise<number> {
    return spoolDepth(this.source.directory, RELAY_CURSOR)
  }

  start(): void {
    const worker = new Worker(new URL('./relay-worker.js', import.meta.url), {
      workerData: this.source,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    })
    this.worker = worker
    worker.on('message', (message: FromRelay) => this.take(message))
    worker.on('error', (error) => this.listener.onNotice({ kind: 'restart', code: codeOf(error) }))
    worker.on('exit', () => this.ended())
  }

  async stop(drainWithinMs: number): Promise<void> {
    this.isStopping = true
    if (this.restart) clearTimeout(this.restart)
    const { worker } = this
    if (!worker) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, drainWithinMs + END_WITHIN_MS)
      this.stopped = () => {
        clearTimeout(timer)
        resolve()
      }
      this.tell({ kind: 'stop', drainWithinMs })
    })
    await worker.terminate()
  }

  private tell(message: ToRelay): void {
    this.worker?.postMessage(message)
  }

  private take(message: FromRelay): void {
    if (message.kind === 'notice') this.listener.onNotice(message.notice)
    else if (message.kind === 'published') this.listener.onPublished(message.published)
    else if (message.kind === 'state') this.told = message.state
    else if (message.kind === 'publishing') this.watch(message.batch, message.events)
    else if (message.kind === 'stopped') this.stopped()
    else this.settle(message.batch, message.kind === 'acknowledged' ? null : new Error('the bus did not take the batch'))
  }

  private watch(batch: number, events: number): void {
    const publish = (headers: Record<string, string>) =>
      new Promise<void>((resolve, reject) => {
        this.publishing.set(batch, { resolve, reject })
        this.tell({ kind: 'headers', batch, headers })
      })
    // How it went is told by the thread itself.
    this.listener.publishing(events, publish).catch(() => undefined)
  }

  private settle(batch: number, error: Error | null): void {
    const publishing = this.publishing.get(batch)
    this.publishing.delete(batch)
    if (error) publishing?.reject(error)
    else publishing?.resolve()
  }

  private ended(): void {
    this.worker = null
    this.stopped()
    for (const batch of this.publishing.keys()) this.settle(batch, new Error('the relay broke off'))
    this.publishedBefore += this.told.published
    this.told = { ...this.told, published: 0 }
    if (!this.isStopping) this.restart = setTimeout(() => this.start(), RESTART_AFTER_MS)
  }
}
