import { Alerts } from '@hoptrace/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Tick } from '../contract/index.ts'
import { ServedApi } from '../testing/served-api.ts'
import { TestStore } from '../testing/store.ts'
import { alertId, aStoredAlert } from '../testing/stored-alert.ts'
import { AlertWatch } from './alert-watch.ts'

let store: TestStore
beforeAll(async () => {
  store = await TestStore.open()
})
afterAll(() => store.close())

describe('the stream of changes', () => {
  it('says that alerts changed once somebody acted on one', async () => {
    await new Alerts(store.store).save('default', [aStoredAlert(1)])
    const api = await ServedApi.start({ store: store.store, publisher: { publish: async () => undefined } })
    const response = await api.fetch('/stream')
    const ticks = ticksOf(response)
    expect(await ticks.next()).toMatchObject({ value: { kind: 'hello' } })
    const acted = await api.post(`/alerts/${alertId(1)}/actions`, { kind: 'acknowledge', revision: 0 })
    expect(acted.status).toBe(200)
    expect(await ticks.next()).toMatchObject({ value: { kind: 'alerts' } })
    await api.close()
  })
})

describe('a watch of alerts', () => {
  const changed: string[] = []
  const watchOf = (tenants: readonly string[]) =>
    new AlertWatch(store.store, { everyMs: 60_000, tenants: () => tenants, onChange: (tenant) => changed.push(tenant) })

  it('tells what another process changed, to the tenant alone, and each change once', async () => {
    const watch = watchOf(['acme', 'umbrella'])
    await new Alerts(store.store).save('acme', [aStoredAlert(2)])
    await watch.look()
    expect(changed).toEqual([])
    await new Alerts(store.store).save('acme', [aStoredAlert(2, { version: 2, severity: 'critical' })])
    for (let looks = 0; looks < 3; looks += 1) await watch.look()
    expect(changed).toEqual(['acme'])
    await watch.close()
  })

  it('asks nothing while nobody listens', async () => {
    const watch = watchOf([])
    await store.close()
    await watch.look()
    await watch.close()
    store = await TestStore.open()
  })
})

async function* ticksOf(response: Response): AsyncGenerator<Tick, void> {
  if (!response.body) return
  let rest = ''
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.startsWith('data: ')) yield Tick.parse(JSON.parse(line.slice(6)))
  }
}
