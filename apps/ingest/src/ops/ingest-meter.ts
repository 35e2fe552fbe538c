import type { RawMessage } from '@hoptrace/bus'
import { type Counting, codeOf, ingestMetrics, type Measuring, type Metrics, TRACEPARENT, type Tracing } from '@hoptrace/telemetry'
import type { IngestObserver, Storing } from '../ingest-observer.ts'
import type { Place } from '../stored.ts'
import type { RejectReason } from '../triage.ts'

/** Counts and traces what an ingest does. */
export class IngestMeter implements IngestObserver {
  private readonly events: Counting<typeof ingestMetrics.events.labels>
  private readonly deadLetters: Counting<typeof ingestMetrics.deadLetters.labels>
  private readonly gaps: Counting<typeof ingestMetrics.gaps.labels>
  private readonly storeErrors: Counting<typeof ingestMetrics.storeErrors.labels>
  private readonly batches: Measuring<typeof ingestMetrics.batch.labels>
  private readonly seconds: Measuring<typeof ingestMetrics.inserting.labels>
  private inFlightBytes = 0
  private newestUs = 0

  constructor(
    metrics: Metrics,
    private readonly tracing: Tracing,
  ) {
    this.events = metrics.counter(ingestMetrics.events)
    this.deadLetters = metrics.counter(ingestMetrics.deadLetters)
    this.gaps = metrics.counter(ingestMetrics.gaps)
    this.storeErrors = metrics.counter(ingestMetrics.storeErrors)
    this.batches = metrics.histogram(ingestMetrics.batch)
    this.seconds = metrics.histogram(ingestMetrics.inserting)
    metrics.gaugeFrom(ingestMetrics.inFlight, () => this.inFlightBytes)
    metrics.gaugeFrom(ingestMetrics.storedTo, () => (this.newestUs === 0 ? [] : this.newestUs / 1e6))
  }

  async handling(batch: readonly RawMessage[], work: (storing: Storing) => Promise<void>): Promise<void> {
    const bytes = batch.reduce((sum, { value }) => sum + value.length, 0)
    const startedAt = performance.now()
    this.inFlightBytes += bytes
    try {
      await this.traced(batch, work)
      this.batches.observe({}, batch.length)
      this.seconds.observe({}, (performance.now() - startedAt) / 1000)
    } catch (error) {
      this.storeErrors.add({ code: codeOf(error) ?? 'failed' })
      throw error
    } finally {
      this.inFlightBytes -= bytes
    }
  }

  stored(events: readonly Place[]): void {
    for (const { type, ts, outcome } of events) {
      this.newestUs = Math.max(this.newestUs, Number(ts))
      if (type === 'recording.gap') this.gaps.add({ reason: outcome })
    }
    this.events.add({}, events.length)
  }

  setAside(reason: RejectReason): void {
    this.deadLetters.add({ reason })
  }

  private traced(batch: readonly RawMessage[], work: (storing: Storing) => Promise<void>): Promise<void> {
    const [first, last] = [batch[0]?.at, batch.at(-1)?.at]
    const attributes = {
      'messaging.system': 'kafka',
      'messaging.batch.message_count': batch.length,
      'messaging.destination.partition.id': first?.partition ?? '',
      'hoptrace.offset.first': first?.offset ?? 0,
      'hoptrace.offset.last': last?.offset ?? 0,
    }
    return this.tracing.handling(traceparentsOf(batch), attributes, ({ storing }) =>
      work((rows, insert) => storing({ 'db.system.name': 'clickhouse', 'db.operation.batch.size': rows }, insert)),
    )
  }
}

// Read only when somebody traces: turning headers into text costs something with every message.
function* traceparentsOf(batch: readonly RawMessage[]): Generator<string | undefined> {
  for (const { headers } of batch) yield headers?.[TRACEPARENT]
}
