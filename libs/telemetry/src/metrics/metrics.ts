import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { everyProcess } from '../catalogue/every-process.ts'
import {
  type CounterDefinition,
  type GaugeDefinition,
  type HistogramDefinition,
  type LabelDomains,
  type LabelValues,
} from './definition.ts'
import { LabelGuard } from './label-guard.ts'

/** Readings of a metric at one moment: a number, or one for each set of labels. */
export type Readings<D extends LabelDomains> = number | readonly (readonly [LabelValues<D>, number])[]

export type Reader<D extends LabelDomains> = () => Readings<D> | Promise<Readings<D>>

/** Counts up from zero. */
export type Counting<D extends LabelDomains> = { add(labels: LabelValues<D>, by?: number): void }
/** Records sizes or durations. */
export type Measuring<D extends LabelDomains> = { observe(labels: LabelValues<D>, value: number): void }

/** The metrics of one process: a registry of its own, with Node's (CPU, memory, event-loop lag, collections) in it. */
export class Metrics {
  private readonly registry = new Registry()
  private readonly unread: Counting<Record<never, never>>

  /** @param version of the program */
  constructor(version: string) {
    collectDefaultMetrics({ register: this.registry })
    this.unread = this.counter(everyProcess.unreadMetrics)
    this.gaugeFrom(everyProcess.build, () => [[{ version }, 1]])
  }

  counter<D extends LabelDomains>(definition: CounterDefinition<D>): Counting<D> {
    const metric = new Counter({ ...this.configure(definition), labelNames: Object.keys(definition.labels) })
    const guard = new LabelGuard(definition.labels)
    return { add: (labels, by = 1) => metric.inc(guard.bound(labels), by) }
  }

  /** A counter that somebody else keeps; it is read when metrics are asked for. */
  countFrom<D extends LabelDomains>(definition: CounterDefinition<D>, read: Reader<D>): void {
    const guard = new LabelGuard(definition.labels)
    const reading = () => this.read(read, guard)
    new Counter({
      ...this.configure(definition),
      labelNames: Object.keys(definition.labels),
      async collect() {
        const readings = await reading()
        this.reset()
        for (const [labels, value] of readings) this.inc(labels, value)
      },
    })
  }

  /** A level that is read when metrics are asked for. */
  gaugeFrom<D extends LabelDomains>(definition: GaugeDefinition<D>, read: Reader<D>): void {
    const guard = new LabelGuard(definition.labels)
    const reading = () => this.read(read, guard)
    new Gauge({
      ...this.configure(definition),
      labelNames: Object.keys(definition.labels),
      async collect() {
        const readings = await reading()
        this.reset()
        for (const [labels, value] of readings) this.set(labels, value)
      },
    })
  }

  histogram<D extends LabelDomains>(definition: HistogramDefinition<D>): Measuring<D> {
    const metric = new Histogram({
      ...this.configure(definition),
      labelNames: Object.keys(definition.labels),
      buckets: [...definition.buckets],
    })
    const guard = new LabelGuard(definition.labels)
    return { observe: (labels, value) => metric.observe(guard.bound(labels), value) }
  }

  /** In Prometheus' text format. */
  text(): Promise<string> {
    return this.registry.metrics()
  }

  get contentType(): string {
    return this.registry.contentType
  }

  private configure({ name, help }: { name: string; help: string }) {
    return { name, help, registers: [this.registry] }
  }

  // One reading that fails must not cost all the others.
  private async read<D extends LabelDomains>(read: Reader<D>, guard: LabelGuard): Promise<[Record<string, string>, number][]> {
    try {
      const readings = await read()
      const all = typeof readings === 'number' ? [[{}, readings] as const] : readings
      return all.filter(([, value]) => Number.isFinite(value)).map(([labels, value]) => [guard.bound(labels), value])
    } catch {
      this.unread.add({})
      return []
    }
  }
}
