import { asPublisher, Ingest } from '@hoptrace/ingest'
import { SessionEvents } from '@hoptrace/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { DeadLettersPage, ReplayAnswer } from '../contract/index.ts'
import { RecordedSession, SOMETIME_MS } from '../testing/recorded-session.ts'
import { ServedApi } from '../testing/served-api.ts'
import { TestStore } from '../testing/store.ts'
import { DeadLetterReplay } from './replay.ts'

let store: TestStore
let ingest: Ingest
let api: ServedApi

beforeAll(async () => {
  store = await TestStore.open()
  ingest = new Ingest(store.store, { tenant: 'default', now: () => SOMETIME_MS })
  api = await ServedApi.start({ store: store.store, publisher: asPublisher(ingest) })
})
afterAll(async () => {
  await api.close()
  await store.close()
})

const change = (sql: string) => store.store.query({ name: 'test.change', sql, row: z.unknown() })
const toIngest = (values: readonly Buffer[]) =>
  ingest.onBatch(values.map((value, offset) => ({ value, at: { source: 'test', partition: '0', offset } })))

async function letterIds(reason: string): Promise<string[]> {
  const { items } = DeadLettersPage.parse((await api.get('/dead-letters')).body)
  return items.filter((letter) => letter.reason === reason).map(({ id }) => id)
}

const Counted = z.object({ recording: z.object({ deadLetters: z.int() }) })
const deadLettersOf = async (path: string) => Counted.parse((await api.get(path)).body)

async function replay(id: string): Promise<ReplayAnswer> {
  const response = await api.post(`/dead-letters/${id}/replay`, {})
  expect(response.status).toBe(200)
  return ReplayAnswer.parse(await response.json())
}

describe('POST /dead-letters/{id}/replay', () => {
  it('stores what the store refused, once it takes it, and twice changes nothing', async () => {
    const session = new RecordedSession({ principal: 'refused' }).started().ended()
    await change("ALTER TABLE session_events ADD CONSTRAINT test CHECK ifNull(principal, '') != 'refused'")
    await toIngest(session.encoded)
    await change('ALTER TABLE session_events DROP CONSTRAINT test')
    const ids = await letterIds('store-refused')
    expect(ids).toHaveLength(2)
    for (const id of [...ids, ...ids]) expect(await replay(id)).toMatchObject({ outcome: 'stored', sessionId: session.id })
    expect(await new SessionEvents(store.store).findBySession('default', session.id)).toHaveLength(2)
  })

  it('says in the access log who did it', async () => {
    await toIngest([Buffer.from('poison of somebody')])
    const [id = ''] = await letterIds('not-json')
    await replay(id)
    await replay(id)
    const spans = ['replayed: not-understood', 'replaying', 'replayed: not-understood', 'replaying']
    expect((await api.get(`/access-log?id=${id}`)).body).toMatchObject({ items: spans.map((span) => ({ viewer: 'operator', span })) })
  })

  it('says why a letter is still not understood, and leaves it', async () => {
    await toIngest([Buffer.from('poison')])
    const ids = await letterIds('not-json')
    expect(await replay(ids[0] ?? '')).toEqual({ outcome: 'not-understood', reason: 'not-json', at: '' })
    expect(await letterIds('not-json')).toEqual(ids)
  })

  it('settles a letter: who did it and what came of it is shown, and it is no longer counted', async () => {
    const session = new RecordedSession({ principal: 'refused' }).started()
    const open = async () => [(await deadLettersOf('/health')).recording, (await deadLettersOf('/triage')).recording]
    const before = await open()
    await change("ALTER TABLE session_events ADD CONSTRAINT test CHECK ifNull(principal, '') != 'refused'")
    await toIngest(session.encoded)
    await change('ALTER TABLE session_events DROP CONSTRAINT test')
    const letter = async () =>
      DeadLettersPage.parse((await api.get('/dead-letters')).body).items.find(
        ({ reason, state }) => reason === 'store-refused' && state === 'open',
      )
    const { id } = (await letter()) ?? expect.unreachable()
    expect(await open()).toEqual(before.map(({ deadLetters }) => ({ deadLetters: deadLetters + 1 })))
    await replay(id)
    expect(await letter()).toBeUndefined()
    expect((await api.get(`/dead-letters/${id}`)).body).toMatchObject({
      state: 'settled',
      replayed: { by: 'operator', outcome: 'stored', reason: null },
    })
    expect(await open()).toEqual(before)
  })

  it('leaves a letter open that is still not understood, and says what came of it', async () => {
    await toIngest([Buffer.from('poison for ever')])
    const [id = ''] = await letterIds('not-json')
    await replay(id)
    expect((await api.get(`/dead-letters/${id}`)).body).toMatchObject({
      state: 'open',
      replayed: { by: 'operator', outcome: 'not-understood', reason: 'not-json' },
    })
  })

  it('knows no letter that is not there', async () => {
    expect((await api.post(`/dead-letters/${'0'.repeat(64)}/replay`, {})).status).toBe(404)
    expect((await api.post('/dead-letters/nonsense/replay', {})).status).toBe(404)
  })
})

describe('DeadLetterReplay', () => {
  const never = { publish: async () => undefined }
  const [started = Buffer.alloc(0)] = new RecordedSession().started().encoded

  it('says that an event is on its way while the store does not have it', async () => {
    const replays = new DeadLetterReplay(store.store, never, { patienceMs: 20, everyMs: 5 })
    expect(await replays.replay(started, 'default')).toMatchObject({ outcome: 'published', seq: 0, type: 'session.started' })
  })

  it('publishes no other tenant’s event', async () => {
    const refusing = { publish: () => Promise.reject(new Error('published')) }
    expect(await new DeadLetterReplay(store.store, refusing).replay(started, 'another')).toMatchObject({ reason: 'other-tenant' })
  })
})
