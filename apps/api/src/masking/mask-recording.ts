import { decodeBytes, type EventOf, encodeBytes, type SessionEvent } from '@hoptrace/events'
import { BYTE_MARK, maskEvent } from './mask-event.ts'
import { hidden, type Span, secretSpans } from './secret-ranges.ts'

/** A word that is not over after so much is looked at in what there is of it. */
const MAX_HELD_EVENTS = 512
const MAX_HELD_BYTES = 256 * 1024
/** What stands before a word on its line may call it a secret: so much of it is remembered, of so many streams. */
const MAX_LINE = 512
const MAX_LINES = 256

type TerminalEvent = EventOf<'terminal.output'> | EventOf<'terminal.input'>

/**
 * The events with their secrets hidden. A terminal gives words in pieces, often of one key each: events wait until no stream ends
 * in the middle of a word, and each stream is looked at as one text, after what its line began with.
 * @param onMasked told how many values were hidden, each time that some were
 */
export async function* maskRecording(
  events: AsyncIterable<SessionEvent>,
  onMasked: (count: number) => void = () => undefined,
): AsyncGenerator<SessionEvent> {
  const lines = new Lines()
  let held = new Held(lines)
  for await (const event of events) {
    held.add(event)
    if (held.isInWord && !held.isFull) continue
    yield* held.masked(onMasked)
    held = new Held(lines)
  }
  yield* held.masked(onMasked)
}

/** How the unfinished line of each stream begins. */
class Lines {
  private readonly begun = new Map<string, string>()

  of(stream: string): string {
    return this.begun.get(stream) ?? ''
  }

  goOn(stream: string, text: string): void {
    const line = (this.of(stream) + text).slice(-MAX_LINE)
    const begun = line.slice(Math.max(line.lastIndexOf('\r'), line.lastIndexOf('\n')) + 1)
    this.begun.delete(stream)
    const [oldest] = this.begun.keys()
    if (this.begun.size >= MAX_LINES && oldest !== undefined) this.begun.delete(oldest)
    if (begun !== '') this.begun.set(stream, begun)
  }
}

class Held {
  private readonly events: SessionEvent[] = []
  private readonly streams = new Map<string, TerminalEvent[]>()
  private readonly unfinished = new Set<string>()
  private bytes = 0

  constructor(private readonly lines: Lines) {}

  add(event: SessionEvent): void {
    this.events.push(event)
    if (!isTerminal(event)) return
    const stream = streamOf(event)
    const data = decodeBytes(event.body.data)
    const last = data.at(-1)
    this.bytes += data.length
    this.streams.set(stream, [...(this.streams.get(stream) ?? []), event])
    if (last !== undefined && isOfWord(last)) this.unfinished.add(stream)
    else this.unfinished.delete(stream)
  }

  get isInWord(): boolean {
    return this.unfinished.size > 0
  }

  get isFull(): boolean {
    return this.events.length >= MAX_HELD_EVENTS || this.bytes >= MAX_HELD_BYTES
  }

  *masked(onMasked: (count: number) => void): Generator<SessionEvent> {
    const shown = new Map<SessionEvent, SessionEvent>()
    let count = 0
    for (const [stream, pieces] of this.streams) count += maskPieces(pieces, this.lines, stream, shown)
    for (const event of this.events) {
      // Each alone too: what was presented stands in its event's observables.
      const { shown: alone, masked } = maskEvent(shown.get(event) ?? event)
      count += masked
      yield alone
    }
    if (count > 0) onMasked(count)
  }
}

/** Hides what stands in the pieces of one stream taken together. @returns how many values that were */
function maskPieces(pieces: readonly TerminalEvent[], lines: Lines, stream: string, shown: Map<SessionEvent, SessionEvent>): number {
  const parts = pieces.map(({ body }) => decodeBytes(body.data).toString('latin1'))
  const text = parts.join('')
  const before = lines.of(stream)
  lines.goOn(stream, text)
  // What is alone on its line is looked at as an event.
  if (parts.length === 1 && before === '') return 0
  const spans = secretSpans(before + text).filter(([, to]) => to > before.length)
  let start = before.length
  for (const [index, part] of parts.entries()) {
    const within = spans.flatMap(([from, to]): Span[] => {
      const span: Span = [Math.max(0, from - start), Math.min(part.length, to - start)]
      return span[0] < span[1] ? [span] : []
    })
    const event = pieces[index]
    if (event && within.length > 0) shown.set(event, withData(event, Buffer.from(hidden(part, within, BYTE_MARK), 'latin1')))
    start += part.length
  }
  return spans.length
}

function withData(event: TerminalEvent, data: Buffer): TerminalEvent {
  return { ...event, body: { ...event.body, data: encodeBytes(data) } } as TerminalEvent
}

function isTerminal(event: SessionEvent): event is TerminalEvent {
  return event.type === 'terminal.output' || (event.type === 'terminal.input' && event.body.isEchoed)
}

function streamOf({ type, body }: TerminalEvent): string {
  return `${type} ${body.channel} ${'stream' in body ? body.stream : ''}`
}

// White space, controls and quotes end a word.
function isOfWord(byte: number): boolean {
  return byte > 0x20 && byte !== 0x7f && !'\'"`,;|<>(){}[]\\'.includes(String.fromCharCode(byte))
}
