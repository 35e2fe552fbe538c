import { printable, type SessionEvent } from '@hoptrace/events'
import type { SessionCommand } from '../contract/index.ts'

/** Types of events that are commands, or tell how one ended. */
export const COMMAND_TYPES = [
  'ssh.exec',
  'ssh.exit',
  'ssh.subsystem',
  'ssh.forward',
  'file.transfer',
  'terminal.marker',
  'sql.statement',
] as const

/** What a session was told to do, in the order of seq, from events of COMMAND_TYPES. Lines typed in a shell are found by libs/terminal. */
export function commandsOf(events: readonly SessionEvent[]): SessionCommand[] {
  const commands: SessionCommand[] = []
  const running = new Map<number, SessionCommand>()
  for (const event of events) {
    if (event.type === 'ssh.exit') {
      const command = running.get(event.body.channel)
      if (command) command.exitStatus = event.body.status
      continue
    }
    const command = commandOf(event)
    if (!command) continue
    commands.push(command)
    if (event.type === 'ssh.exec') running.set(event.body.channel, command)
  }
  return commands
}

function commandOf(event: SessionEvent): SessionCommand | null {
  const named = nameOf(event)
  if (!named) return null
  const channel = 'channel' in event.body && typeof event.body.channel === 'number' ? event.body.channel : 0
  const { seq, elapsedUs } = event
  return { seq, ms: elapsedUs / 1000, playerSeconds: null, channel, kind: named.kind, text: printable(named.text), exitStatus: null }
}

function nameOf(event: SessionEvent): { kind: SessionCommand['kind']; text: string } | null {
  switch (event.type) {
    case 'ssh.exec':
      return event.body.command === null ? { kind: 'shell', text: 'shell' } : { kind: 'exec', text: event.body.command }
    case 'ssh.subsystem':
      return { kind: 'subsystem', text: `subsystem ${event.body.name}` }
    case 'ssh.forward':
      return event.body.phase === 'closed'
        ? null
        : { kind: 'forward', text: `${event.body.direction} forward ${event.body.phase} to ${event.body.host}:${event.body.port}` }
    case 'file.transfer':
      return { kind: 'transfer', text: `${event.body.direction} ${event.body.path}` }
    case 'terminal.marker':
      return { kind: 'marker', text: event.body.label }
    case 'sql.statement':
      return { kind: 'statement', text: event.body.text }
    default:
      return null
  }
}
