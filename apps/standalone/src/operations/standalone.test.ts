import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { freePort, type OidcServer, startOidcProvider } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from './watched-process.test-support.ts'

describe('the standalone form in operation', () => {
  let server: ChildProcess
  let provider: OidcServer
  let api: string
  let faults: Promise<string>
  let ports: { platform: number; gateway: number }

  beforeAll(async () => {
    const at = async () => ({ listen: `127.0.0.1:${await freePort()}` })
    const dir = mkdtempSync(join(tmpdir(), 'hoptrace-standalone-'))
    const config = join(dir, 'hoptrace.yaml')
    const doors = { postgres: await at(), ssh: await at(), http: await at(), kubernetes: await at(), control: await at() }
    const gateway = { ...doors, heartbeatSeconds: 1, segmentBytes: 1024 * 1024 }
    const { listen } = await at()
    api = `http://${listen}`
    provider = await startOidcProvider({ users: [], redirectUris: [`${api}/login/oidc/callback`] })
    const { issuer, client } = provider
    writeFileSync(join(dir, 'secret'), client.secret)
    const oidc = { issuer, clientId: client.id, clientSecret: { file: 'secret' }, label: 'Acme', groups: { ops: ['operator'] } }
    writeFileSync(config, JSON.stringify({ gateway, api: { listen, publicUrl: api }, oidc, retention: { days: 30 } }))
    ports = { platform: await freePort(), gateway: await freePort() }
    const env = { ...process.env, HOPTRACE_OPS_LISTEN: String(ports.platform), HOPTRACE_GATEWAY_OPS_LISTEN: String(ports.gateway) }
    const bin = resolve('apps/standalone/bin/hoptrace.js')
    server = spawn(process.execPath, [bin, 'serve', '--config', config], { env, stdio: ['ignore', 'ignore', 'pipe'] })
    faults = text(server.stderr ?? expect.unreachable())
    await until(async () => {
      if (server.exitCode !== null) throw new Error(`ended with ${server.exitCode}: ${await faults}`)
      return (await metricsOf('platform')) !== '' && (await metricsOf('gateway')) !== ''
    })
  }, 120_000)

  afterAll(async () => {
    await provider.stop()
    if (server.exitCode !== null) return
    server.kill('SIGKILL')
    await once(server, 'exit')
  })

  async function metricsOf(which: 'platform' | 'gateway'): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${ports[which]}/metrics`, { signal: AbortSignal.timeout(5_000) }).catch(() => null)
    return (await response?.text()) ?? ''
  }

  it('serves the numbers of ingest, correlator and api in one place', async () => {
    await until(async () => /^hoptrace_gateway_silent\{gateway="gw-1"\} 0$/m.test(await metricsOf('platform')))
    const metrics = await metricsOf('platform')
    for (const name of ['hoptrace_ingest_events_stored_total', 'hoptrace_correlator_passes_total', 'hoptrace_api_answers_total']) {
      expect(metrics).toContain(`# TYPE ${name} counter`)
    }
  })

  it('serves those of the gateway beside it', async () => {
    expect(await metricsOf('gateway')).toMatch(/^hoptrace_gateway_recording_down 0$/m)
  })

  it('runs retention where hoptrace.yaml says for how long things are kept', async () => {
    await until(async () => /^hoptrace_retention_ran_timestamp_seconds \d/m.test(await metricsOf('platform')))
    expect(await metricsOf('platform')).toMatch(/^hoptrace_retention_sessions_deleted_total 0$/m)
  })

  it('lets people sign in with the provider that hoptrace.yaml names', async () => {
    const options = await (await fetch(`${api}/api/v1/login/options`)).json()
    expect(options).toMatchObject({ oidc: { label: 'Acme', url: expect.stringContaining('/login/oidc') } })
    const answer = await fetch(`${api}/login/oidc?to=/`, { redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')?.startsWith(provider.issuer)]).toEqual([303, true])
  })

  it('ends in order, and with 0', async () => {
    server.kill('SIGTERM')
    const [code] = (await once(server, 'exit')) as [number | null]
    expect([code, await faults]).toEqual([0, expect.not.stringMatching(/forced to stop|could not stop/)])
  })
})
