import { type Store, verifySessions } from '@hoptrace/store'
import { z } from 'zod'

/** What is wrong between the callers' log of answers and the store; all empty when each answered statement is there once. */
export type Comparison = {
  /** Answered, and not stored exactly once with exactly one result. */
  wrong: string[]
  /** Stored more than once, answered or not. */
  doubled: string[]
  /** Distinct statements in the store. */
  stored: number
}

export async function compare(store: Store, answered: readonly string[]): Promise<Comparison> {
  const rows = await store.query({
    name: 'test.statements',
    sql: `SELECT s.text AS text, toUInt32(uniqExact(s.session_id, s.seq)) AS times, toUInt32(countIf(r.ok)) AS results
          FROM (SELECT text, session_id, seq FROM session_events FINAL WHERE type = 'sql.statement') AS s
          LEFT JOIN (SELECT session_id, JSONExtractUInt(content, 'body', 'statement') AS seq, true AS ok FROM session_events FINAL WHERE type = 'sql.result') AS r
          ON r.session_id = s.session_id AND r.seq = s.seq
          GROUP BY text`,
    row: z.object({ text: z.string(), times: z.number(), results: z.number() }),
  })
  const stored = new Map(rows.map((row) => [row.text, row]))
  return {
    wrong: answered.filter((text) => stored.get(text)?.times !== 1 || stored.get(text)?.results !== 1),
    doubled: rows.filter((row) => row.times !== 1).map((row) => row.text),
    stored: stored.size,
  }
}

/** How many sessions are complete, have a declared gap, and so on; and each whose chain is broken, by its id. */
export async function verdicts(store: Store, tenant = 'default'): Promise<{ counts: Record<string, number>; broken: string[] }> {
  const counts: Record<string, number> = {}
  const broken: string[] = []
  for await (const { sessionId, report, hashMismatches } of verifySessions(store, { tenant })) {
    counts[report.completeness] = (counts[report.completeness] ?? 0) + 1
    if (report.missing.length + report.conflicts.length + hashMismatches.length > 0) broken.push(sessionId)
  }
  return { counts, broken }
}
