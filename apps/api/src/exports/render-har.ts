import type { EventOf } from '@hoptrace/events'
import { type HarExchange, harEntry } from './har-entry.ts'
import type { StoredEvent } from './stored-event.ts'

/** Exchanges that wait for their end: more, or larger ones, are written as far as they came. */
const MAX_WAITING = 1000
const MAX_WAITING_CHARACTERS = 32 * 1024 * 1024

/**
 * The requests of a session with their answers, as HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/), each
 * written when it is over: readers sort them by when they began. What was withheld or cut says so in comments.
 */
export async function* renderHar(events: AsyncIterable<StoredEvent>): AsyncGenerator<string> {
  const exchanges = new Exchanges()
  let isFirst = true
  const written = (entry: unknown) => {
    const comma = isFirst ? '' : ','
    isFirst = false
    return `${comma}\n${JSON.stringify(entry)}`
  }
  yield `{"log":{"version":"1.2","creator":{"name":"Hoptrace","version":"1"},"entries":[`
  for await (const { event } of events) for (const over of exchanges.add(event)) yield written(harEntry(over))
  for (const open of exchanges.end()) yield written(harEntry(open))
  yield '\n]}}\n'
}

class Exchanges {
  private readonly waiting = new Map<number, HarExchange & { characters: number }>()
  private isTls = false
  private characters = 0

  /** @returns exchanges that are over */
  add(event: StoredEvent['event']): HarExchange[] {
    if (event.type === 'session.started') this.isTls = event.body.tls
    if (event.type === 'http.request' || event.type === 'kubernetes.request') return this.begin(event)
    if (event.type !== 'http.response' && event.type !== 'http.ended') return []
    const exchange = this.waiting.get(event.body.request)
    if (!exchange) return []
    if (event.type === 'http.ended') return this.over(event.body.request, { ...exchange, end: event.body })
    if (exchange.answered) return []
    const answered = { ...exchange, answered: event, end: event.body.end ?? null, characters: exchange.characters + sizeOf(event) }
    if (answered.end) return this.over(event.body.request, answered)
    this.hold(event.body.request, answered)
    return this.excess()
  }

  *end(): Generator<HarExchange> {
    yield* this.waiting.values()
  }

  private begin(asked: HarExchange['asked']): HarExchange[] {
    if (this.waiting.has(asked.seq)) return []
    this.hold(asked.seq, { asked, answered: null, end: null, isTls: this.isTls, characters: sizeOf(asked) })
    return this.excess()
  }

  private hold(seq: number, exchange: HarExchange & { characters: number }): void {
    this.characters += exchange.characters - (this.waiting.get(seq)?.characters ?? 0)
    this.waiting.set(seq, exchange)
  }

  private over(seq: number, exchange: HarExchange): HarExchange[] {
    this.characters -= this.waiting.get(seq)?.characters ?? 0
    this.waiting.delete(seq)
    return [exchange]
  }

  private excess(): HarExchange[] {
    const over: HarExchange[] = []
    for (const [seq, exchange] of this.waiting) {
      if (this.waiting.size <= MAX_WAITING && this.characters <= MAX_WAITING_CHARACTERS) break
      over.push(...this.over(seq, exchange))
    }
    return over
  }
}

function sizeOf({ body }: HarExchange['asked'] | EventOf<'http.response'>): number {
  const data = body.body?.data
  return 1024 + (data === undefined ? 0 : 'utf8' in data ? data.utf8.length : data.base64.length)
}
