import { asPublisher, Ingest } from '@hoptrace/ingest'
import { Log, Metrics } from '@hoptrace/telemetry'
import { beforeAll, describe, expect, it } from 'vitest'
import { Health, Triage } from '../contract/index.ts'
import { measureHealth } from '../ops/api-metrics.ts'
import { logConflicts } from '../ops/watch-log.ts'
import { RecordedSession } from '../testing/recorded-session.ts'
import { ServedApi } from '../testing/served-api.ts'
import { TestStore } from '../testing/store.ts'
import { aBeatingGateway } from './a-beating-gateway.test-support.ts'
import { type ConflictNotice, ConflictWatch } from './conflict-watch.ts'
import { GatewayWatch } from './gateway-watch.ts'
import { recordingHealth } from './health.queries.ts'

const NOW = Date.now()
let store: TestStore
let forged: RecordedSession
let sound: RecordedSession

/** The same session, whose second event says something else. */
function twice(tenant: string): [RecordedSession, RecordedSession] {
  const one = new RecordedSession({ tenant }, NOW - 5000).started()
  const other = new RecordedSession({ tenant, sessionId: one.id }, NOW - 5000).started()
  return [one.add('terminal.resize', { channel: 0, cols: 80, rows: 24 }), other.add('terminal.resize', { channel: 0, cols: 1, rows: 1 })]
}

beforeAll(async () => {
  store = await TestStore.open()
  sound = new RecordedSession({}, NOW - 5000).started()
  const [first, second] = twice('default')
  forged = first
  const [theirs, forTheirs] = twice('others')
  const recorded = [aBeatingGateway('gw-1', NOW), sound, sound, first, second, theirs, forTheirs]
  const ingest = new Ingest(store.store, { tenant: 'default', now: () => NOW })
  for (const { encoded } of recorded) await asPublisher(ingest).publish(encoded)
})

describe('the same seq with other content', () => {
  it('is a reason in the health of its own tenant, with the place of the proof; what came twice alike is none', async () => {
    const health = await recordingHealth(store.store, 'default', NOW)
    expect(health).toMatchObject({ state: 'degraded', conflicts: { count: 1, newest: [{ sessionId: forged.id, seq: 1 }] } })
    expect(health.reasons).toContain('1 session has two different events under one seq.')
    expect(await recordingHealth(store.store, 'nobody', NOW)).toMatchObject({ conflicts: { count: 0, newest: [] } })
  })

  it('is told by health and triage alike, and its proof shows both', async () => {
    const api = await ServedApi.start({ store: store.store, publisher: { publish: async () => undefined } })
    const health = Health.parse((await api.get('/health')).body)
    const triage = Triage.parse((await api.get('/triage')).body)
    const proof = await api.get(`/sessions/${forged.id}/events/1`)
    await api.close()
    expect(health.recording?.conflicts).toEqual(triage.recording.conflicts)
    expect(triage.recording).toMatchObject({ conflicts: { count: 1 }, reasons: ['1 session has two different events under one seq.'] })
    expect(proof.body).toMatchObject({ verdict: 'conflict' })
  })

  it('is a metric over all tenants and, once, a line at error level', async () => {
    const lines: unknown[] = []
    const log = new Log(
      'api',
      () => NOW,
      (line) => lines.push(JSON.parse(line)),
    )
    const conflicts = new ConflictWatch(store.store, { now: () => NOW, onNotice: logConflicts(log) })
    const metrics = new Metrics('0')
    measureHealth(metrics, new GatewayWatch(store.store, { now: () => NOW, onNotice: () => undefined }), conflicts)
    for (let looks = 0; looks < 3; looks += 1) await conflicts.look()
    expect(await metrics.text()).toContain('hoptrace_conflicts 2\n')
    expect(lines).toHaveLength(2)
    const line = { level: 'error', message: 'two different events stand under one seq of a session', session: forged.id, seq: 1 }
    expect(lines).toContainEqual(expect.objectContaining(line))
  })

  it('is not known while the store is not read: said once, and what was seen is kept', async () => {
    const notices: ConflictNotice[] = []
    const watch = new ConflictWatch(store.store, { now: () => NOW, onNotice: (notice) => notices.push(notice) })
    await watch.look()
    await store.close()
    for (let looks = 0; looks < 2; looks += 1) await watch.look()
    expect(notices).toMatchObject([{ kind: 'conflict' }, { kind: 'conflict' }, { kind: 'unread', error: { code: 'STORE_CLOSED' } }])
    expect([watch.failures, watch.count]).toEqual([2, 2])
  })
})
