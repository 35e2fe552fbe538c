import type { SourceProgress, WatermarkNote } from '@hoptrace/events'
import { NotedSources } from './noted-sources.ts'
import type { NoteRef, Release } from './sorter.ts'
import { Watermarks } from './watermarks.ts'

export type EventTimeOptions = {
  /** Partitions of the notes, as `topic/partition`. */
  partitions: readonly string[]
  /** What is released stays this far behind the watermark, in µs of event time: clocks are set, and step back by a little. */
  marginUs: number
  /** A gateway that says nothing for this long is not waited for, in ms. */
  silenceMs: number
  /** No event is held for longer than this for want of a watermark, in ms; while a partition lags, that time stands still. */
  patienceMs: number
  /** A partition of the events that is further behind than this is not waited for, in ms. */
  lagMs: number
}

/** How far event time has come, as the notes tell: of each tenant by itself, so that one whose gateways are slow holds no other up. */
export class EventTime {
  /** Gateways that are not waited for, as tenant/gateway. */
  silent: readonly string[] = []
  private readonly sources: NotedSources
  private readonly watermarks = new Map<string, Watermarks>()
  /** Tenant → how far its event time had come when that was looked at last, and up to where all is linked, in µs. */
  private reachedUs = new Map<string, number>()
  private readonly linkedUs = new Map<string, number>()

  constructor(private readonly options: EventTimeOptions) {
    this.sources = new NotedSources(options.partitions, options.lagMs)
  }

  /** A note has come of something that this gateway recorded. @param nowMs when; only differences matter */
  met(tenant: string, gateway: string, nowMs: number): void {
    this.of(tenant).met(gateway, nowMs)
  }

  /** A heartbeat's note has come. @param ref where it stood */
  heard({ tenant, gatewayId: gateway, source, ends, ts }: WatermarkNote, ref: NoteRef, nowMs: number): void {
    this.of(tenant).observe({ gateway, source, ends, tsUs: Number(ts), ref }, nowMs)
  }

  /** @param partition of the notes, in which it was told how far the events were noted */
  progressed(partition: string, sources: readonly SourceProgress[], nowMs: number): void {
    this.sources.observe(partition, sources, nowMs)
  }

  /** What is to be held no longer. */
  due(nowMs: number): Release {
    const states = new Map([...this.watermarks].map(([tenant, watermarks]) => [tenant, watermarks.state(nowMs)]))
    this.silent = [...states].flatMap(([tenant, { silent }]) => silent.map((gateway) => `${tenant}/${gateway}`))
    this.reachedUs = new Map(
      [...states].flatMap(([tenant, { reachedUs }]) => (reachedUs === null ? [] : [[tenant, reachedUs - this.options.marginUs] as const])),
    )
    const overdueMs = this.sources.currentToMs(null, nowMs) - this.options.patienceMs
    return { reachedUs: (tenant) => this.reachedUs.get(tenant) ?? null, overdueMs }
  }

  /**
   * Up to where everything of a tenant is linked, now that it is up to `toUs`. What is linked late takes nothing back; what a clock put
   * years ahead says nothing of what comes before it.
   */
  linkedTo(tenant: string, toUs: number): number {
    const reachedUs = this.reachedUs.get(tenant)
    if (reachedUs === undefined) return toUs
    const linkedUs = Math.max(this.linkedUs.get(tenant) ?? 0, Math.min(toUs, reachedUs))
    this.linkedUs.set(tenant, linkedUs)
    return linkedUs
  }

  /** Notes of heartbeats that say nothing any more, since they were asked for last. The others need to be read again after a restart. */
  takeSuperseded(): NoteRef[] {
    return [...this.watermarks.values()].flatMap((watermarks) => watermarks.takeSuperseded())
  }

  private of(tenant: string): Watermarks {
    const { silenceMs, lagMs } = this.options
    const watermarks = this.watermarks.get(tenant) ?? new Watermarks(this.sources, silenceMs, lagMs)
    this.watermarks.set(tenant, watermarks)
    return watermarks
  }
}
