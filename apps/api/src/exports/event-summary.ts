import { decodeBytes, pivotDestination, printable, type SessionEvent } from '@hoptrace/events'
import { shellWord } from '@hoptrace/terminal'

/** What a reader is told of an event in one line and one outcome. Both safe to print. */
export type EventSummary = { text: string; outcome: string }

/** Covers every type: what has no better words is told by the members of its body. */
export function summaryOf(event: SessionEvent): EventSummary {
  const { text, outcome } = wordsFor(event)
  return { text: printable(text), outcome: printable(outcome ?? '') }
}

function wordsFor(event: SessionEvent): { text: string; outcome?: string | undefined } {
  const { type, body } = event
  switch (type) {
    case 'sql.statement':
      return { text: body.text, outcome: cutNote(body.truncated) }
    case 'sql.result':
      return { text: body.tag ?? '', outcome: body.error ? `${body.error.sqlstate} ${body.error.message}` : `${body.rows ?? 0} rows` }
    case 'terminal.output':
      return { text: decodeBytes(body.data).toString('utf8'), outcome: body.stream }
    case 'terminal.input':
      return body.isEchoed ? { text: decodeBytes(body.data).toString('utf8') } : { text: '', outcome: 'typed without echo' }
    case 'terminal.resize':
      return { text: `${body.cols}x${body.rows}` }
    case 'terminal.marker':
      return { text: body.label }
    case 'ssh.exec':
      return { text: body.command ?? '', outcome: body.command === null ? 'shell' : cutNote(body.truncated) }
    case 'ssh.exit':
      return { text: '', outcome: body.signal === null ? `exit ${body.status ?? 'unknown'}` : `signal ${body.signal}` }
    case 'http.request':
      return { text: `${body.method} ${body.host}${body.path}` }
    case 'kubernetes.request':
      return { text: `${body.resource === null ? body.method : body.verb} ${body.path}`, outcome: body.isDiscovery ? 'discovery' : '' }
    case 'http.response':
      return {
        text: `answers #${body.request} after ${body.durationUs / 1000} ms`,
        outcome: [body.status ?? 'no answer', body.refused ?? ''].join(' ').trim(),
      }
    case 'http.ended':
      return { text: `ends #${body.request}`, outcome: body.message ?? (body.isComplete ? 'whole' : 'cut short') }
    case 'http.message':
      return { text: decodeBytes(body.data).toString('utf8'), outcome: `${body.direction} ${body.kind}` }
    case 'tool.call':
      return { text: `${body.name} ${body.arguments}`, outcome: cutNote(body.truncated) }
    case 'tool.result':
      return { text: body.result, outcome: body.isError ? 'error' : cutNote(body.truncated) }
    case 'kubernetes.exec':
      return { text: body.command.map(shellWord).join(' '), outcome: `${body.kind} ${body.namespace}/${body.pod}` }
    case 'kubernetes.exit':
      return { text: body.message ?? '', outcome: `exit ${body.exitCode ?? 'unknown'}` }
    case 'kubernetes.forward':
      return { text: `${body.namespace}/${body.pod} ${body.ports.join(' ')}`, outcome: body.phase }
    case 'file.transfer':
      return { text: body.path, outcome: `${body.direction} ${body.size} bytes${body.isComplete ? '' : ', incomplete'}` }
    case 'access.decided':
      return {
        text: [body.asked.protocol, body.asked.target, body.asked.action ?? ''].join(' ').trim(),
        outcome: `${body.decision} ${body.reason ?? ''}`.trim(),
      }
    case 'session.ended':
      return { text: body.message ?? '', outcome: body.reason }
    case 'pivot.named':
      return { text: pivotDestination(body), outcome: `${body.tool} ${body.relation}, named by #${body.event}` }
    case 'recording.gap':
      return { text: body.message, outcome: body.reason }
    default:
      return { text: JSON.stringify(body) }
  }
}

function cutNote(truncated: { kept: number; total: number } | undefined): string | undefined {
  return truncated && `cut: ${truncated.kept} of ${truncated.total}`
}
