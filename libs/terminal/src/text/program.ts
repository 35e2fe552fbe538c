import type { Recorded } from '../recorded.ts'
import type { Size } from '../replay/screen.ts'

/** What begins on a channel. */
export type Program = {
  hasTerminal: boolean
  /** Null where it is told later, or never. */
  size: Size | null
}

/** The program that an event begins on its channel, over SSH or in a container; null for any other event. */
export function programIn(event: Recorded): Program | null {
  if (event.type === 'ssh.exec') return { hasTerminal: event.body.pty !== null, size: event.body.pty }
  return event.type === 'kubernetes.exec' ? { hasTerminal: event.body.tty, size: null } : null
}

/** An argument as a POSIX shell would take it for one word. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
