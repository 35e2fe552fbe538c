import { hashOf, type SessionEvent } from '@hoptrace/events'
import { SessionEvents, type Store } from '@hoptrace/store'
import { eventOf } from '../../../events/event-row.ts'
import { maskedEvents } from '../../../masking/masked-events.ts'
import { ExportFacts } from '../../export-facts.ts'
import { encoded, type StoredEvent } from '../../stored-event.ts'
import type { Requester } from '../scope.ts'

/** A stretch of a session or of a gateway's own stream, both ends included. It does not move while it is read. */
export type Stretch = {
  id: string
  from: number
  to: number
  /** The highest seq that a heartbeat named; null when none did, or when the stretch ends before it. */
  lastSeqSaid: number | null
}

/** Its events as its requester may have them, one a line. What they add up to is in `facts` once all lines were read. */
export class RecordedStream {
  readonly facts: ExportFacts
  /** Seqs whose stored content does not have the stored hash. The first 1000. */
  readonly wrongHashes = new Set<number>()
  /** `prevHash` of the first event. */
  firstPrevHash: string | null = null

  constructor(
    private readonly store: Store,
    private readonly requester: Requester,
    readonly stretch: Stretch,
  ) {
    this.facts = new ExportFacts(stretch.lastSeqSaid)
  }

  /** Each event whole, as it is stored, or with its secrets hidden and a member that says so. */
  async *eventLines(): AsyncGenerator<string> {
    for await (const event of this.events()) {
      this.note(event)
      yield `${encoded(event)}\n`
    }
  }

  /** What the chain of hashes is made of, and the digests of values: nothing that was said. */
  async *linkLines(): AsyncGenerator<string> {
    for await (const event of this.stored()) {
      this.note(event)
      yield `${JSON.stringify(linkOf(event))}\n`
    }
  }

  /** For what is played: without notes. */
  async *recording(): AsyncGenerator<SessionEvent> {
    for await (const { event } of this.events()) yield event
  }

  private events(): AsyncIterable<StoredEvent> {
    return this.requester.isRevealed ? this.stored() : maskedEvents(this.stored())
  }

  private async *stored(): AsyncGenerator<StoredEvent> {
    const { id, from, to } = this.stretch
    for await (const row of new SessionEvents(this.store).streamBySession(this.requester.tenant, id, { from, to })) {
      if (hashOf(row.content) !== row.hash && this.wrongHashes.size < MAX_TOLD) this.wrongHashes.add(row.seq)
      yield { event: eventOf(row), content: row.content, hash: row.hash }
    }
  }

  private note(event: StoredEvent): void {
    this.firstPrevHash ??= event.event.prevHash
    this.facts.add(event)
  }
}

const MAX_TOLD = 1000

function linkOf({ event, hash }: StoredEvent) {
  const { sessionId, seq, ts, elapsedUs, prevHash, observables } = event
  const type = event.type === 'unknown' ? event.recordedType : event.type
  const digests = observables.map(({ kind, role, digest, keyId }) => ({ kind, role, digest, keyId }))
  return { sessionId, seq, ts, elapsedUs, type, observables: digests, prevHash, hash, contentLeftOut: true }
}
