import { Correlator } from '@hoptrace/correlator'
import { Observer } from '@hoptrace/events'
import { asPublisher, Ingest } from '@hoptrace/ingest'
import { shippedRules } from '@hoptrace/rules'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Backtest, Problem, RuleChecked, RuleDetail, RulesAnswer } from '../contract/index.ts'
import { aBootStream, anId, RecordedSession } from '../testing/recorded-session.ts'
import { ServedApi } from '../testing/served-api.ts'
import { TestStore } from '../testing/store.ts'
import { BacktestReceipts, shortfallOf } from './backtest-receipt.ts'

const DAY_MS = 86_400_000
const NOW = Date.now() - 3_600_000
const key = { id: 'k1', secret: Buffer.alloc(32, 7) }
let store: TestStore
let api: ServedApi

const ruleId = (n: number) => `aaaaaaaa-0000-4000-8000-${String(n).padStart(12, '0')}`
function ruleText(n: number, { title = `Denials ${n}`, more = '', category = 'event', selection = 'type: access.decided' } = {}): string {
  return `title: ${title}
id: ${ruleId(n)}
logsource:
    product: hoptrace
    category: ${category}
detection:
    selection:
        ${selection}
    condition: selection
level: high
description: Look at who asked.
falsepositives: [drills]
${more}`
}

const denied = (n: number, atMs: number) =>
  aBootStream(atMs).add('access.decided', {
    ...{ decision: 'deny', reason: 'not-granted', method: 'password', message: 'no grant' },
    asked: { protocol: 'postgres', target: `ledger-${n}`, account: 'app', database: null },
    origin: { address: '192.0.2.7', port: 1, client: null },
    by: { run: anId(atMs), principal: `agent-${n}`, rootPrincipal: 'ana', lineage: [] },
  })
const SECRET = 'tok_live_9f8e7d6c5b4a39281706'
const sql = new RecordedSession({}, NOW)
  .started()
  .add('sql.statement', {
    ...{ text: 'SELECT token FROM tokens', mode: 'simple', prepared: null, params: [], kind: 'SELECT', tables: [], transaction: 'idle' },
  })
  .add(
    'sql.result',
    {
      ...{ statement: 1, index: 0, tag: 'SELECT 1', rows: 1, bytes: 10, durationUs: 1000, error: null, transaction: 'idle' },
      ...{ columns: [{ name: 'token', oid: 25, type: 'text' }], sample: [[SECRET]] },
    },
    new Observer(key).cell(SECRET, 'answered', '/sample/0/0').result(),
  )
  .ended()
const bastion = { name: 'bastion', protocol: 'ssh' as const, address: '10.0.0.9:22', account: 'deploy' }
const asked = { protocol: 'ssh' as const, target: 'bastion', account: 'deploy', database: null }
const ssh = new RecordedSession({ target: bastion }, NOW + 5000)
  .add(
    'access.decided',
    { decision: 'allow', reason: null, asked, method: 'password', message: null },
    new Observer(key).presented(SECRET).result(),
  )
  .add('session.started', { client: 'OpenSSH', database: null, tls: false })
  .ended()

beforeAll(async () => {
  store = await TestStore.open()
  const publisher = asPublisher(new Ingest(store.store, { tenant: 'default', now: Date.now }))
  const before = new RecordedSession({}, NOW - 20 * DAY_MS).started().ended()
  for (const { encoded } of [before, sql, ssh, denied(1, NOW), denied(2, NOW - 2 * DAY_MS)]) await publisher.publish(encoded)
  const correlator = new Correlator(store.store, { now: Date.now, onError: () => undefined })
  await correlator.catchUp()
  await correlator.stop()
  api = await ServedApi.start({ store: store.store, publisher })
})
afterAll(async () => {
  await api.close()
  await store.close()
})

const save = (n: number | string, body: object) =>
  api.fetch(`/rules/${typeof n === 'number' ? ruleId(n) : n}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
const show = async (id: string) => RuleDetail.parse((await api.get(`/rules/${id}`)).body)
const all = async () => RulesAnswer.parse((await api.get('/rules')).body).items
async function backtest(body: object): Promise<Backtest> {
  const response = await api.post('/rules/backtest', body)
  expect(response.status).toBe(200)
  return Backtest.parse(await response.json())
}

describe('rules', () => {
  it('that come with Hoptrace are listed with what they say of themselves', async () => {
    const items = await all()
    expect(items.length).toBeGreaterThanOrEqual(12)
    expect(items.every(({ origin, isEnabled, updatedAt }) => origin === 'shipped' && isEnabled && updatedAt === null)).toBe(true)
    const [first] = items
    const detail = await show(first?.id ?? '')
    expect(detail.text).toContain(detail.title)
    expect(detail.description).not.toBe('')
    expect(items.every(({ tags }) => tags.some((tag) => tag.startsWith('attack.') || tag.startsWith('atlas.')))).toBe(true)
    expect(shippedRules().problems).toEqual([])
  })

  it('are checked, each fault by line and column', async () => {
    const check = async (text: string) => RuleChecked.parse(await (await api.post('/rules/check', { text })).json())
    expect(await check(ruleText(9))).toEqual({ rules: [{ id: ruleId(9), title: 'Denials 9', kind: 'detection' }], faults: [] })
    expect((await check(ruleText(9).replace('level: high', 'level: grave'))).faults).toEqual([
      { line: 10, column: 8, message: expect.stringContaining('level') },
    ])
    expect((await check('title: [')).faults).toHaveLength(1)
    expect((await check('# nothing')).faults).toEqual([{ line: 1, column: 1, message: 'holds no rule' }])
  })

  it('of the tenant’s own are saved by the revision that was edited, and keep every one', async () => {
    expect((await save(1, { text: ruleText(1), revision: 'abc' })).status).toBe(404)
    const first = RuleDetail.parse(await (await save(1, { text: ruleText(1), revision: null })).json())
    expect(first).toMatchObject({ origin: 'tenant', response: 'queue', severity: 'high', updatedBy: 'operator', isEnabled: true })
    const stale = await save(1, { text: ruleText(1, { title: 'Another' }), revision: null })
    expect([stale.status, Problem.parse(await stale.json())]).toMatchObject([409, { code: 'CONFLICT', revision: first.revision }])
    const body = { text: ruleText(1, { title: 'Another' }), response: 'log', revision: first.revision }
    const second = RuleDetail.parse(await (await save(1, body)).json())
    expect(second).toMatchObject({ title: 'Another', response: 'log', falsePositives: ['drills'] })
    expect(second.revisions.map(({ revision }) => revision)).toEqual([second.revision, first.revision])
    expect((await all()).filter(({ origin }) => origin === 'tenant')).toMatchObject([{ id: ruleId(1), title: 'Another' }])
  })

  it('are refused with what is wrong in them', async () => {
    const faulty = await save(2, { text: ruleText(2).replace('level: high', 'level: grave'), revision: null })
    expect([faulty.status, Problem.parse(await faulty.json())]).toMatchObject([422, { code: 'RULE_INVALID', faults: [{ line: 10 }] }])
    const other = await save(2, { text: ruleText(3), revision: null })
    expect(Problem.parse(await other.json()).faults).toEqual([{ line: 1, column: 1, message: `holds no rule with the id ${ruleId(2)}` }])
    expect((await save(2, { isEnabled: false, revision: null })).status).toBe(400)
  })

  it('that come with Hoptrace are switched, and never rewritten', async () => {
    const [shipped] = await all()
    const id = shipped?.id ?? ''
    const off = RuleDetail.parse(await (await save(id, { isEnabled: false, revision: shipped?.revision })).json())
    expect(off).toMatchObject({ id, origin: 'shipped', isEnabled: false, title: shipped?.title })
    expect((await save(id, { text: ruleText(4), revision: off.revision })).status).toBe(400)
    const on = RuleDetail.parse(await (await save(id, { isEnabled: true, revision: off.revision })).json())
    expect(on).toMatchObject({ isEnabled: true, response: shipped?.response })
  })

  it('are not found by what nobody wrote', async () => expect((await api.get(`/rules/${ruleId(99)}`)).status).toBe(404))
})

describe('a backtest', () => {
  it('shows what a rule over events would have raised, and on which days', async () => {
    const selection = 'body.decision: deny'
    const tested = await backtest({ text: ruleText(5, { selection }), response: 'page' })
    expect(tested).toMatchObject({ alerts: 2, pages: 2, isTruncated: false, faults: [] })
    expect(tested.perDay.map(({ pages }) => pages)).toEqual([1, 1])
    expect(tested.samples.map(({ targets, principal }) => [targets[0], principal])).toEqual([
      ['ledger-1', 'agent-1'],
      ['ledger-2', 'agent-2'],
    ])
    expect(tested.samples[0]?.rules).toEqual([{ id: ruleId(5), title: 'Denials 5' }])
    const from = new Date(NOW - DAY_MS).toISOString()
    expect(await backtest({ text: ruleText(5, { selection }), from })).toMatchObject({ alerts: 1, pages: 0 })
  })

  it('looks at hops as they are linked, with their chain', async () => {
    const tested = await backtest({ text: ruleText(6, { category: 'hop', selection: 'to.target: bastion' }) })
    expect(tested.looked).toMatchObject({ chains: 1, hops: 1, events: 0 })
    expect(tested.samples).toMatchObject([{ targets: ['orders', 'bastion'], chainId: expect.stringMatching(/^[0-9a-f]{32}$/) }])
  })

  it('says what is wrong with the text, and raises nothing by it', async () => {
    expect(await backtest({ text: 'title: x' })).toMatchObject({ alerts: 0, faults: [expect.anything(), expect.anything()] })
    expect((await api.post('/rules/backtest', { text: ruleText(5), from: '2020-01-01T00:00:00Z' })).status).toBe(400)
  })
})

describe('a rule that would page', () => {
  const text = ruleText(7, { more: 'response: page\n' })

  it('is saved only once a backtest of that very text over the last week was looked at', async () => {
    const refused = await save(7, { text, revision: null })
    expect([refused.status, Problem.parse(await refused.json())]).toMatchObject([422, { code: 'NEEDS_BACKTEST' }])
    const { digest: short } = await backtest({ text, from: new Date(Date.now() - 2 * DAY_MS).toISOString() })
    expect((await save(7, { text, revision: null, backtest: short })).status).toBe(422)
    const { digest } = await backtest({ text })
    expect((await save(7, { text: `${text}# other`, revision: null, backtest: digest })).status).toBe(422)
    expect((await save(7, { text, revision: null, backtest: `${digest}x` })).status).toBe(422)
    const saved = await save(7, { text, revision: null, backtest: digest })
    expect(saved.status).toBe(200)
    const { revision } = RuleDetail.parse(await saved.json())
    expect((await save(7, { isEnabled: true, revision })).status).toBe(200)
  })

  it('is switched to that only by a backtest that showed it paging', async () => {
    const quiet = ruleText(8)
    const { revision } = RuleDetail.parse(await (await save(8, { text: quiet, revision: null })).json())
    const { digest: queued } = await backtest({ text: quiet })
    expect((await save(8, { response: 'page', revision, backtest: queued })).status).toBe(422)
    const { digest } = await backtest({ text: quiet, response: 'page' })
    expect(RuleDetail.parse(await (await save(8, { response: 'page', revision, backtest: digest })).json()).response).toBe('page')
  })
})

describe('the receipt of a backtest', () => {
  const receipts = new BacktestReceipts('a secret')
  const week = { fromUs: (NOW - 8 * DAY_MS) * 1000, toUs: NOW * 1000, madeAtMs: NOW, isPaging: true }

  it('is believed by any server with the secret, for one tenant and one text', () => {
    const receipt = receipts.issue({ tenant: 'acme', text: 'x', ...week })
    expect(new BacktestReceipts('a secret').read(receipt, 'acme', 'x')).toEqual(week)
    expect(receipts.read(receipt, 'umbrella', 'x')).toBeNull()
    expect(receipts.read(receipt, 'acme', 'y')).toBeNull()
    expect(new BacktestReceipts('another').read(receipt, 'acme', 'x')).toBeNull()
    for (const forged of ['', '.', 'e30.x', `${receipt}.`])
      expect(receipts.read(forged, 'acme', 'x') === null || forged === `${receipt}.`).toBe(true)
  })

  it('stands for a day, and for a week of what there is', () => {
    expect(shortfallOf(week, NOW, null)).toBeNull()
    expect(shortfallOf(week, NOW + 2 * DAY_MS, null)).toContain('older than a day')
    const short = { ...week, fromUs: (NOW - DAY_MS) * 1000 }
    expect(shortfallOf(short, NOW, 0)).toContain('last week')
    expect(shortfallOf(short, NOW, short.fromUs)).toBeNull()
    expect(shortfallOf({ ...week, toUs: (NOW - 3 * DAY_MS) * 1000 }, NOW, null)).toContain('last week')
    expect(shortfallOf({ ...week, isPaging: false }, NOW, null)).toContain('page')
    expect(shortfallOf(null, NOW, null)).toContain('digest')
  })
})
