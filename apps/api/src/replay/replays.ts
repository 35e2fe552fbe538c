import { type PlayerEvent, type ReplayIndex, ReplayIndexBuilder, type Segment, segmentEvents, segmentsOf } from '@hoptrace/terminal'
import type { EventsQueries } from '../events/events.queries.ts'
import { loadPlayerEmulator } from './player-emulator.ts'

/** One way to play a session. `through` pins what is played of a session that goes on. */
export type ReplayOf = { session: string; through: number; channel: number | undefined; idleSeconds: number | undefined }

type Plan = { index: ReplayIndex; segments: Omit<Segment, 'events' | 'pauses'>[]; bytes: number }

const MAX_PLANS = 32
const MAX_BYTES = 128 * 1024 * 1024

/**
 * Plays sessions in segments. Cutting one reads it once; the plan (where each segment begins, and its keyframe) is kept,
 * and a segment's events are read again when the player asks for them.
 */
export class Replays {
  private readonly plans = new Map<string, Promise<Plan>>()
  private readonly emulator = loadPlayerEmulator()

  constructor(private readonly events: EventsQueries) {}

  async index(of: ReplayOf): Promise<ReplayIndex> {
    return (await this.plan(of)).index
  }

  /** Null when the recording has no such segment. */
  async segment(
    of: ReplayOf,
    number: number,
  ): Promise<{ snapshot: Segment['snapshot']; events: PlayerEvent[]; toSeq: number; fromSeq: number } | null> {
    const segment = (await this.plan(of)).segments[number]
    if (!segment) return null
    const { fromSeq, toSeq, snapshot } = segment
    const recording = this.events.recording(of.session, { from: fromSeq, to: toSeq })
    return { snapshot, fromSeq, toSeq, events: await segmentEvents(segment, recording, optionsOf(of)) }
  }

  private plan(of: ReplayOf): Promise<Plan> {
    const key = JSON.stringify([of.session, of.through, of.channel ?? null, of.idleSeconds ?? null])
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
    const plan: Omit<Plan, 'index'> = { segments: [], bytes: 0 }
    const builder = new ReplayIndexBuilder((number) => addressOf(of, number))
    const recording = this.events.recording(of.session, { to: of.through })
    for await (const segment of segmentsOf(recording, { ...optionsOf(of), player: await this.emulator })) {
      builder.add(segment)
      const { events: _, pauses: __, ...start } = segment
      plan.segments.push(start)
      plan.bytes += start.snapshot.init.length * 2
    }
    return { ...plan, index: builder.index() }
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

function addressOf({ session, through, channel, idleSeconds }: ReplayOf, number: number): string {
  const query = new URLSearchParams({ through: String(through) })
  if (channel !== undefined) query.set('channel', String(channel))
  if (idleSeconds !== undefined) query.set('idle', String(idleSeconds))
  return `/api/v1/sessions/${session}/terminal/segments/${number}.json?${query}`
}
