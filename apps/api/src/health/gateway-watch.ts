import type { Store } from '@hoptrace/store'
import { ageOf, type BeatRow, lastBeats, SILENT_AFTER_MS } from './gateway-heartbeats.ts'
import { RepeatedLook } from './repeated-look.ts'

/** What an operator should hear, once each time that it becomes so. */
export type GatewayNotice =
  | { kind: 'silent'; gatewayId: string; ageMs: number }
  | { kind: 'heard'; gatewayId: string }
  /** Whether gateways are silent is not known now. */
  | { kind: 'unread'; error: unknown }

export type WatchedGateway = { gatewayId: string; isSilent: boolean; lastHeartbeatMs: number }

export type GatewayWatchOptions = {
  /** Milliseconds since the epoch. */
  now: () => number
  onNotice: (notice: GatewayNotice) => void
  /** How often it looks. Default 5 s. */
  everyMs?: number
}

/** Watches the stored heartbeats of all gateways, and tells when one falls silent. */
export class GatewayWatch {
  /** By tenant and name: each tenant calls its gateways as it likes. */
  private known = new Map<string, WatchedGateway>()
  private readonly looks: RepeatedLook

  constructor(
    private readonly store: Store,
    private readonly options: GatewayWatchOptions,
  ) {
    const onUnread = (error: unknown) => options.onNotice({ kind: 'unread', error })
    this.looks = new RepeatedLook(() => this.read(), { everyMs: options.everyMs ?? 5_000, onUnread })
  }

  /** Looks that failed. */
  get failures(): number {
    return this.looks.failures
  }

  /** As last seen, one of each name: of several tenants' the one that was not heard for longest. */
  get gateways(): readonly WatchedGateway[] {
    const newestFirst = [...this.known.values()].sort((a, b) => b.lastHeartbeatMs - a.lastHeartbeatMs)
    const ofName = new Map(newestFirst.map((gateway) => [gateway.gatewayId, gateway]))
    return [...ofName.values()].sort((a, b) => (a.gatewayId < b.gatewayId ? -1 : 1))
  }

  start(): void {
    this.looks.start()
  }

  /** Resolves when it no longer reads the store. */
  stop(): Promise<void> {
    return this.looks.stop()
  }

  /** One look at the store; one at a time. Never rejects. */
  look(): Promise<void> {
    return this.looks.look()
  }

  private async read(): Promise<void> {
    const nowMs = this.options.now()
    const beats = await lastBeats(this.store, null, nowMs)
    const before = this.known
    this.known = new Map(beats.map((beat) => [JSON.stringify([beat.tenant, beat.gatewayId]), watched(beat, nowMs)]))
    for (const [key, gateway] of this.known) this.tell(gateway, nowMs, before.get(key)?.isSilent ?? false)
  }

  private tell({ gatewayId, isSilent, lastHeartbeatMs }: WatchedGateway, nowMs: number, wasSilent: boolean): void {
    if (isSilent && !wasSilent) this.options.onNotice({ kind: 'silent', gatewayId, ageMs: nowMs - lastHeartbeatMs })
    if (!isSilent && wasSilent) this.options.onNotice({ kind: 'heard', gatewayId })
  }
}

function watched(beat: BeatRow, nowMs: number): WatchedGateway {
  return { gatewayId: beat.gatewayId, lastHeartbeatMs: Number(beat.ts) / 1000, isSilent: ageOf(beat, nowMs) > SILENT_AFTER_MS }
}
