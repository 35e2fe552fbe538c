import 'reflect-metadata'
import { EventEmitter, once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KafkaSettings } from '@hoptrace/bus'
import { Ingest, KafkaIngest } from '@hoptrace/ingest'
import { type InsertRow, openStore, type Store } from '@hoptrace/store'
import { recordedEvents } from './recorded-events.ts'
import { ingestNext } from './store-measures.ts'

/** What one process took: wall and CPU time (its own and the engine's in it), and its peak memory. */
export type Measured = { seconds: number; cpuSeconds: number; peakMiB: number }
export type Task =
  | { kind: 'raw'; events: number; batchEvents: number }
  /** `isStoreFree`: rows are taken at no cost, so that what is measured is the process's own part. */
  | { kind: 'endToEnd'; events: number; settings: KafkaSettings; groupId: string; isStoreFree: boolean }

const tenant = 'default'
const free = { insert: async () => undefined } as Partial<Store> as Store

async function measured(work: () => Promise<void>): Promise<Measured> {
  const [from, cpu] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(cpu)
  const seconds = (performance.now() - from) / 1000
  return { seconds, cpuSeconds: (user + system) / 1e6, peakMiB: process.resourceUsage().maxRSS / 1024 }
}

/** Inserts the very rows that ingest inserts, rendered before, in batches of the same size. */
async function raw(store: Store, { events, batchEvents }: Extract<Task, { kind: 'raw' }>): Promise<Measured> {
  const captured: { table: string; rows: readonly InsertRow[] }[] = []
  const capturing: Pick<Store, 'insert'> = { insert: async (table, rows) => void (rows.length > 0 && captured.push({ table, rows })) }
  const ingest = new Ingest(capturing as Store, { tenant, now: Date.now })
  await ingestNext(ingest, recordedEvents(events), events, batchEvents)
  return measured(async () => {
    for (const { table, rows } of captured) await store.insert(table, rows)
  })
}

/** Once into nothing before it is measured: what a process compiles for its first events it compiles once in its life. */
async function endToEndWarm(store: Store, task: Extract<Task, { kind: 'endToEnd' }>): Promise<Measured> {
  await endToEnd(free, { ...task, groupId: `${task.groupId}-warm-up` })
  return endToEnd(task.isStoreFree ? free : store, task)
}

async function endToEnd(store: Store, { events, settings, groupId }: Extract<Task, { kind: 'endToEnd' }>): Promise<Measured> {
  const joined = new EventEmitter()
  const onNotice = ({ kind }: { kind: string }) => void joined.emit(kind)
  const starting = KafkaIngest.start({ store, tenant, now: Date.now, settings, groupId, onNotice })
  await once(joined, 'assigned')
  const took = measured(async () => {
    const { ingest } = await starting
    while (ingest.counts.events < events) await new Promise((resolve) => ingest.onStored(resolve))
  })
  const result = await took
  await (await starting).close()
  return result
}

async function main(task: Task): Promise<void> {
  const path = mkdtempSync(join(tmpdir(), 'hoptrace-bench-'))
  const store = await openStore({ kind: 'embedded', path })
  await store.migrate()
  const result = task.kind === 'raw' ? await raw(store, task) : await endToEndWarm(store, task)
  await store.close()
  rmSync(path, { recursive: true, force: true })
  await new Promise((resolve) => process.send?.(result, resolve))
  process.exit(0)
}

process.once('message', (task: Task) => void main(task))
