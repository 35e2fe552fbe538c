import { EventsPage, type SessionDetail, StatementsPage } from '@hoptrace/api'
import type { ApiClient } from '../api-client.ts'
import type { Output } from '../output.ts'
import { oneLine, shortDuration, shortTime } from '../table.ts'
import { EventTranscript } from './event-transcript.ts'
import { timelineLines } from './sql-transcript.ts'

/** Prints a session so that a person can read what was asked and what came back; with `--json`, one JSON document. */
export async function printTranscript(session: SessionDetail, api: ApiClient, output: Output): Promise<void> {
  const path = `/sessions/${session.id}`
  if (output.isJson) {
    const content = session.isSql
      ? { statements: await api.gather(`${path}/statements`, StatementsPage, { limit: 500 }) }
      : { events: await api.gather(`${path}/events`, EventsPage, { limit: 1000 }) }
    output.json({ session, ...content })
    return
  }
  for (const line of headOf(session)) output.line(line)
  if (session.isSql) {
    for await (const item of api.all(`${path}/statements`, StatementsPage, { limit: 100 })) {
      for (const line of timelineLines(item)) output.line(line)
    }
    return
  }
  const transcript = new EventTranscript()
  for await (const { event, ms } of api.all(`${path}/events`, EventsPage, { limit: 1000 })) {
    const text = transcript.textOf(event, ms)
    if (text !== '') process.stdout.write(text)
  }
  process.stdout.write(transcript.end())
}

function headOf(session: SessionDetail): string[] {
  const { target, source, gaps } = session
  const missing = gaps.missing.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`))
  return [
    `session     ${session.id}`,
    `target      ${oneLine(`${target.account}@${target.name} (${target.protocol} ${target.address})`)}`,
    `principal   ${oneLine(session.principal ?? 'unknown')}, on behalf of ${oneLine(session.rootPrincipal ?? 'unknown')}`,
    ...(session.run === null ? [] : [`run         ${session.run}${session.task ? `: ${oneLine(session.task)}` : ''}`]),
    `from        ${oneLine(`${source.address ?? 'unknown'} ${source.client ?? ''}`)}`,
    `time        ${shortTime(session.startedAt)}, ${shortDuration(session.durationMs)}, ended by: ${session.outcome}`,
    `recording   ${session.completeness}, ${session.events} events${missing.length > 0 ? `, missing seq ${missing.join(', ')}` : ''}`,
    '',
  ]
}
