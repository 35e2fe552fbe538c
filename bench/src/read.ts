import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EventChain, uuidv7 } from '@hoptrace/events'
import { Ingest } from '@hoptrace/ingest'
import { openStore, SessionEvents } from '@hoptrace/store'
import { z } from 'zod'
import { median, type Row } from './table.ts'

const SESSIONS = 2000
const SESSIONS_A_BATCH = 100
const READS = 60
const STARTED_MS = 1_795_000_000_000

/** The encoded events of one terminal session of about 200 KB of output. */
function aSession(): { id: string; events: Buffer[] } {
  const id = uuidv7(STARTED_MS, randomBytes(10))
  const nobody = { run: null, principal: 'bench', rootPrincipal: 'bench', lineage: [], origin: null, target: null }
  const chain = new EventChain({ tenant: 'default', sessionId: id, gatewayId: 'bench', bootId: id, ...nobody })
  const events = Array.from({ length: 50 }, (_, i) => {
    const data = { utf8: `${randomBytes(1500).toString('hex')} ${'total '.repeat(166)}` }
    return chain.next('terminal.output', { channel: 0, data, stream: 'stdout' }, { wallUs: STARTED_MS * 1000 + i, elapsedUs: i })
  })
  return { id, events }
}

/** One session's read among thousands, against the cheapest query there is. */
export async function benchRead(): Promise<Row[]> {
  const store = await openStore({ kind: 'embedded', path: mkdtempSync(join(tmpdir(), 'hoptrace-bench-')) })
  await store.migrate()
  const ingest = new Ingest(store, { tenant: 'default', now: Date.now })
  let wanted = ''
  // In batches as the tail delivers them: an insert a session would measure unmerged parts.
  for (let batch = 0; batch < SESSIONS / SESSIONS_A_BATCH; batch++) {
    const sessions = Array.from({ length: SESSIONS_A_BATCH }, aSession)
    wanted ||= sessions[SESSIONS_A_BATCH / 2]?.id ?? ''
    const events = sessions.flatMap((session) => session.events)
    await ingest.onBatch(events.map((value, offset) => ({ value, at: { source: 'bench', partition: '0', offset } })))
  }
  const one = { name: 'bench.one', sql: 'SELECT 1 AS one', row: z.object({ one: z.number() }) }
  const sessions = new SessionEvents(store)
  const took = { one: [] as number[], session: [] as number[] }
  for (let i = 0; i < READS; i++) {
    took.one.push(await timed(() => store.query(one)))
    took.session.push(await timed(() => sessions.findBySession('default', wanted)))
  }
  await store.close()
  const [oneMs, sessionMs] = [median(took.one), median(took.session)]
  const figure = `a 200 KB session's read out of ${SESSIONS} ÷ SELECT 1`
  return [{ figure, value: `${sessionMs.toFixed(1)} ms, ${oneMs.toFixed(1)} ms`, ratio: sessionMs / oneMs, bound: { atMost: 6 } }]
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}
