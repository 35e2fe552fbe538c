import { printable, type SessionEvent } from '@hoptrace/events'
import type { Command } from '@hoptrace/terminal'
import type { SessionCommand } from '../contract/index.ts'

const MAX_TEXT = 4096

/** A command that libs/terminal found. */
export function commandItem({ elapsedUs, text, kind, ...command }: Command): SessionCommand {
  return { ...command, kind, ms: elapsedUs / 1000, text: text === '' && kind === 'shell' ? 'shell' : text }
}

/** The statements of a SQL session as its commands. */
export function statementCommands(events: readonly SessionEvent[]): SessionCommand[] {
  return events.flatMap((event) => {
    if (event.type !== 'sql.statement') return []
    const text = printable(event.body.text).slice(0, MAX_TEXT)
    return [
      { seq: event.seq, ms: event.elapsedUs / 1000, playerSeconds: null, channel: 0, kind: 'statement' as const, text, exitStatus: null },
    ]
  })
}
