import { asPublisher, Ingest } from '@hoptrace/ingest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SessionsQuery } from '../contract/index.ts'
import { RecordedSession, SOMETIME_MS } from '../testing/recorded-session.ts'
import { TestStore } from '../testing/store.ts'
import { SessionsQueries } from './sessions.queries.ts'

const MINUTE_MS = 60_000
const RANGE = { fromUs: (SOMETIME_MS - 86_400_000) * 1000, toUs: (SOMETIME_MS + 86_400_000) * 1000 }

/** Twenty, a minute apart, newest first; every fourth lacks an event, and every fifth has not ended. */
const sessions = Array.from({ length: 20 }, (_, n) => {
  const session = new RecordedSession({ principal: `agent-${n % 3}` }, SOMETIME_MS - n * MINUTE_MS).started().asked('SELECT 1')
  if (n % 5 !== 0) session.ended()
  if (n % 4 === 0) session.encoded.splice(1, 1)
  return session
})
const idsOf = (isOf: (n: number) => boolean) => sessions.filter((_, n) => isOf(n)).map(({ id }) => id)

let store: TestStore
let queries: SessionsQueries

beforeAll(async () => {
  store = await TestStore.open()
  const publisher = asPublisher(new Ingest(store.store, { tenant: 'default', now: () => SOMETIME_MS }))
  // Event by event: no row of a roll-up, as it is stored, shows a whole session.
  const longest = Math.max(...sessions.map(({ encoded }) => encoded.length))
  for (let n = 0; n < longest; n += 1) {
    for (const half of [sessions.slice(0, 10), sessions.slice(10)])
      await publisher.publish(half.flatMap(({ encoded }) => encoded.slice(n, n + 1)))
  }
  queries = new SessionsQueries(store.store, 'default')
})
afterAll(() => store.close())

async function pagedThrough(asked: Record<string, unknown>): Promise<string[]> {
  const seen: string[] = []
  for (let cursor: string | undefined; ; ) {
    const rows = await queries.list(SessionsQuery.parse({ ...asked, limit: 3, cursor }), RANGE)
    seen.push(...rows.slice(0, 3).map(({ sessionId }) => sessionId))
    const last = rows[2]
    if (rows.length <= 3 || last === undefined) return seen
    cursor = Buffer.from(JSON.stringify([last.sort_key, last.sessionId])).toString('base64url')
  }
}

describe('the latest sessions of which each came in several inserts', () => {
  it.each([
    ['of any kind', {}, () => true],
    ['of one principal', { principal: ['agent-1'] }, (n: number) => n % 3 === 1],
    ['of all principals but one', { exclude: ['principal:agent-1'] }, (n: number) => n % 3 !== 1],
    ['that are open', { outcome: ['open'] }, (n: number) => n % 5 === 0],
    ['that lack something', { completeness: ['gap'] }, (n: number) => n % 4 === 0],
    ['that are whole', { completeness: ['complete'] }, (n: number) => n % 4 !== 0 && n % 5 !== 0],
    ['that are not whole', { exclude: ['completeness:complete'] }, (n: number) => n % 4 === 0 || n % 5 === 0],
    ['that hold a word', { q: 'select', principal: ['agent-2'] }, (n: number) => n % 3 === 2 && n % 4 !== 0],
  ])('are each on one page: those %s', async (_, asked, isOf) => {
    expect(await pagedThrough(asked)).toEqual(idsOf(isOf))
    expect(await queries.count(SessionsQuery.parse(asked), RANGE)).toBe(idsOf(isOf).length)
  })

  it('are named whole or not as a heartbeat says, once it named a later seq than was stored', async () => {
    const [session] = sessions.slice(1)
    const row = {
      tenant: 'default',
      gateway_id: 'gw-1',
      boot_id: session?.id ?? '',
      session_id: session?.id ?? '',
      last_seq: 9,
      ts: '1790000000000000',
    }
    await store.store.insert('heartbeats', [row])
    expect(await queries.find(session?.id ?? '')).toMatchObject({ saidSeq: 9, wholeness: 'gap' })
  })
})
