import { listQueries, SearchQuery, SessionsQuery } from '@hoptrace/api'
import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import { DAYS, END_MS } from './large-data.ts'
import { quantile, timed } from './store-measures.ts'
import type { Row } from './table.ts'

const READS = 30
const DAY_MS = 86_400_000
const range = (days: number) => ({ fromUs: (END_MS - days * DAY_MS) * 1000, toUs: END_MS * 1000 })

/** Which values are asked for changes with every read, so that nothing is answered from what the read before left behind. */
type Ask = (read: number) => Record<string, unknown>

const lists: Record<string, Ask> = {
  'no filter': () => ({}),
  principal: (n) => ({ principal: [`agent-${n}`] }),
  'root principal': (n) => ({ rootPrincipal: [`root-${n}`] }),
  target: (n) => ({ target: [`target-${n}`] }),
  account: (n) => ({ account: [`account-${n % 20}`] }),
  run: (n) => ({ run: [`019aa0c0-0000-7000-8000-${String(n * 97).padStart(12, '0')}`] }),
  protocol: () => ({ protocol: ['ssh'] }),
  source: (n) => ({ source: [`10.${n}.${n}.7`] }),
  open: () => ({ outcome: ['open'] }),
  excluded: (n) => ({ exclude: [`principal:agent-${n}`, 'protocol:ssh'] }),
  gap: () => ({ completeness: ['gap'] }),
  'common word': (n) => ({ q: `word${1 + (n % 10)}` }),
  'fair word': (n) => ({ q: `word${3000 + n}` }),
  'rare word': (n) => ({ q: `own${n * 53 + 7}` }),
}

/** What any query takes, on whatever else the machine does: before and after the others. */
export async function benchSelectOne(store: Store): Promise<Row> {
  const p95 = await p95Of(() => store.query({ name: 'bench.one', sql: 'SELECT 1 AS one', row: z.unknown() }))
  return { figure: 'SELECT 1, p95', value: `${p95.toFixed(1)} ms` }
}

/** Sessions that a list is not sorted by time of are all added up: no figure is wanted, only said. */
const sorted: Record<string, Ask> = {
  'by duration': () => ({ sort: '-duration' }),
  'by principal': () => ({ sort: 'principal' }),
  'by completeness': () => ({ sort: 'completeness' }),
}

/** Each filter over the last 24 hours, which is what a list shows at first, and over everything. */
export async function benchLists(store: Store, sessions: number, isMeasured: (name: string) => boolean): Promise<Row[]> {
  const queries = (await listQueries(store, 'default')).sessions
  const rows: Row[] = []
  for (const days of [1, DAYS]) {
    for (const [name, ask] of Object.entries(lists).filter(([filter]) => isMeasured(filter))) {
      const p95 = await p95Of(async (n) => queries.list(SessionsQuery.parse(ask(n)), range(days)))
      rows.push(rowOf(`session list of ${days} d, ${name}, ${millions(sessions)} sessions, p95`, p95, 50))
    }
  }
  return rows
}

/** What reads every session of a range, and so has no figure to keep: how many there are, and lists that time does not sort. */
export async function benchWholeRanges(store: Store, sessions: number): Promise<Row[]> {
  const queries = (await listQueries(store, 'default')).sessions
  const rows: Row[] = []
  const add = async (figure: string, read: (n: number) => Promise<unknown>) => {
    const p95 = await p95Of(read, 3)
    rows.push({ figure: `${figure}, ${millions(sessions)} sessions, longest of 3`, value: `${p95.toFixed(0)} ms` })
  }
  for (const days of [1, DAYS]) {
    for (const name of ['no filter', 'principal', 'open']) {
      await add(`how many there are of ${days} d, ${name}`, (n) => queries.count(SessionsQuery.parse(lists[name]?.(n)), range(days)))
    }
  }
  for (const [name, ask] of Object.entries(sorted)) {
    await add(`session list of 1 d, ${name}`, (n) => queries.list(SessionsQuery.parse(ask(n)), range(1)))
  }
  return rows
}

const searches: Record<string, (n: number) => string> = {
  'a common word': (n) => `word${1 + (n % 10)}`,
  'a fair word': (n) => `word${3000 + n}`,
  'a rare word': (n) => `own${n * 53 + 7}`,
  'two common words': (n) => `word${1 + (n % 10)} word${2 + (n % 7)}`,
  'a word that is not there': (n) => `nowhere${n}`,
}

export async function benchSearch(store: Store, events: number): Promise<Row[]> {
  const { search } = await listQueries(store, 'default')
  const rows: Row[] = []
  for (const days of [1, DAYS]) {
    for (const [name, word] of Object.entries(searches)) {
      const p95 = await p95Of(async (n) => search.page(SearchQuery.parse({ q: word(n) }), range(days)))
      rows.push(rowOf(`search of ${days} d for ${name}, ${millions(events)} events, p95`, p95, 100))
    }
  }
  return rows
}

async function p95Of(read: (n: number) => Promise<unknown>, reads = READS): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < reads; n++) times.push(await timed(() => read(n)))
  return quantile(times, 0.95)
}

function rowOf(figure: string, p95: number, allowedMs: number): Row {
  return { figure: `${figure} ÷ ${allowedMs} ms`, value: `${p95.toFixed(0)} ms`, ratio: p95 / allowedMs, bound: { atMost: 1 } }
}

function millions(count: number): string {
  return `${count / 1e6} M`
}
