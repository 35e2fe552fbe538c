import { afterEach, describe, expect, it } from 'vitest'
import { counter } from '../metrics/definition.ts'
import { Metrics } from '../metrics/metrics.ts'
import type { Checks } from './checks.ts'
import { OpsServer } from './ops-server.ts'

describe('the ops server', () => {
  let server: OpsServer
  afterEach(() => server.close())

  async function serving(checks: Checks, metrics = new Metrics('0')): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
    server = await OpsServer.start({ listen: { host: '127.0.0.1', port: 0 }, metrics, checks })
    return (path, init) => fetch(`http://127.0.0.1:${server.address.port}${path}`, init)
  }

  it('says that the process lives, whatever its parts do', async () => {
    const ask = await serving({ store: () => 'unreachable' })
    expect((await ask('/healthz')).status).toBe(200)
  })

  it('is ready when every part is', async () => {
    const ask = await serving({ store: () => null, kafka: async () => null })
    const response = await ask('/readyz')
    expect([response.status, await response.json()]).toEqual([200, { ready: true, checks: { store: 'ok', kafka: 'ok' } }])
  })

  it('names the part that is not ready, by code, and never tells its message', async () => {
    const failing = () => Promise.reject(Object.assign(new Error('password "hunter2" refused'), { code: 'ECONNREFUSED' }))
    const ask = await serving({ store: failing, bus: () => null, other: () => Promise.reject(new Error('row {"secret":1}')) })
    const response = await ask('/readyz')
    expect([response.status, await response.json()]).toEqual([
      503,
      { ready: false, checks: { store: 'ECONNREFUSED', bus: 'ok', other: 'failed' } },
    ])
  })

  it('does not wait for a part that hangs', async () => {
    const ask = await serving({ store: () => new Promise(() => undefined) })
    expect(await (await ask('/readyz')).json()).toMatchObject({ ready: false, checks: { store: 'no-answer' } })
  })

  it('is no longer ready once it drains', async () => {
    const ask = await serving({ store: () => null })
    server.drain()
    expect(await (await ask('/readyz')).json()).toEqual({ ready: false, checks: { store: 'ok', process: 'stopping' } })
  })

  it('serves metrics in the text format', async () => {
    const metrics = new Metrics('0')
    metrics.counter(counter('test_total', 'Test')).add({})
    const response = await (await serving({}, metrics))('/metrics')
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(await response.text()).toContain('test_total 1\n')
  })

  it('has nothing else, and takes nothing', async () => {
    const ask = await serving({})
    expect((await ask('/etc/passwd')).status).toBe(404)
    expect((await ask('/metrics', { method: 'POST', body: 'x' })).status).toBe(405)
  })

  it('says at start that its address is taken', async () => {
    await serving({})
    const again = OpsServer.start({ listen: server.address, metrics: new Metrics('0'), checks: {} })
    await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})
