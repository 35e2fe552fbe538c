import type { RunsNotice } from './access/runs-follower.ts'
import type { RunsWriterNotice } from './access/runs-writer.ts'
import { codeOf, faultOf } from './relay/code-of.ts'
import type { RelayNotice } from './relay/spool-relay.ts'
import type { SpoolLevel, SpoolRoom } from './spool/spool-room.ts'

type Severity = 'info' | 'warn' | 'error'

/** One line of JSON. Fields name places, counts and codes, never what was recorded. */
function say(level: Severity, message: string, fields: Record<string, unknown>): void {
  console.error(JSON.stringify({ time: new Date().toISOString(), level, process: 'gateway', message, ...fields }))
}

const LEVELS: Record<SpoolLevel, [Severity, string]> = {
  roomy: ['info', 'the spool has room again'],
  filling: ['warn', 'the spool fills: the platform does not take what is recorded'],
  full: ['error', 'the spool is full: new sessions are refused'],
}

export function logLevel(level: SpoolLevel, { bytes, maxBytes }: SpoolRoom): void {
  say(...LEVELS[level], { bytes, maxBytes })
}

export function logUnmeasured(error: unknown): void {
  say('error', 'the spool cannot be measured', { fault: codeOf(error) })
}

const RELAY_SAYS: Record<RelayNotice['kind'], [Severity, string]> = {
  retry: ['warn', 'the bus did not take what was recorded: it stays in the spool, and is tried again'],
  damage: ['error', 'the spool held damaged records: they went to the dead letters'],
  oversized: ['error', 'an event is larger than its topic takes: it went to the dead letters'],
  shared: ['warn', 'the spool keeps what others have not read: where they read it no more, delete their cursor files in it'],
  restart: ['error', 'the relay broke off: it begins again where it last saved its place'],
}

export function logRelay({ kind, ...fields }: RelayNotice): void {
  say(...RELAY_SAYS[kind], fields)
}

export function logRuns(notice: RunsNotice | RunsWriterNotice): void {
  if (notice.kind === 'superseded') {
    const { gatewayId, epoch } = notice.by
    say('error', 'another gateway writes the runs: this one has stepped down, and neither starts nor revokes any', { gatewayId, epoch })
  } else if (notice.kind === 'unreadable') say('warn', 'the topic of runs holds a message that cannot be read', {})
  else if (notice.kind === 'unreachable') say('warn', 'the topic of runs cannot be read: it is tried again', faultOf(notice.error))
  else say('warn', 'the topic of runs cannot be written: it is tried again', faultOf(notice.error))
}
