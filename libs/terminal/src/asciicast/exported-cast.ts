import type { Recorded, RecordedOf, Recording } from '../recorded.ts'
import { shellWord } from '../text/program.ts'
import { Utf8Stream } from '../utf8.ts'
import type { CastEvent, CastHeader } from './cast.ts'
import { EventLines, headerLine } from './write-cast.ts'

export type CastExportOptions = {
  /** The channel to write. */
  channel: number
  /** Should input that was typed without echo (passwords) be written? */
  withHiddenInput: boolean
}

/**
 * A session's channel as asciicast v3, line by line. An asciicast holds text: bytes that are not UTF-8 become U+FFFD here,
 * and stay what they were in the JSONL export. Without a terminal, line feeds get the carriage return that a terminal would add.
 */
export async function* castLines(recording: Recording, options: CastExportOptions): AsyncGenerator<string> {
  const channel = new CastChannel(options)
  const lines = new EventLines()
  let hasHeader = false
  let startedAtUs: bigint | null = null
  for await (const event of recording) {
    startedAtUs ??= BigInt(event.ts) - BigInt(event.elapsedUs)
    const header = channel.headerOf(event, startedAtUs)
    const cast = channel.eventOf(event)
    if (!hasHeader && (header || cast)) {
      yield headerLine(header ?? DEFAULT_HEADER(startedAtUs))
      hasHeader = true
      // The header says it.
      if (cast?.code === 'r' && header) continue
    }
    if (cast) yield lines.line(cast)
  }
  if (!hasHeader) yield headerLine(DEFAULT_HEADER(startedAtUs))
  for (const rest of channel.end()) yield lines.line(rest)
}

const DEFAULT_HEADER = (startedAtUs: bigint | null): CastHeader => ({
  version: 3,
  cols: 80,
  rows: 24,
  term: null,
  startedAtUs: startedAtUs !== null && startedAtUs > 0n ? startedAtUs : null,
  command: null,
  title: null,
})

class CastChannel {
  private readonly text = { stdout: new Utf8Stream(), stderr: new Utf8Stream(), stdin: new Utf8Stream() }
  private hasTerminal = true
  private lastUs = 0
  /** The command of a container: its size is told after it. */
  private command: string | null = null

  constructor(private readonly options: CastExportOptions) {}

  headerOf(event: Recorded, startedAtUs: bigint): CastHeader | null {
    if ('channel' in event.body && event.body.channel === this.options.channel) {
      if (event.type === 'kubernetes.exec') this.begin(event.body)
      else if (this.command !== null) return this.headerAfter(event, startedAtUs)
    }
    if (event.type !== 'ssh.exec' || event.body.channel !== this.options.channel) return null
    const { pty, command } = event.body
    this.hasTerminal = pty !== null
    return { ...DEFAULT_HEADER(startedAtUs), ...(pty ? { cols: pty.cols, rows: pty.rows, term: pty.term || null } : {}), command }
  }

  private begin({ tty, command }: RecordedOf<'kubernetes.exec'>['body']): void {
    this.hasTerminal = tty
    this.command = command.map(shellWord).join(' ')
  }

  private headerAfter(event: Recorded, startedAtUs: bigint): CastHeader {
    const size = event.type === 'terminal.resize' && event.body.cols > 0 && event.body.rows > 0 ? event.body : null
    const header = { ...DEFAULT_HEADER(startedAtUs), ...(size ? { cols: size.cols, rows: size.rows } : {}), command: this.command }
    this.command = null
    return header
  }

  /** Null for what an asciicast has no place for. */
  eventOf(event: Recorded): CastEvent | null {
    if (!('channel' in event.body) || event.body.channel !== this.options.channel) return null
    const { elapsedUs } = event
    this.lastUs = elapsedUs
    switch (event.type) {
      case 'terminal.output':
        return { code: 'o', elapsedUs, data: this.shown(this.text[event.body.stream].decodeRecorded(event.body.data)) }
      case 'terminal.input':
        if (!event.body.isEchoed && !this.options.withHiddenInput) return null
        return { code: 'i', elapsedUs, data: this.text.stdin.decodeRecorded(event.body.data) }
      case 'terminal.resize':
        // Zero means that this dimension stayed as it was (RFC 4254, 6.7); the format has no way to say that.
        return event.body.cols > 0 && event.body.rows > 0 ? { code: 'r', elapsedUs, cols: event.body.cols, rows: event.body.rows } : null
      case 'terminal.marker':
        return { code: 'm', elapsedUs, data: event.body.label }
      case 'kubernetes.exit':
        return event.body.exitCode === null ? null : { code: 'x', elapsedUs, status: event.body.exitCode }
      case 'ssh.exit':
        return event.body.status === null ? null : { code: 'x', elapsedUs, status: event.body.status }
      default:
        return null
    }
  }

  *end(): Generator<CastEvent> {
    for (const [stream, code] of [
      ['stdout', 'o'],
      ['stderr', 'o'],
      ['stdin', 'i'],
    ] as const) {
      const data = this.text[stream].end()
      if (data !== '') yield { code, elapsedUs: this.lastUs, data }
    }
  }

  private shown(text: string): string {
    return this.hasTerminal ? text : text.replaceAll(/(?<!\r)\n/g, '\r\n')
  }
}
