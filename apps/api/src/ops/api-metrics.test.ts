import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { asPublisher, Ingest } from '@hoptrace/ingest'
import { Log, Metrics } from '@hoptrace/telemetry'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aBeatingGateway, MINUTE_MS } from '../health/a-beating-gateway.test-support.ts'
import { ConflictWatch } from '../health/conflict-watch.ts'
import { GatewayWatch } from '../health/gateway-watch.ts'
import { TestStore } from '../testing/store.ts'
import { answerMeter } from './answer-meter.ts'
import { countAnswers, measureHealth } from './api-metrics.ts'
import { logGateways } from './watch-log.ts'

const NOW = Date.now()
let store: TestStore

beforeAll(async () => {
  store = await TestStore.open()
  const publisher = asPublisher(new Ingest(store.store, { tenant: 'default', now: () => NOW }))
  await publisher.publish(aBeatingGateway('gw-1', NOW).encoded)
  await publisher.publish(aBeatingGateway('gw-2', NOW - 5 * MINUTE_MS).encoded)
})
afterAll(() => store.close())

describe('a gateway that falls silent', () => {
  it('is a metric and, once, a line at error level', async () => {
    const lines: unknown[] = []
    const log = new Log(
      'api',
      () => NOW,
      (line) => lines.push(JSON.parse(line)),
    )
    const watch = new GatewayWatch(store.store, { now: () => NOW, onNotice: logGateways(log) })
    const metrics = new Metrics('0')
    measureHealth(metrics, watch, new ConflictWatch(store.store, { now: () => NOW, onNotice: () => undefined }))
    for (let looks = 0; looks < 3; looks += 1) await watch.look()
    const text = await metrics.text()
    expect(text).toContain('hoptrace_gateway_silent{gateway="gw-1"} 0\n')
    expect(text).toContain('hoptrace_gateway_silent{gateway="gw-2"} 1\n')
    expect(text).toContain(`hoptrace_gateway_last_heartbeat_timestamp_seconds{gateway="gw-1"} ${NOW / 1000}\n`)
    expect(lines).toMatchObject([{ level: 'error', message: 'a gateway has fallen silent', gateway: 'gw-2', silentForMs: 5 * MINUTE_MS }])
  })
})

it('counts answers by method and kind of status, and nothing of what was asked', async () => {
  const metrics = new Metrics('0')
  const meter = answerMeter(countAnswers(metrics))
  const server = createServer((request, response) => meter(request, response, () => response.writeHead(404).end()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/sessions/secret`)
  await new Promise((resolve) => server.close(resolve))
  const text = await metrics.text()
  expect(text).toContain('hoptrace_api_answers_total{method="GET",status="4xx"} 1\n')
  expect(text).toContain('hoptrace_api_answer_seconds_count 1\n')
  expect(text).not.toContain('secret')
})
