import { existsSync, writeFileSync } from 'node:fs'
import { openStore, type Store } from '@hoptrace/store'
import { EVENTS_A_SESSION, fillStore } from './large-data.ts'
import { benchLists, benchSearch, benchSelectOne, benchWholeRanges } from './large-reads.ts'
import { fillRollups } from './large-rollups.ts'
import { resultsOf } from './results.ts'
import { benchGrowth } from './store-growth.ts'
import { timed, withStore } from './store-measures.ts'
import { type Row, renderTable } from './table.ts'

// `npm run bench:large [-- SESSIONS [PART [DIRECTORY]]]`: what takes long to build. Ten events a session; 10 000 000 by default.
// growth: what storing costs when there is ten times as much; reads: lists and searches; lists: those that look for no words, of
// roll-ups alone, which are built in a tenth of the time. A DIRECTORY is filled when it is not there, and kept.
const PARTS = ['growth', 'reads', 'lists']
const [asked, part, directory] = process.argv.slice(2)
const sessions = Number(asked ?? 10_000_000)
if (!Number.isInteger(sessions) || sessions < 1_000) throw new Error('SESSIONS is a whole number from 1000')
if (part !== undefined && !PARTS.includes(part)) throw new Error(`PART is one of ${PARTS.join(', ')}`)

const rows: Row[] = []
const add = (more: Row[]) => {
  rows.push(...more)
  console.log(renderTable(more))
}

async function main(): Promise<void> {
  if (part === undefined || part === 'growth') add(await benchGrowth(sessions / 10))
  if (part === undefined || part === 'reads') await inStore(fillStore, () => true)
  if (part === 'lists') await inStore(fillRollups, (name) => !name.includes('word'))
  const command = ['npm run bench:large', ...(asked === undefined ? [] : ['--', asked]), ...(part === undefined ? [] : [part])].join(' ')
  const page = part === undefined ? 'bench/RESULTS-large.md' : `bench/RESULTS-large-${part}.md`
  if (sessions >= 1_000_000) writeFileSync(page, resultsOf(command, rows))
}

async function inStore(fill: typeof fillStore, isMeasured: (name: string) => boolean): Promise<void> {
  const measure = async (store: Store, isFilled: boolean) => {
    const progress = (done: number) => process.stderr.write(`\r${done} of ${sessions} sessions `)
    const ms = isFilled ? null : await timed(() => fill(store, sessions, progress))
    if (ms !== null) add([{ figure: 'building the store', value: `${(ms / 60_000).toFixed(1)} min` }])
    add([await benchSelectOne(store)])
    add(await benchLists(store, sessions, isMeasured))
    if (fill === fillStore) add(await benchSearch(store, sessions * EVENTS_A_SESSION))
    add([await benchSelectOne(store)])
    add(await benchWholeRanges(store, sessions))
  }
  if (directory === undefined) return withStore((store) => measure(store, false))
  const isFilled = existsSync(directory)
  const store = await openStore({ kind: 'embedded', path: directory, maxMemoryBytes: 6 * 2 ** 30 })
  await store.migrate()
  await measure(store, isFilled)
  await store.close()
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  },
)
