import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { segmentFileName } from '@hoptrace/bus'
import { expect, it } from 'vitest'
import { loadConfig } from './config.ts'
import { GatewayController } from './control/gateway.controller.ts'
import { Gateway } from './gateway.ts'
import { until } from './recording/recordings.test-support.ts'

const YAML = `
gateway:
  postgres: {listen: '127.0.0.1:0'}
  ssh: {listen: '127.0.0.1:0'}
  http: {listen: '127.0.0.1:0'}
  kubernetes: {listen: '127.0.0.1:0'}
  segmentBytes: 65536
  spool: {maxBytes: 1000000}
`

it('says of itself that new sessions are refused while its spool is full, and takes them again when there is room', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'hoptrace-gateway-'))
  writeFileSync(join(dir, 'hoptrace.yaml'), YAML)
  const spool = join(dir, '.hoptrace', 'spool')
  mkdirSync(spool, { recursive: true })
  const leftOver = join(spool, segmentFileName(0))
  writeFileSync(leftOver, '')
  truncateSync(leftOver, 2_000_000)
  const gateway = new Gateway(loadConfig({ HOPTRACE_CONFIG: join(dir, 'hoptrace.yaml') }))
  await gateway.start()
  const controller = new GatewayController(gateway, gateway.callers)
  expect(await controller.health()).toMatchObject({
    recording: expect.stringContaining('refused'),
    spool: { level: 'full', maxBytes: 1_000_000 },
  })
  rmSync(leftOver)
  await until(() => !gateway.spoolRoom.isFull)
  expect(await controller.health()).toMatchObject({ recording: 'ok', spool: { level: 'roomy' } })
  await gateway.close()
})

it('says by what callers reach its doors where it listens at every address, and whom they trust', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'hoptrace-gateway-'))
  const any = "{listen: '0.0.0.0:0'}"
  const doors = `  tlsNames: [gateway.internal]\n  http: ${any}\n  kubernetes: ${any}\n`
  writeFileSync(join(dir, 'hoptrace.yaml'), `gateway:\n  postgres: ${any}\n  ssh: {listen: '127.0.0.1:0'}\n${doors}`)
  const gateway = new Gateway(loadConfig({ HOPTRACE_CONFIG: join(dir, 'hoptrace.yaml') }))
  expect(gateway.listeners).toMatchObject({ http: null, kubernetes: null, certificateAuthority: null })
  await gateway.start()
  expect(gateway.listeners).toMatchObject({
    http: expect.stringMatching(/^gateway\.internal:\d+$/),
    kubernetes: expect.stringMatching(/^gateway\.internal:\d+$/),
    isHttpEncrypted: false,
    certificateAuthority: expect.stringMatching(/^-----BEGIN CERTIFICATE-----\n/),
  })
  await gateway.close()
})
