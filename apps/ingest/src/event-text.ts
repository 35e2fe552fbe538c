import { actionOf, decodeBytes, type EventBody, lossyText, printable, type SessionEvent } from '@hoptrace/events'

/** Search looks at this many characters of an event; its content is stored whole beside. */
const MAX_TEXT = 64 * 1024
/** And at this many of the last of a long statement. */
const MAX_TAIL = 32 * 1024

/** What people search for in an event: SQL text, a command line, typed input, a path, a message. Safe to print. */
export function searchText(event: SessionEvent): string {
  return printable(rawText(event).slice(0, event.type === 'sql.statement' ? MAX_TEXT + MAX_TAIL : MAX_TEXT))
}

function rawText(event: SessionEvent): string {
  const { type, body } = event
  switch (type) {
    case 'sql.statement':
      return statementText(body)
    case 'sql.result':
      return body.error ? joined(body.error.sqlstate, body.error.message, body.error.detail) : ''
    case 'sql.notice':
      return body.kind === 'text' && body.data ? lossyText(decodeBytes(body.data)) : joined(body.message, body.channel)
    case 'ssh.exec':
      return body.command ?? ''
    case 'terminal.input':
      // What was typed without echo is most often a password: it is no thing to search for.
      return body.isEchoed ? lossyText(decodeBytes(body.data)) : ''
    case 'terminal.marker':
      return body.label
    case 'ssh.env':
      return `${body.name}=${body.value}`
    case 'ssh.subsystem':
      return body.name
    case 'ssh.forward':
      return `${body.host}:${body.port}`
    case 'file.transfer':
      return body.path
    case 'file.operation':
      return joined(body.operation, body.path, body.to)
    case 'access.decided':
      return body.decision === 'allow' ? '' : refusalText(body)
    case 'session.ended':
      return body.message ?? ''
    case 'run.started':
      return body.task
    case 'run.revoked':
      return body.reason
    case 'pivot.named':
      // A line that was typed key by key stands whole here alone.
      return joined(body.tool, body.account, body.host, body.object, body.at === '' ? body.command : null)
    case 'recording.gap':
      return body.message
    default:
      return requestText(event)
  }
}

/** Of a service: what was asked of it, and why it was refused. Bodies are read in their requests. */
function requestText({ type, body }: SessionEvent): string {
  switch (type) {
    case 'http.request':
      return `${body.method} ${body.host}${body.path}`
    case 'kubernetes.request':
      // Discovery says nothing of what anybody was after.
      return body.isDiscovery ? '' : `${actionOf(body, body.path)} ${body.method} ${body.path}`
    case 'http.response':
      return joined(body.refused, body.redirect?.to ?? null)
    case 'tool.call':
      return `${body.name} ${body.arguments}`
    case 'tool.result':
      return body.isError ? body.result : ''
    case 'kubernetes.exec':
      return joined(...body.command, body.pod, body.container)
    case 'kubernetes.exit':
      return body.exitCode === 0 ? '' : joined(body.reason, body.message)
    case 'kubernetes.forward':
      return joined(body.namespace, body.pod, ...body.ports.map(String))
    default:
      return ''
  }
}

function refusalText({ message, asked }: EventBody<'access.decided'>): string {
  return joined(message, asked.target, asked.account, asked.database, asked.action ?? null)
}

// Whoever pads a statement does it to hide its end.
function statementText({ text, tail }: EventBody<'sql.statement'>): string {
  if (tail === undefined && text.length <= MAX_TEXT + MAX_TAIL) return text
  return `${text.slice(0, MAX_TEXT)}\n${(tail ?? text).slice(-MAX_TAIL + 1)}`
}

function joined(...parts: (string | null)[]): string {
  return parts.filter((part) => part !== null).join(' ')
}
