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
  expect(controller.health()).toMatchObject({
    recording: expect.stringContaining('refused'),
    spool: { level: 'full', maxBytes: 1_000_000 },
  })
  rmSync(leftOver)
  await until(() => !gateway.spoolRoom.isFull)
  expect(controller.health()).toMatchObject({ recording: 'ok', spool: { level: 'roomy' } })
  await gateway.close()
})
