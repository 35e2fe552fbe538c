import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Conflicts, DeadLetterReplays, DeadLetters, openStore, SessionEvents, type Store } from '../index.ts'
import { aRow, enginesToTest, id, type StorePlace, tenant } from '../store.test-support.ts'

describe.each(enginesToTest)('what needs somebody, $engine', ({ aPlace }) => {
  let place: StorePlace
  let store: Store
  beforeAll(async () => {
    place = await aPlace()
    store = await openStore(place.options)
    await store.migrate()
  })
  afterAll(async () => {
    await store.close()
    await place.remove()
  })

  it('is each session with two hashes under one seq, at the first of them, and none that came twice alike', async () => {
    const forged = [0, 1, 2, 2, 3, 3].map((seq, at) => aRow({ session_id: id(1), seq, hash: `${at}`.repeat(64) }))
    const sound = [0, 1, 1].map((seq) => aRow({ session_id: id(2), seq, hash: `${seq}`.repeat(64) }))
    for (let delivery = 0; delivery < 2; delivery += 1) await new SessionEvents(store).insert([...forged, ...sound])
    const theirs = ['a', 'b'].map((hash) => aRow({ tenant: 'others', session_id: id(2), hash: hash.repeat(64) }))
    await new SessionEvents(store).insert(theirs)
    const conflicts = new Conflicts(store)
    expect(await conflicts.since(tenant, 0)).toMatchObject({ count: 1, newest: [{ tenant, sessionId: id(1), seq: 2 }] })
    expect(await conflicts.since(null, 0, 1)).toMatchObject({ count: 2, newest: [{ tenant: 'others', sessionId: id(2), seq: 0 }] })
    expect(await conflicts.since(null, (Date.now() + 60_000) * 1000)).toEqual({ count: 0, newest: [] })
  })

  it('is each letter that was not replayed and stored', async () => {
    const letter = (hex: string) => ({
      ...{ tenant, id: hex.repeat(64), reason: 'not-json', at: '', received_base64: '', size: 0, source: 't', partition: '0', offset: 0 },
      first_seen: 1,
    })
    await new DeadLetters(store).insert(['a', 'b', 'c'].map(letter))
    const replays = new DeadLetterReplays(store)
    const by = { replayedBy: 'ana', reason: '' }
    const [a, b, c] = ['a', 'b', 'c'].map((hex) => hex.repeat(64))
    await replays.insertReplay(tenant, { ...by, id: a ?? '', replayedAtMs: 5, outcome: 'stored' })
    await replays.insertReplay(tenant, { ...by, id: a ?? '', replayedAtMs: 6, outcome: 'published' })
    await replays.insertReplay(tenant, { ...by, id: b ?? '', replayedAtMs: 7, outcome: 'not-understood', reason: 'not-json' })
    const found = await replays.find(tenant, [a ?? '', b ?? '', c ?? ''])
    expect([found.get(a ?? ''), found.get(b ?? ''), found.size]).toMatchObject([
      { outcome: 'stored', replayedAtMs: 5 },
      { outcome: 'not-understood', replayedAtMs: 7 },
      2,
    ])
    expect([await new DeadLetters(store).countOpen(tenant), await new DeadLetters(store).count(tenant)]).toEqual([2, 3])
  })
})
