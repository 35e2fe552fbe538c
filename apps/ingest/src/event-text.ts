import { decodeBytes, lossyText, printable, type SessionEvent } from '@hoptrace/events'

/** Search looks at this many characters of an event; its content is stored whole beside. */
const MAX_TEXT = 64 * 1024

/** What people search for in an event: SQL text, a command line, typed input, a path, a message. Safe to print. */
export function searchText(event: SessionEvent): string {
  return printable(rawText(event).slice(0, MAX_TEXT))
}

function rawText(event: SessionEvent): string {
  const { type, body } = event
  switch (type) {
    case 'sql.statement':
      return body.text
    case 'sql.result':
      return body.error ? joined(body.error.sqlstate, body.error.message, body.error.detail) : ''
    case 'sql.notice':
      return joined(body.message, body.channel)
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

function joined(...parts: (string | null)[]): string {
  return parts.filter((part) => part !== null).join(' ')
}
