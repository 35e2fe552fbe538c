import { decodeBytes, type EventBody, lossyText, printable, type SessionEvent } from '@hoptrace/events'

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
      return body.decision === 'allow' ? '' : joined(body.message, body.asked.target, body.asked.account, body.asked.database)
    case 'session.ended':
      return body.message ?? ''
    case 'run.started':
      return body.task
    case 'run.revoked':
      return body.reason
    case 'recording.gap':
      return body.message
    default:
      return ''
  }
}

// Whoever pads a statement does it to hide its end.
function statementText({ text, tail }: EventBody<'sql.statement'>): string {
  if (tail === undefined && text.length <= MAX_TEXT + MAX_TAIL) return text
  return `${text.slice(0, MAX_TEXT)}\n${(tail ?? text).slice(-MAX_TAIL + 1)}`
}

function joined(...parts: (string | null)[]): string {
  return parts.filter((part) => part !== null).join(' ')
}
