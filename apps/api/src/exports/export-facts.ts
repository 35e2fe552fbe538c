import { type SequenceReport, SequenceWalk, type SessionEvent, Truncation } from '@hoptrace/events'
import { z } from 'zod'
import type { StoredEvent } from './stored-event.ts'

/** A manifest tells this many of each; counts go on. */
const MAX_TOLD = 10_000
const MAX_CHANNELS = 256

const Cut = z.object({ truncated: Truncation })
export type ToldTruncation = Truncation & { seq: number; type: string; at: string }

/** What a manifest says of the events, gathered in one pass. */
export class ExportFacts {
  tenant: string | null = null
  events = 0
  firstTs: string | null = null
  lastTs: string | null = null
  firstHash: string | null = null
  lastHash: string | null = null
  hiddenInputs = 0
  /** Are there requests over HTTP, a Kubernetes API's among them? */
  hasRequests = false
  truncationCount = 0
  /** Events in which secrets are hidden. */
  maskedEvents = 0
  /** Gapless spans of seq, both ends included. */
  readonly seqRanges: [number, number][] = []
  readonly truncations: ToldTruncation[] = []
  /** Channels with something to play. */
  readonly channels = new Set<number>()
  private readonly walk = new SequenceWalk()

  /** @param expectedLastSeq from the gateway's heartbeats, so that a lost tail shows; null when none named the session */
  constructor(private readonly expectedLastSeq: number | null) {}

  add({ event, hash, isMasked = false }: StoredEvent): void {
    if (isMasked) this.maskedEvents += 1
    this.events += 1
    this.tenant ??= event.tenant
    this.firstTs ??= event.ts
    this.firstHash ??= hash
    this.lastTs = event.ts
    this.lastHash = hash
    this.walk.add({ seq: event.seq, type: event.type, prevHash: event.prevHash, hash })
    this.span(event.seq)
    this.hasRequests ||= event.type === 'http.request' || event.type === 'kubernetes.request'
    if (event.type === 'terminal.input' && !event.body.isEchoed) this.hiddenInputs += 1
    if (event.type === 'terminal.output' && this.channels.size < MAX_CHANNELS) this.channels.add(event.body.channel)
    this.findTruncations(event)
  }

  sequence(): SequenceReport {
    return this.walk.report(this.expectedLastSeq)
  }

  private span(seq: number): void {
    const range = this.seqRanges.at(-1)
    if (range && seq <= range[1]) return
    if (range && seq === range[1] + 1) range[1] = seq
    else told(this.seqRanges, [seq, seq])
  }

  private findTruncations({ seq, type, body, observablesTruncated }: SessionEvent): void {
    if (observablesTruncated) this.truncated({ seq, type, at: '/observables', ...observablesTruncated })
    const within = (value: unknown, at: string) => {
      const truncation = Cut.safeParse(value).data?.truncated
      if (truncation) this.truncated({ seq, type, at, ...truncation })
    }
    within(body, '/body')
    for (const [member, value] of Object.entries(body)) {
      if (!Array.isArray(value)) within(value, `/body/${member}`)
      else if (member === 'params') for (const [index, item] of value.entries()) within(item, `/body/${member}/${index}`)
    }
  }

  private truncated(truncation: ToldTruncation): void {
    this.truncationCount += 1
    told(this.truncations, truncation)
  }
}

function told<T>(list: T[], item: T): void {
  if (list.length < MAX_TOLD) list.push(item)
}
