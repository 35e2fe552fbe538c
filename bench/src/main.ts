import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { diskRows, measureSync } from './disk.ts'
import { benchHttp } from './http.ts'
import { benchIngest } from './ingest.ts'
import { benchKafka } from './kafka.ts'
import { benchKafkaIngest } from './kafka-ingest.ts'
import { benchMemory } from './memory.ts'
import { benchPostgres } from './postgres.ts'
import { benchRead } from './read.ts'
import { resultsOf } from './results.ts'
import { benchSsh } from './ssh.ts'
import { benchGrowth } from './store-growth.ts'
import { benchReadsDuringIngest } from './store-load.ts'
import { benchSize } from './store-size.ts'
import { type Row, renderTable } from './table.ts'

// `npm run bench [-- SECTION …]`: every figure is a ratio against a baseline of the same run; these machines are noisy.
// `npm run bench:distributed` measures what the distributed form adds, on a page of its own.
const STANDALONE = ['postgres', 'ssh', 'http', 'memory', 'read']
const DISTRIBUTED = ['kafka', 'read', 'store-size', 'store-load', 'store-growth', 'kafka-ingest']
const asked = process.argv.slice(2)
const isDistributed = asked[0] === 'distributed'
const isStandalone = asked.length === 0
const wanted = new Set(isDistributed ? DISTRIBUTED : isStandalone ? STANDALONE : asked)
const isWanted = (section: string) => wanted.has(section)

async function main(): Promise<void> {
  const rows: Row[] = []
  const add = (more: Row[]) => {
    rows.push(...more)
    console.log(renderTable(more))
  }
  const sync = measureSync()
  add(diskRows(sync))
  if (isWanted('postgres')) {
    const { rows: measured, dataDir, transactions } = await benchPostgres(sync.p50)
    add(measured)
    add(await benchIngest(join(dataDir, 'spool'), transactions))
  }
  if (isWanted('ssh')) add(await benchSsh())
  if (isWanted('http')) add(await benchHttp())
  if (isWanted('memory')) add(await benchMemory())
  if (isWanted('kafka')) add(await benchKafka())
  if (isWanted('read')) add(await benchRead())
  if (isWanted('store-size')) add(await benchSize())
  if (isWanted('store-load')) add(await benchReadsDuringIngest())
  if (isWanted('store-growth')) add(await benchGrowth())
  if (isWanted('kafka-ingest')) add(await benchKafkaIngest())
  if (isStandalone) writeFileSync('bench/RESULTS.md', resultsOf('npm run bench', rows))
  if (isDistributed) writeFileSync('bench/RESULTS-distributed.md', resultsOf('npm run bench:distributed', rows))
}

// Children that a fault left behind must not keep the bench from ending.
main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  },
)
