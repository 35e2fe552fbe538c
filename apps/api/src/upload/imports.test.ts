import { asPublisher, Ingest } from '@hoptrace/ingest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ImportAnswer, SessionsPage } from '../contract/index.ts'
import { SOMETIME_MS } from '../testing/recorded-session.ts'
import { ServedApi } from '../testing/served-api.ts'
import { TestStore } from '../testing/store.ts'

let store: TestStore
let api: ServedApi

beforeAll(async () => {
  store = await TestStore.open()
  const publisher = asPublisher(new Ingest(store.store, { tenant: 'default', now: () => SOMETIME_MS }))
  api = await ServedApi.start({ store: store.store, publisher })
})
afterAll(async () => {
  await api.close()
  await store.close()
})

const header = { version: 2, width: 80, height: 24, timestamp: SOMETIME_MS / 1000 }
const cast = [JSON.stringify(header), '[0.5,"o","$ ls\\r\\n"]', '[1.5,"o","\\u001b[2Jgone"]'].join('\n')

function upload(body: string, file = 'a <b>.cast'): Promise<Response> {
  const query = new URLSearchParams({ principal: 'ana', target: 'bastion', file })
  return api.fetch(`/imports?${query}`, { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body })
}

describe('POST /imports', () => {
  it('takes in a recording as a session at the time when it was recorded, and twice adds nothing', async () => {
    const first = await upload(cast)
    expect(first.status).toBe(201)
    const answer = ImportAnswer.parse(await first.json())
    expect(answer).toMatchObject({ wasKnown: false, events: 5 })
    expect(await (await upload(cast)).json()).toEqual({ ...answer, wasKnown: true })
    const at = (ms: number) => new Date(SOMETIME_MS + ms).toISOString()
    const page = SessionsPage.parse((await api.get(`/sessions?from=${at(0)}&to=${at(1000)}`)).body)
    expect(page.items).toMatchObject([
      {
        id: answer.sessionId,
        principal: 'ana',
        rootPrincipal: null,
        outcome: 'imported',
        completeness: 'complete',
        events: 5,
        durationMs: 1500,
      },
    ])
  })

  it('names the line where a broken file breaks, and takes in nothing of it', async () => {
    const response = await upload(`${cast}\n[9,"o"\n`)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ detail: 'line 4: not-json' })
  })

  it('takes in an audit log of a cluster as sessions of those who asked, names what it cannot read, and twice adds nothing', async () => {
    const at = (ms: number) => new Date(SOMETIME_MS + ms).toISOString()
    const event = (auditID: string, username: string) => ({
      ...{ kind: 'Event', apiVersion: 'audit.k8s.io/v1', auditID, stage: 'ResponseComplete', verb: 'list', user: { username } },
      ...{ requestURI: '/api/v1/pods', objectRef: { resource: 'pods', apiVersion: 'v1' }, responseStatus: { code: 403 } },
      ...{ requestReceivedTimestamp: at(0), stageTimestamp: at(20) },
    })
    const log = [JSON.stringify(event('a', 'ana')), '{', JSON.stringify(event('b', 'ben'))].join('\n')
    const take = (body: string) =>
      api.fetch('/imports?format=kubernetes-audit&target=prod&file=audit.log', {
        method: 'POST',
        body,
        headers: { 'content-type': 'text/plain' },
      })
    const first = ImportAnswer.parse(await (await take(log)).json())
    expect(first).toMatchObject({ sessions: 2, events: 8, wasKnown: false, broken: [{ line: 2, reason: 'not-json' }], brokenTotal: 1 })
    expect(await (await take(log)).json()).toEqual({ ...first, wasKnown: true })
    const page = SessionsPage.parse((await api.get(`/sessions?target=prod&from=${at(0)}&to=${at(1000)}`)).body)
    expect(page.items.map(({ principal, protocol, completeness }) => [principal, protocol, completeness]).sort()).toEqual([
      ['ana', 'kubernetes', 'complete'],
      ['ben', 'kubernetes', 'complete'],
    ])
    const nothing = await take('nothing\nat all')
    expect([nothing.status, await nothing.json()]).toMatchObject([400, { detail: 'The file holds no audit event in its 2 lines.' }])
  })

  it('refuses a request that does not say whose it is', async () => {
    expect((await api.fetch('/imports?target=bastion&file=a', { method: 'POST', body: cast })).status).toBe(400)
  })
})
