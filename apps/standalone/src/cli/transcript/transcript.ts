import { CommandsAnswer, EventsPage, RequestsPage, type SessionDetail, StatementsPage } from '@hoptrace/api'
import type { ApiClient } from '../api-client.ts'
import type { Output } from '../output.ts'
import { oneLine, shortDuration, shortTime } from '../table.ts'
import { EventTranscript } from './event-transcript.ts'
import { RequestTranscript } from './request-transcript.ts'
import { timelineLines } from './sql-transcript.ts'

type Reveal = '1' | undefined

/** Prints a session so that a person can read what was asked and what came back; with `--json`, one JSON document. */
export async function printTranscript(session: SessionDetail, api: ApiClient, output: Output, reveal?: Reveal): Promise<void> {
  const path = `/sessions/${session.id}`
  if (output.isJson) {
    output.json({ session, ...(await contentOf(session, api, reveal)) })
    return
  }
  for (const line of headOf(session)) output.line(line)
  if (session.isSql) {
    for await (const item of api.all(`${path}/statements`, StatementsPage, { limit: 100, reveal })) {
      for (const line of timelineLines(item)) output.line(line)
    }
    return
  }
  const transcript = isOfRequests(session) ? new RequestTranscript() : new EventTranscript()
  for await (const { event, ms } of api.all(`${path}/events`, EventsPage, { limit: 1000, reveal })) {
    const text = transcript.textOf(event, ms)
    if (text !== '') process.stdout.write(text)
  }
  process.stdout.write(transcript.end())
}

async function contentOf(session: SessionDetail, api: ApiClient, reveal: Reveal): Promise<object> {
  const path = `/sessions/${session.id}`
  if (session.isSql) return { statements: await api.gather(`${path}/statements`, StatementsPage, { limit: 500, reveal }) }
  if (!isOfRequests(session)) return { events: await api.gather(`${path}/events`, EventsPage, { limit: 1000, reveal }) }
  const requests = await api.gather(`${path}/requests`, RequestsPage, { limit: 500, reveal })
  const { items: commands } = await api.get(`${path}/commands`, CommandsAnswer, { reveal })
  return { requests, commands }
}

/** Over HTTP and Kubernetes a session is requests, some of which open terminals. */
function isOfRequests({ protocol }: SessionDetail): boolean {
  return protocol === 'http' || protocol === 'kubernetes'
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
