import { type EventBody, type EventOf, printable, type SessionEvent } from '@hoptrace/events'
import { shellWord } from '@hoptrace/terminal'
import { oneLine, shortDuration } from '../table.ts'
import { EventTranscript } from './event-transcript.ts'
import { offset } from './sql-transcript.ts'

type Asked = EventOf<'http.request'> | EventOf<'kubernetes.request'>
type Waiting = { asked: Asked; ms: number }

const MAX_PATH = 300
const MAX_JSON = 400
/** Requests without an answer that are remembered, to be told with it. */
const MAX_WAITING = 10_000

/** A session of requests as text: a line each, told with its answer; tools and programs in containers under them. */
export class RequestTranscript {
  private readonly rest = new EventTranscript()
  private readonly waiting = new Map<number, Waiting>()
  /** Discovery that was answered, seq by seq, since the last line. */
  private readonly discovery: number[] = []

  textOf(event: SessionEvent, ms: number): string {
    switch (event.type) {
      case 'http.request':
      case 'kubernetes.request':
        return this.ask({ asked: event, ms })
      case 'http.response':
        return this.answer(event.body)
      case 'http.ended':
        return this.line(`#${event.seq}  ${offset(ms)}  #${event.body.request} ended: ${endOf(event.body)}`)
      case 'kubernetes.exec':
        return this.begin(event.body.request) + this.other(event, ms)
      case 'tool.call':
        return this.line(`#${event.seq}  ${offset(ms)}  tool ${oneLine(event.body.name)} ${cut(event.body.arguments, MAX_JSON)}`)
      case 'tool.result': {
        const { call, isError, result, durationUs } = event.body
        return this.line(`    #${call} ${isError ? 'failed' : 'answered'} in ${shortDuration(durationUs / 1000)}: ${cut(result, MAX_JSON)}`)
      }
      default:
        return this.other(event, ms)
    }
  }

  /** What nobody answered, and what stands on lines that are not finished. */
  end(): string {
    const left = [...this.waiting.values()].map((waiting) => `${headOf(waiting)}  (no answer was recorded)\n`)
    return this.folded() + this.rest.end() + left.join('')
  }

  private ask(waiting: Waiting): string {
    this.waiting.set(waiting.asked.seq, waiting)
    const [oldest] = this.waiting
    if (this.waiting.size <= MAX_WAITING || !oldest) return ''
    this.waiting.delete(oldest[0])
    return this.line(headOf(oldest[1]))
  }

  private answer(body: EventBody<'http.response'>): string {
    const waiting = this.waiting.get(body.request)
    this.waiting.delete(body.request)
    if (!waiting) return ''
    if (waiting.asked.type === 'kubernetes.request' && waiting.asked.body.isDiscovery && body.status === 200) {
      this.discovery.push(waiting.asked.seq)
      return ''
    }
    return this.line(`${headOf(waiting)}  ${howOf(body)}`)
  }

  /** A request that a program answers: it is told before the program. */
  private begin(request: number): string {
    const waiting = this.waiting.get(request)
    this.waiting.delete(request)
    return waiting ? this.line(headOf(waiting)) : ''
  }

  private other(event: SessionEvent, ms: number): string {
    const note = noteOf(event)
    if (note !== null) return this.line(`#${event.seq}  ${offset(ms)}  ${oneLine(note)}`)
    const text = this.rest.textOf(event, ms)
    return text === '' ? '' : this.folded() + text
  }

  private line(text: string): string {
    return `${this.folded()}${this.rest.end()}${text}\n`
  }

  private folded(): string {
    const [first] = this.discovery
    if (first === undefined) return ''
    const text = `#${first}  (${this.discovery.length} requests of discovery)\n`
    this.discovery.length = 0
    return text
  }
}

function headOf({ asked, ms }: Waiting): string {
  return `#${asked.seq}  ${offset(ms)}  ${whatOf(asked)}`
}

function whatOf({ type, body }: Asked): string {
  if (type === 'http.request') return `${oneLine(body.method)} ${cut(body.path, MAX_PATH)}`
  if (body.resource === null) return `${oneLine(body.method)} ${cut(body.path, MAX_PATH)}`
  const kind = `${body.resource}${body.group === '' ? '' : `.${body.group}`}${body.subresource === null ? '' : `/${body.subresource}`}`
  const name = body.name === null ? '' : ` ${body.name}`
  return oneLine(`${body.verb} ${kind}${name}${body.namespace === null ? '' : ` in ${body.namespace}`}`)
}

function howOf({ status, refused, redirect, stream, durationUs, end }: EventBody<'http.response'>): string {
  const took = shortDuration((end ?? { durationUs }).durationUs / 1000)
  const notes = [
    status === null ? 'no answer' : String(status),
    ...(refused === null ? [] : [`by the gateway: ${refused}`]),
    ...(redirect ? [`to ${redirect.to}${redirect.isElsewhere ? ' (another host)' : ''}`] : []),
    ...(stream ? [stream] : []),
    took,
    ...(end ? [`${end.bytesToCaller} bytes`] : []),
    ...(end && !end.isComplete ? [end.message ?? 'cut short'] : []),
  ]
  return oneLine(`-> ${notes.join(', ')}`)
}

function endOf({ durationUs, bytesToCaller, messages, message, isComplete }: EventBody<'http.ended'>): string {
  const counted = messages ? [`${messages.toCaller + messages.toTarget} messages`] : []
  const why = message === null ? (isComplete ? [] : ['cut short']) : [message]
  return oneLine([shortDuration(durationUs / 1000), `${bytesToCaller} bytes`, ...counted, ...why].join(', '))
}

function noteOf({ type, body }: SessionEvent): string | null {
  switch (type) {
    case 'kubernetes.exec': {
      const where = `${body.namespace}/${body.pod}${body.container === null ? '' : ` ${body.container}`}`
      return body.kind === 'attach' ? `attached to ${where}` : `$ ${body.command.map(shellWord).join(' ')}   (in ${where})`
    }
    case 'kubernetes.exit':
      return `exit ${body.exitCode ?? 'unknown'}${body.message === null ? '' : ` (${body.message})`}`
    case 'kubernetes.forward':
      return `port-forward ${body.phase}: ${body.namespace}/${body.pod} ${body.ports.join(', ')}`
    default:
      return null
  }
}

function cut(text: string, limit: number): string {
  const line = oneLine(printable(text.slice(0, limit + 1)))
  return text.length > limit ? `${line.slice(0, limit - 1)}…` : line
}
