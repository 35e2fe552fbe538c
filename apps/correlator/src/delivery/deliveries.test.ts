import { createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AlertNotice } from '@hoptrace/events'
import { AlertDeliveries, type AlertRow, Alerts, openStore, type Store, Suppressions } from '@hoptrace/store'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Deliveries, type DeliveryNotice } from './deliveries.ts'
import { Outbox } from './outbox.ts'
import { WebDestination, type WebDestinationOptions } from './web-destination.ts'

const NOW = Date.UTC(2026, 9, 3, 9)
const SECRET = Buffer.from('not so secret')
const anId = (n: number) => n.toString(16).padStart(32, '0')

function anAlert(n: number, over: Partial<AlertRow> = {}): AlertRow {
  const at = { session: 's', seq: 1, tsUs: NOW * 1000, ms: 0 }
  const rule = { id: 'r-1', title: 'A rule', revision: 'x', tags: ['attack.t1078'] }
  const finding = { rule, severity: 'high', response: 'page', anchor: 'a', at, access: null, refs: [], sentence: '' } as const
  const content = { findings: [finding], reach: { targets: [], writes: 0, rows: 0, bytes: 0 }, rotate: [], weakest: null, baseline: null }
  return {
    ...{ id: anId(n), chainId: null, severity: 'high', response: 'page', sentence: 'agent <!channel> & co opened bastion' },
    ...{ principal: 'agent', rootPrincipal: 'ana', runs: [], targets: ['bastion'], protocols: ['ssh'], rules: ['r-1'] },
    ...{ firstTs: NOW * 1000, lastTs: NOW * 1000, raisedAtMs: NOW, content },
    ...over,
  } as AlertRow
}

type Got = { path: string; headers: Record<string, string | string[] | undefined>; body: string }

describe('delivery of alerts', () => {
  let store: Store
  let directory: string
  let server: Server
  let got: Got[]
  let answerOf: (id: string) => number
  let tenants = 0
  let tenant: string
  const running: Deliveries[] = []

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'hoptrace-delivery-'))
    store = await openStore({ kind: 'embedded', path: directory })
    await store.migrate()
    server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        got.push({ path: request.url ?? '', headers: request.headers, body })
        const { id = '' } = JSON.parse(body)
        response.writeHead(answerOf(id), { location: '/elsewhere' }).end('x'.repeat(1_000_000))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterAll(async () => {
    server.closeAllConnections()
    server.close()
    await store.close()
    await rm(directory, { recursive: true, force: true })
  })
  beforeEach(() => {
    tenants += 1
    tenant = `d-${tenants}`
    got = []
    answerOf = () => 200
  })
  afterEach(async () => {
    for (const each of running.splice(0)) await each.stop()
  })

  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  const aHook = (over: Partial<WebDestinationOptions> = {}) =>
    new WebDestination({
      ...{
        name: 'hook',
        kind: 'webhook',
        from: 'page',
        tenants: null,
        url: url(),
        secret: SECRET,
        allowPrivateAddresses: true,
        now: () => NOW,
      },
      ...over,
    })
  const notices: DeliveryNotice[] = []
  const deliveriesTo = (...destinations: WebDestination[]) => {
    const onNotice = (notice: DeliveryNotice) => void notices.push(notice)
    const made = new Deliveries(store, {
      destinations,
      workbench: 'https://hoptrace.example',
      now: () => NOW,
      retryAfterMs: [1, 1, 1],
      onNotice,
    })
    running.push(made)
    return made
  }
  const stand = (...alerts: AlertRow[]) =>
    new Alerts(store).save(
      tenant,
      alerts.map((alert) => ({ ...alert, redirectTo: null, isDeleted: false, version: 1 })),
    )
  const outcomes = async (n = 1) =>
    (await new AlertDeliveries(store).listByAlerts(tenant, [anId(n)]))
      .map(({ severity, outcome, attempts }) => [severity, outcome, attempts])
      .sort()
  const ends = (expected: unknown[], n = 1) => expect.poll(() => outcomes(n), { timeout: 20_000 }).toEqual(expected)

  it('posts a signed notice, once an alert, severity and response', async () => {
    await stand(anAlert(1))
    const deliveries = deliveriesTo(aHook())
    await deliveries.tell(tenant, [anAlert(1)])
    await ends([['high', 'delivered', 1]])
    await deliveries.tell(tenant, [anAlert(1)])
    await deliveries.tell(tenant, [anAlert(1, { severity: 'medium' })])
    await deliveries.tell(tenant, [anAlert(1, { severity: 'critical' })])
    await ends([
      ['critical', 'delivered', 1],
      ['high', 'delivered', 1],
    ])
    expect(got).toHaveLength(2)
    const { headers, body } = got[0] ?? expect.unreachable('nothing was sent')
    expect(headers['idempotency-key']).toBe(`${tenant}/${anId(1)}/high/page`)
    const signed = createHmac('sha256', SECRET).update(`${headers['hoptrace-timestamp']}.${body}`).digest('hex')
    expect(headers['hoptrace-signature']).toBe(`v1=${signed}`)
    expect(AlertNotice.parse(JSON.parse(body))).toMatchObject({ tenant, id: anId(1), url: `https://hoptrace.example/alerts/${anId(1)}` })
  })

  it('tells again who was told of the queue once it pages, though it is no more severe', async () => {
    await stand(anAlert(1, { response: 'queue' }))
    const deliveries = deliveriesTo(aHook({ from: 'queue' }))
    await deliveries.tell(tenant, [anAlert(1, { response: 'queue' })])
    await ends([['high', 'delivered', 1]])
    await stand(anAlert(1))
    for (const _ of [1, 2]) await deliveries.tell(tenant, [anAlert(1)])
    await expect.poll(() => got.length, { timeout: 20_000 }).toBe(2)
    await ends([['high', 'delivered', 1]])
    await deliveries.tell(tenant, [anAlert(1), anAlert(1, { response: 'queue' })])
    expect(got.map(({ headers }) => headers['idempotency-key'])).toEqual([
      `${tenant}/${anId(1)}/high/queue`,
      `${tenant}/${anId(1)}/high/page`,
    ])
  })

  it('tries again what may pass, and gives up what does not', async () => {
    await stand(anAlert(1), anAlert(2), anAlert(3), anAlert(4))
    const deliveries = deliveriesTo(aHook())
    const answersTo = new Map([
      [1, [503, 429, 200]],
      [2, [404]],
      [3, [302]],
      [4, [500, 500, 500, 500]],
    ])
    answerOf = (id) => answersTo.get(Number.parseInt(id, 16))?.shift() ?? 200
    await deliveries.tell(tenant, [anAlert(1), anAlert(2), anAlert(3), anAlert(4)])
    await ends([['high', 'delivered', 3]], 1)
    await ends([['high', 'failed', 1]], 2)
    // A redirect is followed nowhere.
    await ends([['high', 'failed', 1]], 3)
    await ends([['high', 'failed', 4]], 4)
    expect(got.every(({ path }) => path === '/hook')).toBe(true)
    expect(notices.map(({ reason }) => reason)).toEqual(expect.arrayContaining(['status-503', 'status-302', null]))
  })

  it('tells only what is urgent, of its tenants, not suppressed, and still news', async () => {
    const until = (NOW + 1000) * 1000
    const about = { reason: 'a drill', owner: 'ana', createdBy: 'ana', createdAtUs: NOW * 1000, untilUs: until, rule: null, target: null }
    await new Suppressions(store).add(tenant, { ...about, id: '019aa0c0-0000-7000-8000-000000000001', principal: 'drill' })
    const alerts = [
      anAlert(1, { response: 'queue' }),
      anAlert(2, { principal: 'drill' }),
      anAlert(3, { raisedAtMs: NOW - 2 * 86_400_000 }),
      anAlert(4, { response: 'log' }),
    ]
    await stand(...alerts)
    await deliveriesTo(aHook(), aHook({ name: 'queue', from: 'queue' }), aHook({ name: 'others', tenants: ['x'] })).tell(tenant, alerts)
    await ends([['high', 'delivered', 1]], 1)
    for (const n of [2, 3, 4]) expect(await outcomes(n)).toEqual([])
  })

  it('does not tell again of an alert that another was redirected to', async () => {
    await stand(anAlert(1))
    const deliveries = deliveriesTo(aHook())
    await deliveries.tell(tenant, [anAlert(1)])
    await ends([['high', 'delivered', 1]])
    await new Alerts(store).save(tenant, [
      { ...anAlert(2), redirectTo: null, isDeleted: false, version: 1 },
      { ...anAlert(1), redirectTo: anId(2), isDeleted: false, version: 2 },
    ])
    await deliveries.tell(tenant, [anAlert(2)])
    expect(await outcomes(2)).toEqual([])
  })

  it('sends after a restart what was waiting', async () => {
    await stand(anAlert(1))
    const row = {
      alertId: anId(1),
      destination: 'hook',
      severity: 'high',
      response: 'page',
      outcome: 'waiting',
      attempts: 1,
      atMs: NOW,
      version: 2,
    } as const
    await new AlertDeliveries(store).save(tenant, [row])
    await deliveriesTo(aHook()).resume()
    await ends([['high', 'delivered', 2]])
  })

  it('reaches nothing in a private network, by address or by name, nor without encryption', async () => {
    const port = (server.address() as AddressInfo).port
    const urls = [url(), `https://127.0.0.1:${port}/`, `https://[::ffff:127.0.0.1]:${port}/`, `https://localhost:${port}/`]
    for (const each of urls) {
      const hook = aHook({ url: each, allowPrivateAddresses: false })
      expect(await hook.send(JSON.parse('{}'), 'key', AbortSignal.timeout(5000))).toEqual({ kind: 'refused', reason: 'private-address' })
      await hook.close()
    }
    expect(got).toEqual([])
  })

  it('speaks as Slack does, and lets nothing that was recorded mention anybody', async () => {
    await stand(anAlert(1))
    await deliveriesTo(aHook({ kind: 'slack', secret: null })).tell(tenant, [anAlert(1)])
    await ends([['high', 'delivered', 1]])
    const { text, blocks } = JSON.parse(got[0]?.body ?? '{}')
    expect(text).toBe('[high] agent &lt;!channel&gt; &amp; co opened bastion')
    expect(blocks).toHaveLength(3)
    expect(got[0]?.headers['hoptrace-signature']).toBeUndefined()
  })

  it('writes to the outbox under the alert’s key', async () => {
    await stand(anAlert(1))
    const sent: unknown[] = []
    const outbox = new Outbox({ send: async (...given) => void sent.push(given), close: async () => undefined })
    const deliveries = new Deliveries(store, { destinations: [outbox], workbench: null, now: () => NOW })
    running.push(deliveries)
    await deliveries.tell(tenant, [anAlert(1)])
    await ends([['high', 'delivered', 1]])
    expect(sent).toMatchObject([['hoptrace.alerts.v1', [{ key: `${tenant}/${anId(1)}` }]]])
  })
})
