import type { EventType } from '@hoptrace/events'
import { type PlayerEvent, type ReplayIndex, ReplayIndexBuilder, type Segment, segmentEvents, segmentsOf } from '@hoptrace/terminal'
import type { EventsQueries } from '../events/events.queries.ts'
import { maskRecording } from '../masking/mask-recording.ts'
import type { PerTenant } from '../tenancy/per-tenant.ts'
import { loadPlayerEmulator } from './player-emulator.ts'

/** One way to play a session. `through` pins what is played of a session that goes on. */
export type ReplayOf = {
  tenant: string
  /** Are secrets played as they were? */
  isRevealed: boolean
  session: string
  through: number
  channel: number | undefined
  idleSeconds: number | undefined
  /** Does the session hold requests too? */
  isOfRequests: boolean
}

/** What terminals are made of: of a session of requests, nothing else plays. */
export const TERMINAL_TYPES: readonly EventType[] = [
  'kubernetes.exec',
  'kubernetes.exit',
  'terminal.input',
  'terminal.marker',
  'terminal.output',
  'terminal.resize',
]

/** Over HTTP and Kubernetes a session is requests, some of which open terminals. */
export function isOfRequests(types: readonly { type: string }[]): boolean {
  return types.some(({ type }) => type === 'kubernetes.request' || type === 'http.request')
}

type Plan = { index: ReplayIndex; segments: Omit<Segment, 'events' | 'pauses'>[]; bytes: number; masked: number }

type Span = { from: number; to: number }

/** Events before and after a segment that a word in it may belong to. */
const AROUND = 256
const MAX_PLANS = 32
const MAX_BYTES = 128 * 1024 * 1024

/**
 * Plays sessions in segments. Cutting one reads it once; the plan (where each segment begins, and its keyframe) is kept,
 * and a segment's events are read again when the player asks for them.
 */
export class Replays {
  private readonly plans = new Map<string, Promise<Plan>>()
  private readonly emulator = loadPlayerEmulator()

  constructor(private readonly events: PerTenant<EventsQueries>) {}

  async index(of: ReplayOf): Promise<ReplayIndex & { masked: number }> {
    const { index, masked } = await this.plan(of)
    return { ...index, masked }
  }

  /** Null when the recording has no such segment. */
  async segment(
    of: ReplayOf,
    number: number,
  ): Promise<{ snapshot: Segment['snapshot']; events: PlayerEvent[]; toSeq: number; fromSeq: number; masked: number } | null> {
    const segment = (await this.plan(of)).segments[number]
    if (!segment) return null
    const { fromSeq, toSeq, snapshot } = segment
    let masked = 0
    const recording = this.recording(of, { from: fromSeq, to: toSeq }, (count) => (masked += count))
    const events = await segmentEvents(segment, recording, optionsOf(of))
    return { snapshot, fromSeq, toSeq, events, masked }
  }

  private plan(of: ReplayOf): Promise<Plan> {
    const key = JSON.stringify([of.tenant, of.isRevealed, of.session, of.through, of.channel ?? null, of.idleSeconds ?? null])
    const known = this.plans.get(key)
    // Taken out and put back, so that the least recently used stands first.
    this.plans.delete(key)
    const plan = known ?? this.cut(of)
    this.plans.set(key, plan)
    if (!known) {
      plan.then(
        () => this.evict(),
        () => this.plans.delete(key),
      )
    }
    return plan
  }

  private async cut(of: ReplayOf): Promise<Plan> {
    const plan: Omit<Plan, 'index'> = { segments: [], bytes: 0, masked: 0 }
    const builder = new ReplayIndexBuilder((number) => addressOf(of, number))
    const recording = this.recording(of, { from: 0, to: of.through }, (count) => (plan.masked += count))
    for await (const segment of segmentsOf(recording, { ...optionsOf(of), player: await this.emulator })) {
      builder.add(segment)
      const { events: _, pauses: __, ...start } = segment
      plan.segments.push(start)
      plan.bytes += start.snapshot.init.length * 2
    }
    return { ...plan, index: builder.index() }
  }

  // A word may lie across the ends of a segment: it is looked at whole.
  private async *recording(
    { tenant, session, through, isRevealed, isOfRequests }: ReplayOf,
    span: Span,
    onMasked: (count: number) => void,
  ) {
    const events = this.events.of(tenant)
    const types = isOfRequests ? TERMINAL_TYPES : []
    if (isRevealed) return yield* events.recording(session, span, types)
    const wider = { from: Math.max(0, span.from - AROUND), to: Math.min(through, span.to + AROUND) }
    for await (const event of maskRecording(events.recording(session, wider, types), onMasked)) {
      if (event.seq >= span.from && event.seq <= span.to) yield event
    }
  }

  private async evict(): Promise<void> {
    const held: { key: string; bytes: number }[] = []
    for (const [key, plan] of [...this.plans].toReversed()) held.push({ key, bytes: (await plan.catch(() => null))?.bytes ?? 0 })
    let bytes = 0
    for (const [at, one] of held.entries()) {
      bytes += one.bytes
      if (at > 0 && (at >= MAX_PLANS || bytes > MAX_BYTES)) this.plans.delete(one.key)
    }
  }
}

function optionsOf({ channel, idleSeconds }: ReplayOf) {
  return { channel, idleSeconds }
}

function addressOf({ session, through, channel, idleSeconds, isRevealed }: ReplayOf, number: number): string {
  const query = new URLSearchParams({ through: String(through) })
  if (channel !== undefined) query.set('channel', String(channel))
  if (idleSeconds !== undefined) query.set('idle', String(idleSeconds))
  if (isRevealed) query.set('reveal', '1')
  return `/api/v1/sessions/${session}/terminal/segments/${number}.json?${query}`
}
