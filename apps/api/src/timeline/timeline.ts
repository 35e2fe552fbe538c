import type { EventOf, SessionEvent } from '@hoptrace/events'
import type { StatementItem, StatementResult, TimelineItem } from '../contract/index.ts'
import { instantOf } from '../http/instant.ts'

/** Types of events that open an item of the time line; results join the statement that they answer. */
export const TIMELINE_TYPES = ['sql.statement', 'sql.notice', 'recording.gap', 'session.ended'] as const

/**
 * The time line of a SQL session: each statement with its results, and what else stands on the line, in the order of seq.
 * @param openers events of TIMELINE_TYPES
 * @param results `sql.result` events that answer any of them, in the order of seq
 */
export function timelineOf(openers: readonly SessionEvent[], results: readonly SessionEvent[]): TimelineItem[] {
  const answers = new Map<number, StatementResult[]>()
  for (const event of results) {
    if (event.type !== 'sql.result') continue
    answers.set(event.body.statement, [...(answers.get(event.body.statement) ?? []), resultOf(event)])
  }
  return openers.flatMap((event) => itemOf(event, answers) ?? [])
}

function itemOf(event: SessionEvent, answers: ReadonlyMap<number, StatementResult[]>): TimelineItem | null {
  const place = placeOf(event)
  if (event.type === 'sql.statement') return statementOf(event, answers.get(event.seq) ?? [])
  if (event.type === 'sql.notice') return { ...event.body, ...place, item: 'notice' }
  if (event.type === 'recording.gap') return { ...event.body, ...place, item: 'gap' }
  if (event.type === 'session.ended') return { ...event.body, ...place, item: 'end' }
  return null
}

function statementOf(event: EventOf<'sql.statement'>, results: StatementResult[]): StatementItem {
  const hasFailed = results.some((result) => result.error !== null)
  const state = results.length === 0 ? 'unanswered' : hasFailed ? 'failed' : 'answered'
  const durationMs = results.length === 0 ? null : results.reduce((sum, result) => sum + result.durationUs, 0) / 1000
  return { ...event.body, ...placeOf(event), item: 'statement', state, results, durationMs, observables: event.observables }
}

function resultOf(event: EventOf<'sql.result'>): StatementResult {
  return { ...event.body, ...placeOf(event), observables: event.observables }
}

function placeOf({ seq, elapsedUs, ts }: SessionEvent) {
  return { seq, ms: elapsedUs / 1000, at: instantOf(ts) }
}
