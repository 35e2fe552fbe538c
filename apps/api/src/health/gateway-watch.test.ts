import { asPublisher, Ingest } from '@hoptrace/ingest'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { TestStore } from '../testing/store.ts'
import { aBeatingGateway, MINUTE_MS } from './a-beating-gateway.test-support.ts'
import { type GatewayNotice, GatewayWatch } from './gateway-watch.ts'

const NOW = Date.now()
let store: TestStore

beforeAll(async () => {
  store = await TestStore.open()
  const publisher = asPublisher(new Ingest(store.store, { tenant: 'default', now: () => NOW }))
  await publisher.publish(aBeatingGateway('gw-1', NOW).encoded)
  await publisher.publish(aBeatingGateway('gw-2', NOW - 5 * MINUTE_MS).encoded)
  await publisher.publish(aBeatingGateway('gw-3', NOW, 'others').encoded)
})

describe('the watch over gateways', () => {
  let notices: GatewayNotice[]
  let nowMs: number
  let watch: GatewayWatch
  beforeEach(() => {
    notices = []
    nowMs = NOW
    watch = new GatewayWatch(store.store, { now: () => nowMs, onNotice: (notice) => notices.push(notice) })
  })
  const silentOnes = () => watch.gateways.filter(({ isSilent }) => isSilent).map(({ gatewayId }) => gatewayId)

  it('tells once that a gateway fell silent', async () => {
    for (let looks = 0; looks < 3; looks += 1) await watch.look()
    expect(notices).toEqual([{ kind: 'silent', gatewayId: 'gw-2', ageMs: 5 * MINUTE_MS }])
    expect(silentOnes()).toEqual(['gw-2'])
  })

  it('watches the gateways of every tenant', async () => {
    nowMs = NOW + MINUTE_MS
    await watch.look()
    expect(silentOnes()).toEqual(['gw-1', 'gw-2', 'gw-3'])
  })

  it('takes no gateway of another tenant for one of the same name', async () => {
    const publisher = asPublisher(new Ingest(store.store, { tenant: 'others', now: () => NOW }))
    await publisher.publish(aBeatingGateway('gw-2', NOW, 'others').encoded)
    for (let looks = 0; looks < 2; looks += 1) await watch.look()
    expect(notices).toEqual([{ kind: 'silent', gatewayId: 'gw-2', ageMs: 5 * MINUTE_MS }])
    expect(silentOnes()).toEqual(['gw-2'])
  })

  it('tells that one is heard again', async () => {
    nowMs = NOW + MINUTE_MS
    await watch.look()
    nowMs = NOW
    await watch.look()
    expect(notices).toContainEqual({ kind: 'heard', gatewayId: 'gw-1' })
    expect(silentOnes()).not.toContain('gw-1')
  })

  it('tells once that it cannot look, and keeps what it saw', async () => {
    await watch.look()
    await store.close()
    await watch.look()
    await watch.look()
    expect(notices).toMatchObject([{ kind: 'silent' }, { kind: 'unread', error: { code: 'STORE_CLOSED' } }])
    expect([watch.failures, silentOnes()]).toEqual([2, ['gw-2']])
  })
})
