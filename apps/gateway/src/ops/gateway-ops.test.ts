import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { segmentFileName } from '@hoptrace/bus'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig } from '../config.ts'
import { Gateway } from '../gateway.ts'
import { eventsIn, until } from '../recording/recordings.test-support.ts'
import { GatewayOps } from './gateway-ops.ts'

const YAML = `
gateway:
  postgres: {listen: '127.0.0.1:0'}
  ssh: {listen: '127.0.0.1:0'}
  http: {listen: '127.0.0.1:0'}
  kubernetes: {listen: '127.0.0.1:0'}
  segmentBytes: 65536
  spool: {maxBytes: 1000000}
`

describe('a gateway, watched', () => {
  let spool: string
  let leftOver: string
  let ops: GatewayOps
  let gateway: Gateway

  beforeEach(async () => {
    const dir = mkdtempSync(join(tmpdir(), 'hoptrace-ops-'))
    writeFileSync(join(dir, 'hoptrace.yaml'), YAML)
    spool = join(dir, '.hoptrace', 'spool')
    leftOver = join(spool, segmentFileName(999))
    ops = new GatewayOps({ ops: { host: '127.0.0.1', port: 0 }, tracing: null })
    mkdirSync(spool, { recursive: true })
    gateway = new Gateway(loadConfig({ HOPTRACE_CONFIG: join(dir, 'hoptrace.yaml') }), ops.observer)
  })
  afterEach(async () => {
    await gateway.close()
    await ops.close()
  })

  async function ask(path: string): Promise<string> {
    return (await fetch(`http://127.0.0.1:${ops.address?.port}${path}`)).text()
  }

  it('is ready once its doors are open and everything can be recorded', async () => {
    await ops.serve(gateway)
    expect(JSON.parse(await ask('/readyz'))).toMatchObject({ ready: false, checks: { doors: 'not-open' } })
    await gateway.start()
    expect(JSON.parse(await ask('/readyz'))).toEqual({ ready: true, checks: { recording: 'ok', spool: 'ok', runs: 'ok', doors: 'ok' } })
  })

  it('counts what is refused, by reason, and what is recorded', async () => {
    await gateway.start()
    await ops.serve(gateway)
    expect(() => gateway.callers.identify('Bearer hopr_guessed')).toThrow()
    const text = await ask('/metrics')
    expect(text).toContain('hoptrace_gateway_refused_total{reason="unknown-token"} 1\n')
    expect(text).toMatch(/^hoptrace_gateway_access_decisions_total\{protocol="\w+",decision="deny"\} 1$/m)
    // The beginning of its own stream, and the refusal.
    expect(text).toContain('hoptrace_gateway_events_recorded_total 2\n')
    expect(text).toContain('hoptrace_gateway_open_sessions 0\n')
    expect(text).not.toContain('guessed')
  })

  it('says by metric, probe and heartbeat that its spool is full', async () => {
    writeFileSync(leftOver, '')
    truncateSync(leftOver, 2_000_000)
    await gateway.start()
    await ops.serve(gateway)
    expect(JSON.parse(await ask('/readyz'))).toMatchObject({ ready: false, checks: { spool: 'full' } })
    expect(await ask('/metrics')).toContain('hoptrace_spool_max_bytes 1000000\n')
    gateway.recordings.heartbeat()
    rmSync(leftOver)
    await until(() => eventsIn(spool).some(({ type }) => type === 'gateway.heartbeat'))
    const [beat] = eventsIn(spool).filter((event) => event.type === 'gateway.heartbeat')
    expect(beat?.body.spool).toMatchObject({ level: 'full', maxBytes: 1_000_000 })
  })
})
