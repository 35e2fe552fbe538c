import { type RawMessage, SpoolTail } from '@hoptrace/bus'
import { recordWork } from './recorded-work.ts'
import { anIngest, bytesOnDisk, eventColumnsOnDisk, withStore } from './store-measures.ts'
import type { Row } from './table.ts'

/** What sessions take that a gateway recorded, against their events as JSON: every table and index, once merged. */
export async function benchSize(): Promise<Row[]> {
  const spool = await recordWork()
  return withStore(async (store) => {
    const ingest = anIngest(store)
    const tail = new SpoolTail({ directory: spool, name: 'size', keepSegments: null, inFlight: 2 })
    let [jsonBytes, events] = [0, 0]
    tail.start(async (batch: RawMessage[]) => {
      await ingest.onBatch(batch)
      events += batch.length
      for (const { value } of batch) jsonBytes += value.length
    })
    await tail.caughtUp()
    await tail.stop()
    const tables = await bytesOnDisk(store)
    const bytes = tables.reduce((sum, table) => sum + table.bytes, 0)
    const share = (part: number) => `${((100 * part) / bytes).toFixed(0)} %`
    const largest = tables.slice(0, 4).map((table) => `${table.table} ${share(table.bytes)}`)
    const columns = (await eventColumnsOnDisk(store)).slice(0, 4).map((each) => `${each.column} ${share(each.bytes)}`)
    return [
      {
        figure: 'bytes on disk ÷ JSON bytes of recorded sessions, with all indexes',
        value: `${(bytes / 1e6).toFixed(2)} MB, ${(jsonBytes / 1e6).toFixed(2)} MB`,
        ratio: bytes / jsonBytes,
        bound: { atMost: 0.15 },
        note: `${events} events; ${largest.join(', ')}; of their columns ${columns.join(', ')}`,
      },
    ]
  })
}
