import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { EventChain, uuidv7 } from '@hoptrace/events'
import { openStore, Sessions, type Store } from '@hoptrace/store'
import { Log, Metrics } from '@hoptrace/telemetry'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Ingest } from '../ingest.ts'
import { watchRetention } from './retention-meter.ts'
import { type RetentionNotice, RetentionRuns } from './retention-runs.ts'

const DAY_MS = 24 * 3_600_000
const NOW = Date.now()
const RETAIN = fileURLToPath(new URL('../../dist/retain.js', import.meta.url))

let path: string
let store: Store
const open = async () => {
  store = await openStore({ kind: 'embedded', path })
  await store.migrate()
}
beforeEach(async () => {
  path = mkdtempSync(join(tmpdir(), 'hoptrace-retain-'))
  await open()
})
afterEach(() => store.close())

async function recordedDaysAgo(days: number, tenant = 'acme'): Promise<string> {
  const atMs = NOW - days * DAY_MS
  const sessionId = uuidv7(atMs, Buffer.from(`${days}`.padStart(10, '0')))
  const nobody = { run: null, principal: null, rootPrincipal: null, lineage: [], origin: null }
  const target = { name: 'orders', protocol: 'postgres' as const, address: 'db:5432', account: 'app' }
  const chain = new EventChain({ tenant, sessionId, gatewayId: 'gw', bootId: uuidv7(atMs, Buffer.alloc(10, 3)), ...nobody, target })
  const started = chain.next(
    'session.started',
    { client: 'psql', database: null, tls: false },
    { wallUs: BigInt(atMs) * 1000n, elapsedUs: 0 },
  )
  const at = { source: 'test', partition: '0', offset: 0 }
  await new Ingest(store, { tenant, now: () => NOW }).onBatch([{ value: started, at }])
  return sessionId
}
const stored = async (tenant = 'acme') => (await new Sessions(store).list(tenant)).map(({ sessionId }) => sessionId)

describe('runs of retention', () => {
  const lines: string[] = []
  const runsWith = (onNotice: (notice: RetentionNotice) => void) =>
    new RetentionRuns(store, { policy: { acme: 30 }, now: () => NOW, onNotice })

  it('say in the log and in metrics what went, in numbers alone', async () => {
    const [old, young] = [await recordedDaysAgo(45), await recordedDaysAgo(2)]
    const metrics = new Metrics('0')
    const log = new Log(
      'retention',
      () => NOW,
      (line) => lines.push(line),
    )
    const runs = runsWith(watchRetention(log, metrics))
    expect([await runs.run(), await runs.run()]).toEqual([true, true])
    expect(await stored()).toEqual([young])
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 'info', tenant: 'acme', days: 30, count: 1, events: 1, held: 0 }])
    expect(lines.join()).not.toContain(old)
    const said = await metrics.text()
    expect(said).toContain('hoptrace_retention_sessions_deleted_total 1\n')
    expect(said).toContain(`hoptrace_retention_ran_timestamp_seconds ${NOW / 1000}\n`)
  })

  it('fail aloud, and go on', async () => {
    const notices: RetentionNotice[] = []
    const runs = runsWith((notice) => notices.push(notice))
    await store.close()
    expect([await runs.run(), await runs.run()]).toEqual([false, false])
    expect(notices).toMatchObject([{ kind: 'failed', error: { code: 'STORE_CLOSED' } }, { kind: 'failed' }])
  })
})

describe('retain.js --once', () => {
  async function retain(env: Record<string, string>): Promise<{ code: number | null; said: string }> {
    await store.close()
    const child = spawn(process.execPath, [RETAIN, '--once'], { env: { ...process.env, HOPTRACE_STORE: path, ...env } })
    const [said, faults, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((resolve) => child.once('exit', resolve)),
    ])
    await open()
    return { code, said: said + faults }
  }

  it('deletes what the policy says, and nothing of a tenant that it does not name', async () => {
    const young = await recordedDaysAgo(5)
    await recordedDaysAgo(45)
    const theirs = await recordedDaysAgo(45, 'others')
    const { code, said } = await retain({ HOPTRACE_RETENTION: '{"acme": 30}' })
    expect([code, said]).toEqual([0, expect.stringContaining('"retention deleted sessions","tenant":"acme","days":30,"count":1')])
    expect([await stored(), await stored('others')]).toEqual([[young], [theirs]])
  })

  it('keeps everything where nobody says for how long', async () => {
    const old = await recordedDaysAgo(4000)
    expect(await retain({ HOPTRACE_RETENTION: '' })).toMatchObject({ code: 0 })
    expect(await stored()).toEqual([old])
  })

  it('names a policy that cannot be read, never its value', async () => {
    const { code, said } = await retain({ HOPTRACE_RETENTION: '{"acme": "hunter2"}' })
    expect([code, said]).toEqual([1, expect.stringContaining('HOPTRACE_RETENTION')])
    expect(said).not.toContain('hunter2')
  })
})
