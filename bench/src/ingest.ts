import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RawMessage, SpoolTail } from '@hoptrace/bus'
import { Ingest } from '@hoptrace/ingest'
import { type InsertRow, openStore, type Store } from '@hoptrace/store'
import { z } from 'zod'
import type { Row } from './table.ts'

const EVENTS = 200_000
const options = { tenant: 'default', now: Date.now }
const freshStore = () => openStore({ kind: 'embedded', path: mkdtempSync(join(tmpdir(), 'hoptrace-bench-')) })

/** How long a spool's first events take end to end: read, understood, checked and stored. @returns seconds */
async function endToEnd(spool: string, name: string, store: Store, events: number): Promise<number> {
  const ingest = new Ingest(store, options)
  const tail = new SpoolTail({ directory: spool, name, keepSegments: null, inFlight: 2 })
  let stored = 0
  const from = performance.now()
  await new Promise<void>((resolve) => {
    tail.start(async (batch) => {
      await ingest.onBatch(batch)
      stored += batch.length
      if (stored >= events) resolve()
    })
  })
  const seconds = (performance.now() - from) / 1000
  await tail.stop()
  return seconds * (events / stored)
}

type Captured = { table: string; rows: readonly InsertRow[] }

/** The very rows that ingest would insert for them, rendered, batch by batch. */
async function rowsOf(spool: string, events: number): Promise<Captured[]> {
  const captured: Captured[] = []
  const capturing: Pick<Store, 'insert'> = { insert: async (table, rows) => void (rows.length > 0 && captured.push({ table, rows })) }
  await endToEnd(spool, 'capture', capturing as Store, events)
  return captured
}

const LINE_FEED = 10

// What ingest hands over is many rows in one, a line each.
function countOf(rows: readonly InsertRow[]): number {
  return rows.reduce(
    (sum, row) => sum + (Buffer.isBuffer(row) ? row.reduce((lines, byte) => lines + (byte === LINE_FEED ? 1 : 0), 0) : 1),
    0,
  )
}

export async function benchIngest(spool: string, transactions: number): Promise<Row[]> {
  const captured = await rowsOf(spool, EVENTS)
  const rows = captured.filter(({ table }) => table === 'session_events').reduce((sum, batch) => sum + countOf(batch.rows), 0)
  const raw = await freshStore()
  await raw.migrate()
  const from = performance.now()
  for (const { table, rows } of captured) await raw.insert(table, rows)
  const rawSeconds = ((performance.now() - from) / 1000) * (EVENTS / rows)
  await raw.close()
  const store = await freshStore()
  await store.migrate()
  const seconds = await endToEnd(spool, 'bench', store, EVENTS)
  const statements = await storeTheRest(spool, store)
  await store.close()
  const rate = (s: number) => `${(EVENTS / s / 1000).toFixed(0)} k events/s`
  return [
    {
      figure: 'ingest end to end ÷ raw insert of the same rows',
      value: `${rate(seconds)}, raw ${rate(rawSeconds)}`,
      ratio: rawSeconds / seconds,
      bound: { atLeast: 0.75 },
    },
    {
      figure: "statements in the store ÷ pgbench's transactions",
      value: `${statements} of ${transactions}`,
      ratio: statements / transactions,
      bound: { atLeast: 1 },
      note: statements === transactions ? 'equal' : 'NOT EQUAL',
    },
  ]
}

async function storeTheRest(spool: string, store: Store): Promise<number> {
  const ingest = new Ingest(store, options)
  const tail = new SpoolTail({ directory: spool, name: 'bench', keepSegments: null, inFlight: 2 })
  tail.start((batch: RawMessage[]) => ingest.onBatch(batch))
  await tail.caughtUp()
  await tail.stop()
  const [counted] = await store.query({
    name: 'bench.statements',
    sql: `SELECT toUInt32(uniqExact(session_id, seq)) AS statements FROM session_events WHERE type = 'sql.statement' AND startsWith(text, 'SELECT abalance')`,
    row: z.object({ statements: z.number() }),
  })
  return counted?.statements ?? 0
}
