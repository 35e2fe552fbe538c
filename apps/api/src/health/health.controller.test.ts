import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Health } from '../contract/index.ts'
import { ServedApi } from '../testing/served-api.ts'
import { TestStore } from '../testing/store.ts'

let store: TestStore
let api: ServedApi

beforeAll(async () => {
  store = await TestStore.open()
  api = await ServedApi.start({ store: store.store, publisher: { publish: async () => undefined }, version: '1.2.3' })
})
afterAll(() => api.close())

describe('the health route', () => {
  it('is for those who are signed in, while whether the server is up is for all', async () => {
    expect((await fetch(`${api.base}/api/v1/health`)).status).toBe(401)
    const alive = await fetch(`${api.base}/api/v1/alive`)
    expect([alive.status, await alive.json()]).toEqual([200, { status: 'ok', version: '1.2.3' }])
  })

  it('tells how the recording goes, and goes on answering while the store does not, by code', async () => {
    const before = Health.parse((await api.get('/health')).body)
    expect(before).toMatchObject({ version: '1.2.3', store: { reachable: true, fault: null }, recording: { state: 'never' } })
    await store.close()
    const { status, body } = await api.get('/health')
    expect([status, Health.parse(body)]).toMatchObject([200, { store: { reachable: false, fault: 'STORE_CLOSED' }, recording: null }])
  })
})
