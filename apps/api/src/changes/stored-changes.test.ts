import { asPublisher, Ingest } from '@hoptrace/ingest'
import { beforeAll, describe, expect, it } from 'vitest'
import { RecordedSession } from '../testing/recorded-session.ts'
import { TestStore } from '../testing/store.ts'
import { StoredChanges } from './stored-changes.ts'

let store: TestStore
let publish: (session: RecordedSession) => Promise<void>

beforeAll(async () => {
  store = await TestStore.open()
  const publisher = asPublisher(new Ingest(store.store, { tenant: 'default', now: Date.now }))
  publish = ({ encoded }) => publisher.publish(encoded)
})

function follow(): { changes: StoredChanges; told: string[] } {
  const told: string[] = []
  const changes = new StoredChanges(store.store, { everyMs: 60_000, now: Date.now })
  changes.onStored(({ sessions }) => told.push(...sessions.map(({ tenant, sessionId }) => `${tenant} ${sessionId}`)))
  return { changes, told }
}

describe('changes that another process stored', () => {
  it('are told once, with their tenant', async () => {
    const { changes, told } = follow()
    const [ours, theirs] = [new RecordedSession({}, Date.now()).started(), new RecordedSession({ tenant: 'acme' }, Date.now()).started()]
    for (const session of [ours, theirs]) await publish(session)
    for (let looks = 0; looks < 3; looks += 1) await changes.look()
    expect(told.sort()).toEqual([`acme ${theirs.id}`, `default ${ours.id}`].sort())
  })

  it('leave out that somebody looked, at whichever server', async () => {
    const { changes, told } = follow()
    const view = { viewer: 'ana', resource: 'session', id: '', span: '', isContent: true }
    const nobody = { run: null, principal: null, rootPrincipal: null, origin: null, target: null }
    const stream = new RecordedSession(nobody, Date.now()).add('recording.viewed', view)
    await publish(stream)
    await changes.look()
    expect(told.filter((one) => one.includes(stream.id))).toEqual([])
  })

  it('leave out nothing because another tenant calls a stream of views the same', async () => {
    const { changes, told } = follow()
    const session = new RecordedSession({}, Date.now()).started()
    const view = { viewer: 'ana', resource: 'session', id: '', span: '', isContent: true }
    const theirs = new RecordedSession({ tenant: 'acme', sessionId: session.id }, Date.now()).add('recording.viewed', view)
    for (const stored of [theirs, session]) await publish(stored)
    await changes.look()
    expect(told.filter((one) => one.includes(session.id))).toEqual([`default ${session.id}`])
  })

  it('wait for a store that does not answer', async () => {
    const failed: unknown[] = []
    const changes = new StoredChanges(store.store, { everyMs: 60_000, now: Date.now, onError: (error) => failed.push(error) })
    await store.close()
    await changes.look()
    expect(failed).toMatchObject([{ code: 'STORE_CLOSED' }])
    await changes.close()
  })
})
