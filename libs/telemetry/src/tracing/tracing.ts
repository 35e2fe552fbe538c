import { setTimeout as sleep } from 'node:timers/promises'
import { type Attributes, type Context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, NodeTracerProvider, ParentBasedSampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-node'
import { codeOf } from '../ops/checks.ts'
import type { TracingSettings } from '../settings.ts'
import { formatTraceparent, parseTraceparent, TRACEPARENT } from './traceparent.ts'

/** Counts and coordinates. Text only where it names a topic, a table or a code. */
export type SpanAttributes = Attributes

const EXPORT_EVERY_MS = 1_000
const EXPORT_WITHIN_MS = 5_000
const CLOSE_WITHIN_MS = 2_000
const MAX_QUEUED = 2_048
/** Traces of one batch that are followed; with sampling there are few. */
const MAX_FOLLOWED = 32

/** Traces of batches, from the gateway's relay to the store. A tracing without settings costs nothing and says nothing. */
export class Tracing {
  private readonly provider: NodeTracerProvider | null

  /** @param process becomes `service.name` */
  constructor(process: string, version: string, settings: TracingSettings | null) {
    this.provider = settings === null ? null : providerOf(process, version, settings)
  }

  /** Runs the publishing of a batch in a span of its own. @param work gets the headers that carry the trace on */
  async publishing<T>(attributes: SpanAttributes, work: (headers: Record<string, string>) => Promise<T>): Promise<T> {
    if (this.provider === null) return work({})
    const span = this.begin('hoptrace.relay.publish', SpanKind.PRODUCER, ROOT_CONTEXT, attributes)
    const { traceFlags } = span.spanContext()
    return ending([span], () => work(traceFlags === 0 ? {} : { [TRACEPARENT]: formatTraceparent(span.spanContext()) }))
  }

  /**
   * Runs the handling of a batch that was received in one span for each sampled trace in it.
   * @param traceparents headers of its messages, in any form
   */
  async handling<T>(
    traceparents: Iterable<string | undefined>,
    attributes: SpanAttributes,
    work: (batch: TracedBatch) => Promise<T>,
  ): Promise<T> {
    if (this.provider === null) return work(UNTRACED)
    const spans = contextsOf(traceparents).map((context) => this.begin('hoptrace.ingest.batch', SpanKind.CONSUMER, context, attributes))
    return ending(spans, () => work({ storing: (stored, insert) => this.storing(spans, stored, insert) }))
  }

  /** Sends what has not been sent, in so far as a receiver takes it soon: no process stays for its traces. */
  async close(): Promise<void> {
    if (this.provider === null) return
    await Promise.race([this.provider.shutdown().catch(() => undefined), sleep(CLOSE_WITHIN_MS, undefined, { ref: false })])
  }

  private storing<T>(parents: readonly Span[], attributes: SpanAttributes, insert: () => Promise<T>): Promise<T> {
    const children = parents.map((parent) =>
      this.begin('hoptrace.store.insert', SpanKind.CLIENT, trace.setSpan(ROOT_CONTEXT, parent), attributes),
    )
    return ending(children, insert)
  }

  private begin(name: string, kind: SpanKind, parent: Context, attributes: SpanAttributes): Span {
    const tracer = (this.provider ?? trace).getTracer('hoptrace')
    return tracer.startSpan(name, { kind, attributes }, parent)
  }
}

export type TracedBatch = {
  /** Runs the insert in a span that ends when the store has acknowledged it. */
  storing<T>(attributes: SpanAttributes, insert: () => Promise<T>): Promise<T>
}

const UNTRACED: TracedBatch = { storing: (_, insert) => insert() }

function providerOf(process: string, version: string, settings: TracingSettings): NodeTracerProvider {
  const exporter = new OTLPTraceExporter({ url: settings.url, timeoutMillis: EXPORT_WITHIN_MS })
  const batches = { scheduledDelayMillis: EXPORT_EVERY_MS, maxQueueSize: MAX_QUEUED, exportTimeoutMillis: EXPORT_WITHIN_MS }
  return new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': `hoptrace-${process}`, 'service.version': version }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(settings.ratio) }),
    spanProcessors: [new BatchSpanProcessor(exporter, batches)],
  })
}

function contextsOf(traceparents: Iterable<string | undefined>): Context[] {
  const distinct = new Set<string>()
  for (const text of traceparents) {
    if (text !== undefined && distinct.size < MAX_FOLLOWED) distinct.add(text)
  }
  return [...distinct].flatMap((text) => {
    const parent = parseTraceparent(text)
    return parent === null || parent.traceFlags === 0 ? [] : [trace.setSpanContext(ROOT_CONTEXT, parent)]
  })
}

async function ending<T>(spans: readonly Span[], work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    // The code alone: an error's message may quote what was being handled.
    for (const span of spans) span.setStatus({ code: SpanStatusCode.ERROR, message: codeOf(error) ?? 'failed' })
    throw error
  } finally {
    for (const span of spans) span.end()
  }
}
