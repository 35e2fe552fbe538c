import { actionOf, printable, type SessionEvent } from '@hoptrace/events'
import type { Command } from '@hoptrace/terminal'
import type { SessionCommand } from '../contract/index.ts'
import type { ToldPart, ToldRequest } from '../requests/told-event.ts'

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

/**
 * The requests of a session as its commands; those for tools by the tools' names. Discovery is left out, and what runs in a
 * container is a command of its own.
 */
export function requestCommands(requests: readonly ToldRequest[], parts: readonly ToldPart[]): SessionCommand[] {
  const tools = new Map(parts.flatMap((part) => (part.type === 'tool.call' ? [[part.body.request, part.body.name] as const] : [])))
  return requests.flatMap((request) => {
    const { seq, elapsedUs, body } = request
    if (request.type === 'kubernetes.request' && (request.body.isDiscovery || /^(?:exec|attach)$/.test(request.body.subresource ?? ''))) {
      return []
    }
    const tool = tools.get(seq)
    const action = request.type === 'kubernetes.request' ? actionOf(request.body, body.path) : `${body.method} ${body.path}`
    const text = printable(tool === undefined ? action : `tool ${tool}`).slice(0, MAX_TEXT)
    return [{ seq, ms: elapsedUs / 1000, playerSeconds: null, channel: 0, kind: 'request' as const, text, exitStatus: null }]
  })
}
