import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { diskRows, measureSync } from './disk.ts'
import { benchIngest } from './ingest.ts'
import { benchMemory } from './memory.ts'
import { benchPostgres } from './postgres.ts'
import { benchRead } from './read.ts'
import { benchSsh } from './ssh.ts'
import { type Row, renderTable } from './table.ts'

// `npm run bench [-- SECTION …]`: every figure is a ratio against a baseline of the same run; these machines are noisy.
const wanted = new Set(process.argv.slice(2))
const isWanted = (section: string) => wanted.size === 0 || wanted.has(section)

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
  if (isWanted('memory')) add(await benchMemory())
  if (isWanted('read')) add(await benchRead())
  if (wanted.size === 0) writeFileSync('bench/RESULTS.md', resultsOf(rows))
}

function resultsOf(rows: readonly Row[]): string {
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}`
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const date = new Date().toISOString().slice(0, 10)
  return `# Figures\n\nWritten by \`npm run bench\` on ${date}, commit ${commit}, on ${machine}.\n\n${renderTable(rows)}\n`
}

// Children that a fault left behind must not keep the bench from ending.
main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  },
)
