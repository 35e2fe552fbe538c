import { decodeBytes, type EventOf, printable, type SessionEvent } from '@hoptrace/events'
import { PlainLines, Utf8Stream } from '@hoptrace/terminal'
import { summaryOf } from './event-summary.ts'
import { instant } from './instant.ts'
import type { StoredEvent } from './stored-event.ts'

/** Channels whose lines are followed at once: one session can open very many. */
const MAX_STREAMS = 128

/**
 * A session as a transcript for reading: statements with the answers that were kept, commands, and a terminal's output as lines.
 * Colours, cursor movements and input that was typed without echo are left out; the JSONL holds everything.
 */
export async function* renderText(events: AsyncIterable<StoredEvent>): AsyncGenerator<string> {
  const transcript = new Transcript()
  for await (const { event } of events) yield* transcript.add(event)
  yield* transcript.end()
}

type Output = { prefix: string; text: Utf8Stream; lines: PlainLines }

class Transcript {
  private readonly outputs = new Map<string, Output>()
  private hasTitle = false;

  *add(event: SessionEvent): Generator<string> {
    if (!this.hasTitle) yield titleOf(event)
    this.hasTitle = true
    if (event.type === 'terminal.output') yield* this.output(event)
    else if (event.type === 'terminal.resize' || event.type === 'terminal.input') return
    else {
      if (event.type === 'ssh.exit' || event.type === 'kubernetes.exit') yield* this.endChannel(event.body.channel)
      yield heading(event)
      if (event.type === 'sql.result') yield* answer(event)
    }
  }

  *end(): Generator<string> {
    for (const key of [...this.outputs.keys()]) yield* this.endOutput(key)
  }

  private *output({ body }: EventOf<'terminal.output'>): Generator<string> {
    const key = `${body.channel} ${body.stream}`
    const oldest = this.outputs.keys().next().value
    if (!this.outputs.has(key) && this.outputs.size >= MAX_STREAMS && oldest !== undefined) yield* this.endOutput(oldest)
    const prefix = `  ${body.channel}${body.stream === 'stderr' ? '!' : '|'} `
    const output = this.outputs.get(key) ?? { prefix, text: new Utf8Stream(), lines: new PlainLines() }
    this.outputs.set(key, output)
    for (const line of output.lines.feed(output.text.decode(decodeBytes(body.data)))) yield `${prefix}${line}\n`
  }

  private *endChannel(channel: number): Generator<string> {
    for (const stream of ['stdout', 'stderr']) yield* this.endOutput(`${channel} ${stream}`)
  }

  private *endOutput(key: string): Generator<string> {
    const output = this.outputs.get(key)
    this.outputs.delete(key)
    if (!output) return
    const rest = [...output.lines.feed(output.text.end()), ...output.lines.end()]
    for (const line of rest) yield `${output.prefix}${line}\n`
  }
}

function titleOf({ sessionId, principal, rootPrincipal, target }: SessionEvent): string {
  const who = `${principal ?? 'unknown'} on behalf of ${rootPrincipal ?? 'unknown'}`
  const where = target === null ? 'no target' : `${target.account}@${target.name} (${target.protocol})`
  return printable(`Session ${sessionId}: ${who}, at ${where}. Times in UTC.\n\n`)
}

function heading(event: SessionEvent): string {
  const { text, outcome } = summaryOf(event)
  const [first = '', ...more] = text.split('\n')
  const head = [instant(event.ts), `#${event.seq}`, event.type, outcome && `[${outcome}]`, first].filter((part) => part !== '').join('  ')
  return [head, ...more.map((line) => `      ${line}`)].join('\n').concat('\n')
}

function* answer({ body }: EventOf<'sql.result'>): Generator<string> {
  if (body.columns.length > 0) yield record(body.columns.map(({ name }) => name))
  for (const row of body.sample) yield record(row.map((value) => value ?? 'NULL'))
  if (body.truncated) yield `      … ${body.truncated.kept} of ${body.truncated.total} kept\n`
}

/** Line ends inside of a value are shown, so that one row stays one line. */
function record(values: string[]): string {
  return `      ${values.map((value) => printable(value).replaceAll('\n', '⏎').replaceAll('\t', ' ')).join(' | ')}\n`
}
