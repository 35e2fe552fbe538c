import type { EventBody, EventType } from '@hoptrace/events'
import { type Counting, gatewayMetrics, type Measuring, type Metrics, relayMetrics, type Tracing } from '@hoptrace/telemetry'
import type { GatewayObserver } from '../gateway-observer.ts'

/** Counts what a gateway does, and traces what it publishes. */
export class GatewayCounts implements GatewayObserver {
  private readonly events: Counting<typeof gatewayMetrics.recorded.labels>
  private readonly decisions: Counting<typeof gatewayMetrics.decisions.labels>
  private readonly refused: Counting<typeof gatewayMetrics.refused.labels>
  private readonly gaps: Counting<typeof gatewayMetrics.gaps.labels>
  private readonly publishedEvents: Counting<typeof relayMetrics.published.labels>
  private readonly retries: Counting<typeof relayMetrics.retries.labels>
  private readonly batches: Measuring<typeof relayMetrics.batch.labels>
  private readonly seconds: Measuring<typeof relayMetrics.publishing.labels>

  constructor(
    metrics: Metrics,
    private readonly tracing: Tracing,
  ) {
    this.events = metrics.counter(gatewayMetrics.recorded)
    this.decisions = metrics.counter(gatewayMetrics.decisions)
    this.refused = metrics.counter(gatewayMetrics.refused)
    this.gaps = metrics.counter(gatewayMetrics.gaps)
    this.publishedEvents = metrics.counter(relayMetrics.published)
    this.retries = metrics.counter(relayMetrics.retries)
    this.batches = metrics.histogram(relayMetrics.batch)
    this.seconds = metrics.histogram(relayMetrics.publishing)
  }

  recorded<T extends EventType>(type: T, body: EventBody<T>): void {
    this.events.add({})
    if (type === 'access.decided') this.decided(body as EventBody<'access.decided'>)
    if (type === 'recording.gap') this.gaps.add({ reason: (body as EventBody<'recording.gap'>).reason })
  }

  published({ events, durationMs }: { events: number; durationMs: number }): void {
    this.publishedEvents.add({}, events)
    this.batches.observe({}, events)
    this.seconds.observe({}, durationMs / 1000)
  }

  retried(code: string): void {
    this.retries.add({ code })
  }

  publishing(events: number, publish: (headers: Record<string, string>) => Promise<void>): Promise<void> {
    return this.tracing.publishing({ 'messaging.system': 'kafka', 'messaging.batch.message_count': events }, publish)
  }

  private decided({ decision, reason, asked }: EventBody<'access.decided'>): void {
    this.decisions.add({ decision, protocol: asked.protocol })
    if (decision !== 'allow' && reason !== null) this.refused.add({ reason })
  }
}
