import { asPublisher, Ingest } from '@hoptrace/ingest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aBootStream, anId } from '../testing/recorded-session.ts'
import { TestStore } from '../testing/store.ts'
import { aBeatingGateway, MINUTE_MS, SPOOL } from './a-beating-gateway.test-support.ts'
import { recordingHealth } from './health.queries.ts'

const NOW = Date.now()
let store: TestStore

beforeAll(async () => {
  store = await TestStore.open()
  const publisher = asPublisher(new Ingest(store.store, { tenant: 'default', now: () => NOW }))
  const recorded = [
    aBeatingGateway('gw-1', NOW - 1000, 'default', [[anId(NOW), 3]]),
    aBeatingGateway('gw-2', NOW - 5 * MINUTE_MS),
    // Its last boot counts, not the one before it.
    aBeatingGateway('gw-1', NOW - 10 * MINUTE_MS),
    aBeatingGateway('gw-gone', NOW - 25 * 60 * MINUTE_MS),
    aBeatingGateway('gw-theirs', NOW - 5 * MINUTE_MS, 'others'),
    aBootStream(NOW - MINUTE_MS).add('recording.gap', { reason: 'limit', message: 'too many at once', fromSeq: null }),
  ]
  for (const stream of recorded) await publisher.publish(stream.encoded)
  await publisher.publish([Buffer.from('no event')])
})
afterAll(() => store.close())

describe('the health of the recording', () => {
  it('is blind while a gateway is silent, and says since when', async () => {
    const { state, reasons, gateways } = await recordingHealth(store.store, 'default', NOW)
    expect([state, reasons]).toEqual(['blind', expect.arrayContaining(['Gateway gw-2 has been silent for 300 s.'])])
    const [heard, silent] = gateways
    expect(heard).toMatchObject({ gatewayId: 'gw-1', isSilent: false, silentSince: null })
    expect(silent).toMatchObject({ gatewayId: 'gw-2', isSilent: true })
    expect(Date.parse(silent?.silentSince ?? '')).toBe(NOW - 5 * MINUTE_MS + 30_000)
  })

  it('knows the gateways of its own tenant that were heard within a day', async () => {
    const { gateways } = await recordingHealth(store.store, 'default', NOW)
    expect(gateways.map(({ gatewayId }) => gatewayId)).toEqual(['gw-1', 'gw-2'])
  })

  it('tells what the last heartbeats told: spools and open sessions', async () => {
    const health = await recordingHealth(store.store, 'default', NOW)
    expect(health).toMatchObject({ openSessions: 1, gateways: [{ openSessions: 1, spool: SPOOL }, { spool: SPOOL }] })
    expect(health.reasons).toContain('The spool of gateway gw-1 fills.')
  })

  it('counts gaps and dead letters, and tells how far it has come', async () => {
    const health = await recordingHealth(store.store, 'default', NOW)
    expect(health).toMatchObject({ gaps: 1, deadLetters: 1, ingestLagMs: 1000 })
    expect(Date.parse(health.storedTo ?? '')).toBe(NOW - 1000)
  })

  it('says that no gateway was ever heard', async () => {
    expect(await recordingHealth(store.store, 'nobody', NOW)).toMatchObject({
      state: 'never',
      gateways: [],
      storedTo: null,
      ingestLagMs: null,
    })
  })
})
