import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ingest } from '@hoptrace/ingest'
import { openStore, type Store } from '@hoptrace/store'
import { z } from 'zod'

const BATCH_EVENTS = 2_000

/** An embedded store of its own, with every migration, removed when the work is done. */
export async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const path = mkdtempSync(join(tmpdir(), 'hoptrace-bench-'))
  const store = await openStore({ kind: 'embedded', path, maxMemoryBytes: 6 * 2 ** 30 })
  try {
    await store.migrate()
    return await work(store)
  } finally {
    await store.close()
    rmSync(path, { recursive: true })
  }
}

/** Stores the next so many events, in batches as the tail hands them over. @returns how many there were */
export async function ingestNext(ingest: Ingest, events: Iterator<Buffer>, count: number, atOnce = BATCH_EVENTS): Promise<number> {
  let stored = 0
  while (stored < count) {
    const batch: Buffer[] = []
    while (batch.length < Math.min(atOnce, count - stored)) {
      const next = events.next()
      if (next.done) break
      batch.push(next.value)
    }
    if (batch.length === 0) break
    await ingest.onBatch(batch.map((value, offset) => ({ value, at: { source: 'bench', partition: '0', offset: stored + offset } })))
    stored += batch.length
  }
  return stored
}

export function anIngest(store: Store): Ingest {
  return new Ingest(store, { tenant: 'default', now: Date.now })
}

/** CPU of this process, the engine's threads in it too. @returns µs an event */
export async function cpuAnEvent(work: () => Promise<number>): Promise<number> {
  const from = process.cpuUsage()
  const events = await work()
  const { user, system } = process.cpuUsage(from)
  return (user + system) / events
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}

export function quantile(values: readonly number[], of: number): number {
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * of))] ?? Number.NaN
}

const Size = z.object({ table: z.string(), bytes: z.int() })
const ColumnSize = z.object({ column: z.string(), bytes: z.int() })

/** Bytes on disk of every table, once merged: columns, keys, marks and indexes. */
export async function bytesOnDisk(store: Store): Promise<z.infer<typeof Size>[]> {
  const named = `SELECT name AS "table", 0 AS bytes FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'`
  for (const { table } of await store.query({ name: 'bench.tables', sql: named, row: Size })) {
    await store.query({ name: 'bench.merge', sql: `OPTIMIZE TABLE ${table} FINAL`, row: z.unknown() })
  }
  const sql = `SELECT table, sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND database = currentDatabase()
    GROUP BY table ORDER BY bytes DESC`
  return store.query({ name: 'bench.size', sql, row: Size })
}

/** Bytes of each column of the events, the largest first. None where all parts are small: those keep their columns in one file. */
export function eventColumnsOnDisk(store: Store): Promise<z.infer<typeof ColumnSize>[]> {
  const sql = `SELECT column, sum(column_data_compressed_bytes) AS bytes FROM system.parts_columns
    WHERE active AND database = currentDatabase() AND table = 'session_events' AND part_type = 'Wide' GROUP BY column ORDER BY bytes DESC`
  return store.query({ name: 'bench.columns', sql, row: ColumnSize })
}
