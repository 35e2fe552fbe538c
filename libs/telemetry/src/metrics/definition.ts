/** What a label may say: one of these words, or at most so many names that the operator's own configuration brings in. */
export type LabelDomain = readonly string[] | { readonly atMost: number }
export type LabelDomains = Readonly<Record<string, LabelDomain>>

/** Values for the labels of a metric. Nothing that was recorded is ever one of them. */
export type LabelValues<D extends LabelDomains> = {
  readonly [Label in keyof D]: D[Label] extends readonly (infer Word extends string)[] ? Word : string
}

type Definition<K extends string, D extends LabelDomains> = {
  readonly kind: K
  readonly name: string
  readonly help: string
  readonly labels: D
}

export type CounterDefinition<D extends LabelDomains = LabelDomains> = Definition<'counter', D>
export type GaugeDefinition<D extends LabelDomains = LabelDomains> = Definition<'gauge', D>
export type HistogramDefinition<D extends LabelDomains = LabelDomains> = Definition<'histogram', D> & {
  /** Upper bounds, ascending. */
  readonly buckets: readonly number[]
}
export type MetricDefinition = CounterDefinition | GaugeDefinition | HistogramDefinition

/** Fast writes to slow stores, in seconds. */
export const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const
/** Messages of a batch. */
export const COUNTS = [1, 10, 50, 100, 500, 1_000, 2_500, 5_000, 10_000, 25_000] as const

type None = Record<never, never>

export function counter(name: string, help: string): CounterDefinition<None>
export function counter<const D extends LabelDomains>(name: string, help: string, labels: D): CounterDefinition<D>
export function counter(name: string, help: string, labels: LabelDomains = {}): CounterDefinition {
  return { kind: 'counter', name, help, labels }
}

export function gauge(name: string, help: string): GaugeDefinition<None>
export function gauge<const D extends LabelDomains>(name: string, help: string, labels: D): GaugeDefinition<D>
export function gauge(name: string, help: string, labels: LabelDomains = {}): GaugeDefinition {
  return { kind: 'gauge', name, help, labels }
}

export function histogram(name: string, help: string, buckets: readonly number[]): HistogramDefinition<None>
export function histogram<const D extends LabelDomains>(
  name: string,
  help: string,
  buckets: readonly number[],
  labels: D,
): HistogramDefinition<D>
export function histogram(name: string, help: string, buckets: readonly number[], labels: LabelDomains = {}): HistogramDefinition {
  return { kind: 'histogram', name, help, buckets, labels }
}
