import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openStore, type Store, type StoreOptions } from '@hoptrace/store'
import { clickHouseHttpMissing, type EmbeddedClickHouseHttp, freePort, startEmbeddedClickHouseHttp } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allRows, misdirected, publish } from '../story.test-support.ts'
import { idsFrom } from '../testing.ts'
import { aJudgingCorrelator, allAlerts, policy, stolen } from './alerting.test-support.ts'

const TENANTS = Array.from({ length: 8 }, (_, n) => `t-${n}`)
/** Killed once it has linked and judged this many tenants, since it was started; it begins with the first again. */
const KILLED_AFTER = [1, 3, 5, 7]

const missing = clickHouseHttpMissing()

describe.skipIf(missing !== null)(
  `a correlator that is killed with SIGKILL in the middle of its work${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    let directory: string
    let server: EmbeddedClickHouseHttp

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'hoptrace-killed-'))
      server = await startEmbeddedClickHouseHttp()
      await writeFile(join(directory, 'alerts.yaml'), JSON.stringify({ alerts: policy }))
      await withStore({ kind: 'http', url: server.url }, tellStories)
      for (const passes of KILLED_AFTER) await killAfter(passes)
    }, 300_000)
    afterAll(async () => {
      await server?.stop()
      await rm(directory, { recursive: true, force: true })
    })

    async function withStore<T>(options: StoreOptions, use: (store: Store) => Promise<T>): Promise<T> {
      const store = await openStore(options)
      await store.migrate()
      try {
        return await use(store)
      } finally {
        await store.close()
      }
    }

    // With the same ids each time.
    async function tellStories(store: Store): Promise<void> {
      idsFrom(5_000_000)
      for (const tenant of TENANTS) await publish(store, [...stolen(tenant).events, ...misdirected(tenant).events])
    }

    async function killAfter(passes: number): Promise<void> {
      const port = await freePort()
      const env = {
        PATH: process.env.PATH,
        HOPTRACE_CLICKHOUSE_URL: server.url,
        HOPTRACE_ALERTS_FILE: join(directory, 'alerts.yaml'),
        HOPTRACE_OPS_LISTEN: String(port),
      }
      const child = spawn(process.execPath, [resolve('apps/correlator/dist/main.js')], { env, stdio: 'ignore' })
      const exited = once(child, 'exit')
      while ((await passesOf(child, port)) < passes) await sleep(5)
      child.kill('SIGKILL')
      await exited
    }

    async function passesOf(child: ChildProcess, port: number): Promise<number> {
      if (child.exitCode !== null) throw new Error(`the correlator ended with ${child.exitCode}`)
      const response = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => null)
      return Number(/^hoptrace_correlator_passes_total (\d+)/m.exec((await response?.text()) ?? '')?.[1] ?? 0)
    }

    async function outcomeIn(store: Store) {
      await aJudgingCorrelator(store).catchUp()
      return Promise.all(
        TENANTS.map(async (tenant) => ({ tenant, alerts: await allAlerts(store, tenant), rows: await allRows(store, tenant) })),
      )
    }

    it('leaves the same alerts, with the same ids and contents, as one that nobody disturbed', { timeout: 300_000 }, async () => {
      const killed = await withStore({ kind: 'http', url: server.url }, outcomeIn)
      const undisturbed = await withStore({ kind: 'embedded', path: join(directory, 'undisturbed') }, async (store) => {
        await tellStories(store)
        return outcomeIn(store)
      })
      expect(undisturbed.every(({ alerts }) => alerts.length > 0)).toBe(true)
      expect(killed).toEqual(undisturbed)
    })
  },
)
