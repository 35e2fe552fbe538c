import { type EventBody, type EventType, encodeBytes } from '@hoptrace/events'
import { pieces } from '../utf8.ts'
import type { Broken, CastEvent, CastHeader, CastItem } from './cast.ts'

/** Text of one event, in UTF-16 units: its JSON is at most six times as long, inside the limit of an event. */
const MAX_UNITS = 64 * 1024
const CHANNEL = 0

export type ImportedEvent = { [T in EventType]: { kind: 'event'; type: T; elapsedUs: number; body: EventBody<T> } }[EventType]

/** The bodies of a session's events, from the items of an asciicast. Ends with `broken` where the file does. */
export async function* importedEvents(
  items: AsyncIterable<CastItem> | Iterable<CastItem>,
  file: { name: string; sha256: string },
): AsyncGenerator<ImportedEvent | Broken> {
  const session = new ImportedSession(file)
  for await (const item of items) {
    if (item.kind === 'broken') return yield item
    yield* session.eventsOf(item)
  }
  yield session.end()
}

class ImportedSession {
  private readonly counts = { stdoutBytes: 0, stderrBytes: 0, stdinBytes: 0 }
  private elapsedUs = 0
  private unknown = 0

  constructor(private readonly file: { name: string; sha256: string }) {}

  *eventsOf(item: Exclude<CastItem, Broken>): Generator<ImportedEvent> {
    if (item.kind === 'unknown') this.unknown += 1
    else if (item.kind === 'header') yield* this.start(item.header)
    else yield* this.recorded(item.event)
  }

  end(): ImportedEvent {
    const message = this.unknown === 0 ? null : `${this.unknown} events of unknown codes were passed over`
    return { kind: 'event', type: 'session.ended', elapsedUs: this.elapsedUs, body: { reason: 'imported', message } }
  }

  private *start(header: CastHeader): Generator<ImportedEvent> {
    const imported = { file: cut(this.file.name), sha256: this.file.sha256, format: `asciicast-v${header.version}` }
    yield { kind: 'event', type: 'session.started', elapsedUs: 0, body: { client: null, database: null, tls: false, imported } }
    const pty = { term: cut(header.term ?? ''), cols: header.cols, rows: header.rows }
    yield { kind: 'event', type: 'ssh.exec', elapsedUs: 0, body: { channel: CHANNEL, ...commandOf(header), pty } }
  }

  private *recorded(event: CastEvent): Generator<ImportedEvent> {
    const at = { kind: 'event' as const, elapsedUs: event.elapsedUs }
    this.elapsedUs = event.elapsedUs
    if (event.code === 'o') {
      for (const data of this.counted(event.data, 'stdoutBytes')) {
        yield { ...at, type: 'terminal.output', body: { channel: CHANNEL, stream: 'stdout', data } }
      }
    } else if (event.code === 'i') {
      for (const data of this.counted(event.data, 'stdinBytes')) {
        yield { ...at, type: 'terminal.input', body: { channel: CHANNEL, data, isEchoed: true } }
      }
    } else if (event.code === 'r') {
      yield { ...at, type: 'terminal.resize', body: { channel: CHANNEL, cols: event.cols, rows: event.rows } }
    } else if (event.code === 'm') {
      yield { ...at, type: 'terminal.marker', body: { channel: CHANNEL, label: cut(event.data) } }
    } else {
      yield { ...at, type: 'ssh.exit', body: { channel: CHANNEL, status: event.status, signal: null, ...this.counts } }
    }
  }

  private *counted(text: string, direction: 'stdoutBytes' | 'stdinBytes') {
    for (const piece of pieces(text.toWellFormed(), MAX_UNITS)) {
      const bytes = Buffer.from(piece, 'utf8')
      this.counts[direction] += bytes.length
      yield encodeBytes(bytes)
    }
  }
}

function commandOf({ command }: CastHeader): Pick<EventBody<'ssh.exec'>, 'command' | 'truncated'> {
  if (command === null) return { command }
  const kept = cut(command)
  return kept.length === command.length ? { command: kept } : { command: kept, truncated: { kept: kept.length, total: command.length } }
}

/** Text of a header or a mark: well formed, and no longer than an event can carry. */
function cut(text: string): string {
  const [first = ''] = pieces(text.toWellFormed(), MAX_UNITS / 2)
  return first
}
