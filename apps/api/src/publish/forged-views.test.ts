import { asPublisher, Ingest } from '@hoptrace/ingest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AccessLogPage, CreatedServiceToken, PublishAnswer } from '../contract/index.ts'
import { anId, RecordedSession } from '../testing/recorded-session.ts'
import { SignedIn } from '../testing/signed-in.test-support.ts'
import { TestStore } from '../testing/store.ts'

let store: TestStore
let signedIn: SignedIn
/** Of somebody who publishes and audits, and must not read what was recorded. */
let token: string
const publisherOf = () => asPublisher(new Ingest(store.store, { tenant: 'acme', now: Date.now }))
const view = { viewer: 'ana', subject: 'ana', resource: 'session', id: '', span: 'seq 0-4', isContent: true, isRevealed: true }

beforeAll(async () => {
  store = await TestStore.open()
  signedIn = await SignedIn.start({ store: store.store, publisher: publisherOf() }, ['acme'])
  const body = JSON.stringify({ name: 'publisher', roles: ['operator', 'auditor'] })
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
  token = CreatedServiceToken.parse(await (await signedIn.as('acme-everything', '/api/v1/service-tokens', init)).json()).token
})
afterAll(async () => {
  await signedIn.stop()
  await store.close()
})

const ask = (path: string, init: RequestInit = {}) =>
  fetch(`${signedIn.api.base}/api/v1${path}`, { ...init, headers: { authorization: `Bearer ${token}` } })
async function publish(session: RecordedSession): Promise<PublishAnswer> {
  return PublishAnswer.parse(await (await ask('/events', { method: 'POST', body: session.encoded.join('\n') })).json())
}
const log = async () => AccessLogPage.parse(await (await ask('/access-log?limit=500')).json()).items
const recently = () => Date.now() - 60_000

describe('whoever publishes events', () => {
  it('cannot say of others that they viewed something', async () => {
    const forged = new RecordedSession({ tenant: 'acme', sessionId: anId(recently()) }, recently()).add('recording.viewed', view)
    expect(await publish(forged)).toMatchObject({ published: 0, refusedLines: [{ line: 1, reason: 'servers-own', at: 'type' }] })
    expect((await log()).map(({ viewer }) => viewer)).not.toContain('ana')
  })

  it('stands in the access log, with the sessions that it gave events to', async () => {
    const session = new RecordedSession({ tenant: 'acme' }, recently()).started().ended()
    expect(await publish(session)).toMatchObject({ published: 2 })
    const entry = (await log()).find(({ resource }) => resource === 'events')
    expect(entry).toMatchObject({ viewer: 'publisher', span: `2 published to ${session.id}`, isContent: false })
  })
})

describe('a session into which somebody wrote a view', () => {
  it('is still read by nobody without the right to content', async () => {
    const session = new RecordedSession({ tenant: 'acme' }, recently())
      .started()
      .asked('SELECT what_was_said')
      .add('recording.viewed', view)
      .ended()
    await publisherOf().publish(session.encoded)
    for (const path of ['/events', '/events/1', '/export?format=jsonl']) {
      const response = await ask(`/sessions/${session.id}${path}`)
      expect([path, response.status, (await response.text()).includes('what_was_said')]).toEqual([path, 403, false])
    }
  })
})
