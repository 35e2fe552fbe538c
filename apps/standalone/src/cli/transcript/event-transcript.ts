import { TextDecoder } from 'node:util'
import { decodeBytes, pivotDestination, type SessionEvent } from '@hoptrace/events'
import { PlainLines } from '@hoptrace/terminal'
import { oneLine } from '../table.ts'
import { offset } from './sql-transcript.ts'

type Stream = { decoder: TextDecoder; lines: PlainLines }

/** An SSH session's events as text: what was run, what came back, what was moved. Bytes that are not UTF-8 show as U+FFFD. */
export class EventTranscript {
  private readonly streams = new Map<string, Stream>()

  textOf(event: SessionEvent, ms: number): string {
    if (event.type === 'terminal.output') return this.output(event.body.channel, event.body.stream, decodeBytes(event.body.data))
    const note = noteOf(event)
    return note === null ? '' : `${this.end()}#${event.seq}  ${offset(ms)}  ${oneLine(note)}\n`
  }

  /** What stands on lines that are not finished. */
  end(): string {
    return asText([...this.streams.values()].flatMap(({ lines }) => lines.end()))
  }

  private output(channel: number, name: string, bytes: Buffer): string {
    const key = `${channel} ${name}`
    const stream = this.streams.get(key) ?? { decoder: new TextDecoder(), lines: new PlainLines() }
    this.streams.set(key, stream)
    return asText(stream.lines.feed(stream.decoder.decode(bytes, { stream: true })))
  }
}

function asText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}

function noteOf(event: SessionEvent): string | null {
  switch (event.type) {
    case 'ssh.exec':
      return event.body.command === null ? 'shell' : `$ ${event.body.command}`
    case 'ssh.exit':
      return event.body.signal === null ? `exit ${event.body.status ?? 'unknown'}` : `ended by signal ${event.body.signal}`
    case 'ssh.subsystem':
      return `subsystem ${event.body.name}${event.body.isAccepted ? '' : ' (refused)'}`
    case 'ssh.env':
      return `env ${event.body.name}=${event.body.value}${event.body.isAccepted ? '' : ' (refused)'}`
    case 'ssh.forward':
      return `${event.body.direction} forward ${event.body.phase}: ${event.body.host}:${event.body.port}`
    case 'ssh.agent':
      return `agent forwarding${event.body.isRefused ? ' (refused)' : ''}`
    case 'file.transfer':
      return `${event.body.direction} ${event.body.path}, ${event.body.size} bytes, SHA-256 ${event.body.sha256 ?? 'unknown'}`
    case 'file.operation':
      return `${event.body.operation} ${event.body.path}${event.body.to === null ? '' : ` to ${event.body.to}`}`
    case 'terminal.marker':
      return `mark: ${event.body.label}`
    case 'pivot.named':
      return `names ${pivotDestination(event.body)} (${event.body.tool} ${event.body.relation}, in #${event.body.event})`
    case 'recording.gap':
      return `--- recording gap (${event.body.reason}): ${event.body.message} ---`
    case 'session.ended':
      return `ended by: ${event.body.reason}${event.body.message ? ` (${event.body.message})` : ''}`
    default:
      return null
  }
}
