import type { EventBody, KnownEvent } from '@hoptrace/events'
import { actsOfEvent } from './event-acts.ts'

/** See `AccessFacts`: what the caller asked, what was changed, and the rows and bytes that answers brought. */
export type EventCounts = { commands: number; writes: number; rows: number; bytes: number }

/**
 * What one event adds to an access's counts. An exchange over HTTP is counted by its request and by its end; the bytes of a file over
 * SSH by its channel's exit.
 */
export function countsOfEvent(event: KnownEvent): EventCounts {
  const writes = actsOfEvent(event).some((act) => act === 'write' || act === 'upload') ? 1 : 0
  return { commands: isCommand(event) ? 1 : 0, writes, ...answered(event) }
}

function isCommand({ type, body }: KnownEvent): boolean {
  if (type === 'kubernetes.request') return !body.isDiscovery
  if (type === 'ssh.exec') return body.command !== null
  return type === 'sql.statement' || type === 'http.request' || type === 'file.transfer' || type === 'tool.call'
}

function answered({ type, body }: KnownEvent): { rows: number; bytes: number } {
  switch (type) {
    case 'sql.result':
      return { rows: rowsOf(body), bytes: body.bytes }
    case 'ssh.exit':
      return { rows: 0, bytes: body.stdoutBytes + body.stderrBytes }
    case 'ssh.forward':
      return { rows: 0, bytes: body.phase === 'closed' ? body.bytesToCaller : 0 }
    case 'http.response':
      return { rows: 0, bytes: body.end?.bytesToCaller ?? 0 }
    case 'http.ended':
      return { rows: 0, bytes: body.bytesToCaller }
    default:
      return { rows: 0, bytes: 0 }
  }
}

// Rows that a statement changed came from nowhere.
function rowsOf({ columns, rows, copy }: EventBody<'sql.result'>): number {
  return columns.length > 0 || copy?.direction === 'out' ? (rows ?? 0) : 0
}
