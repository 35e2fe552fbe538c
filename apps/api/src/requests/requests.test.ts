import { asPublisher, Ingest } from '@hoptrace/ingest'
import {
  aKubernetesSession,
  anHttpSession,
  HTTP_SECRET,
  HttpSessionBuilder,
  KUBERNETES_SECRET,
  KubernetesSessionBuilder,
} from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  CommandsAnswer,
  Proof,
  RequestDetail,
  type RequestItem,
  type RequestLine,
  RequestsPage,
  ResourcesAnswer,
  SessionDetail,
  TerminalIndex,
} from '../contract/index.ts'
import { ServedApi } from '../testing/served-api.ts'
import { TestStore } from '../testing/store.ts'

let store: TestStore
let api: ServedApi
const http = anHttpSession()
const cluster = aKubernetesSession()
const many = new KubernetesSessionBuilder().started()
many.discovery(Array.from({ length: 300 }, (_, n) => `/apis/group-${n}/v1`))
many.exchange('GET', 'get', '/api/v1/pods/x', { resource: 'pods', name: 'x' }, { status: 200 })
many.discovery(['/api'])

beforeAll(async () => {
  store = await TestStore.open()
  const publisher = asPublisher(new Ingest(store.store, { tenant: 'default', now: Date.now }))
  for (const { encoded } of [http, cluster, many]) await publisher.publish(encoded)
  api = await ServedApi.start({ store: store.store, publisher: { publish: async () => undefined } })
})
afterAll(async () => {
  await api.close()
  await store.close()
})

async function page(session: string, query = ''): Promise<RequestsPage> {
  const { status, body } = await api.get(`/sessions/${session}/requests?${query}`)
  expect([query, status]).toEqual([query, 200])
  return RequestsPage.parse(body)
}
const requests = ({ items }: { items: readonly RequestItem[] }) => items.filter((item): item is RequestLine => item.kind === 'request')
const paths = async (session: string, query: string) => requests(await page(session, query)).map(({ path }) => path)
async function detail(session: string, seq: number): Promise<RequestDetail> {
  const { status, body } = await api.get(`/sessions/${session}/requests/${seq}`)
  expect([seq, status]).toEqual([seq, 200])
  return RequestDetail.parse(body)
}

describe('the requests of a session', () => {
  it('stand in one line each, with how they went', async () => {
    const [first] = requests(await page(http.id))
    expect(first).toMatchObject({
      seq: 1,
      method: 'GET',
      path: '/v1/invoices?limit=6',
      host: 'billing.internal',
      status: 200,
      state: 'answered',
      durationMs: 34.4,
    })
    expect(JSON.stringify(await page(http.id))).not.toContain('content-type')
  })

  it('tell refusals, redirects, streams, tools, and what nobody answered', async () => {
    const lines = requests(await page(http.id))
    const by = (path: string) => lines.filter((line) => line.path.startsWith(path))
    expect(by('/v1/reconcile')).toMatchObject([{ state: 'failed', status: 504, refused: expect.stringContaining('30 s') }])
    expect(by('/v1/admin')).toMatchObject([{}, { redirect: { isElsewhere: true } }])
    expect(by('/v1/live')).toMatchObject([{ stream: 'websocket', isComplete: false, status: 101 }])
    expect(by('/mcp').map(({ tools, state }) => [tools, state])).toEqual([
      [[{ name: 'search_invoices', isError: false }], 'answered'],
      [[{ name: 'open_connection', isError: true }], 'failed'],
    ])
    expect(by('/v1/reports')).toMatchObject([{ state: 'unanswered', status: null }])
  })

  it('tell what ran in a container and how it ended', async () => {
    const execs = requests(await page(cluster.id)).flatMap(({ exec, kubernetes }) =>
      exec ? [{ ...exec, where: kubernetes?.subresource }] : [],
    )
    expect(execs).toMatchObject([
      { channel: 0, command: 'sh', exitCode: 0, where: 'exec' },
      { channel: 1, command: 'cat /etc/ledger/ledger.env', exitCode: 1 },
    ])
  })

  it('fold discovery, however long it is, into one item that can be opened', async () => {
    const { items, nextCursor } = await page(many.id, 'limit=2')
    expect(items).toMatchObject([
      { kind: 'discovery', count: 300, failed: 0, fromSeq: 1, toSeq: 599 },
      { kind: 'request', path: '/api/v1/pods/x' },
    ])
    const rest = await page(many.id, `limit=2&cursor=${nextCursor}`)
    expect(rest).toMatchObject({ items: [{ kind: 'discovery', count: 1 }], nextCursor: null })
    const opened = requests(await page(many.id, 'discovery=each&after=0&through=599&limit=500'))
    expect(opened.map(({ path }) => path)).toHaveLength(300)
  })

  it.each([1, 3, 7])('come in pages of %i, each once', async (limit) => {
    const seqs: number[] = []
    for (let cursor = ''; ; ) {
      const { items, nextCursor } = await page(cluster.id, `limit=${limit}${cursor}`)
      seqs.push(...items.map(({ seq }) => seq))
      if (nextCursor === null) break
      cursor = `&cursor=${nextCursor}`
    }
    expect(seqs).toEqual((await page(cluster.id, 'limit=500')).items.map(({ seq }) => seq))
  })

  it.each([
    ['verb=list', 3],
    ['verb=list&verb=watch', 4],
    ['resource=pods', 10],
    ['resource=pods/exec', 2],
    ['resource=deployments.apps', 1],
    ['resource=pods.apps', 0],
    ['namespace=kube-system', 1],
    ['resource=pods&namespace=shop&verb=get', 6],
    ['status=4xx', 2],
    ['status=404&status=5xx', 2],
    ['status=none', 0],
    ['name=web-7c9d', 4],
    ['verb=nothing', 0],
  ])('are narrowed by %s', async (query, count) => {
    expect(requests(await page(cluster.id, query))).toHaveLength(count)
  })

  it.each([
    ['method=DELETE', ['/v1/invoices/7010']],
    ['resource=/v1/invoices/7001', ['/v1/invoices/7001/pdf']],
    ['status=none', ['/v1/reports/2026-09?format=parquet']],
    ['status=403&method=GET', []],
    ['tool=search_invoices', ['/mcp']],
  ])('of HTTP are narrowed by %s', async (query, expected) => {
    expect(await paths(http.id, query)).toEqual(expected)
  })

  it('take a hostile filter for a value', async () => {
    const query = new URLSearchParams({ resource: "pods') OR 1=1 --", verb: "get'", namespace: '\\' })
    expect((await page(cluster.id, String(query))).items).toEqual([])
    expect((await api.get(`/sessions/${cluster.id}/requests?status=4xxx`)).status).toBe(400)
  })

  it('hide secrets until they are revealed', async () => {
    for (const [session, secret] of [
      [http.id, HTTP_SECRET],
      [cluster.id, KUBERNETES_SECRET],
    ] as const) {
      const { items } = await page(session, 'limit=500')
      const details = await Promise.all(items.map(({ seq }) => detail(session, seq)))
      expect(JSON.stringify([items, details])).not.toContain(secret)
      expect(details.some(({ masked }) => masked > 0)).toBe(true)
      const revealed = await Promise.all(
        items.map(async ({ seq }) => (await api.get(`/sessions/${session}/requests/${seq}?reveal=1`)).body),
      )
      expect(JSON.stringify(revealed)).toContain(secret)
    }
    expect(await page(http.id)).toMatchObject({ masked: 1 })
  })

  it('are none where there are none', async () => {
    expect((await api.get(`/sessions/${cluster.id.replace(/.{4}$/, 'ffff')}/requests`)).status).toBe(404)
    expect((await api.get(`/sessions/${cluster.id}/requests/0`)).status).toBe(404)
  })
})

describe('one request', () => {
  it('has everything that was recorded of it, whichever of its events names it', async () => {
    const tool = requests(await page(http.id, 'tool=open_connection'))[0]?.seq ?? -1
    const all = await detail(http.id, tool)
    expect(all).toMatchObject({
      asked: { type: 'http.request', body: { body: { data: { utf8: expect.stringContaining('tools/call') } } } },
      answered: { body: { status: 200 } },
      tools: [{ body: { name: 'open_connection' }, result: { body: { isError: true } } }],
    })
    const result = all.tools[0]?.result?.seq ?? -1
    for (const seq of [tool + 1, tool + 2, result]) expect((await detail(http.id, seq)).line).toEqual(all.line)
  })

  it('has the messages of its stream', async () => {
    const [stream] = requests(await page(http.id, 'resource=/v1/events'))
    const { messages, ended, hasMoreMessages } = await detail(http.id, stream?.seq ?? -1)
    expect(messages.map(({ body }) => body.kind)).toEqual(['event', 'event', 'event'])
    expect(hasMoreMessages).toBe(false)
    expect(ended).toMatchObject({ body: { messages: { toCaller: 3 } } })
  })

  it('bounds the messages that it shows', async () => {
    const session = new HttpSessionBuilder({ startMs: Date.UTC(2026, 9, 4) })
    const request = session.ask('GET', '/v1/live')
    for (let n = 0; n < 260; n += 1) {
      session.add('http.message', { request, direction: 'toCaller', kind: 'text', data: { utf8: 'x'.repeat(n < 3 ? 10 : 8000) } })
    }
    await asPublisher(new Ingest(store.store, { tenant: 'default', now: Date.now })).publish(session.encoded)
    const { messages, hasMoreMessages } = await detail(session.id, request)
    expect(messages.length).toBeLessThanOrEqual(200)
    expect(messages.length).toBeGreaterThan(100)
    expect(hasMoreMessages).toBe(true)
  })

  it('has the program that it ran, found by what its terminal showed too', async () => {
    const [exec] = requests(await page(cluster.id, 'resource=pods/exec'))
    const all = await detail(cluster.id, exec?.seq ?? -1)
    expect(all.exec).toMatchObject({ body: { command: ['sh'], tty: true }, exit: { body: { exitCode: 0 } } })
    expect((await detail(cluster.id, (all.exec?.seq ?? 0) + 4)).line.seq).toBe(exec?.seq)
  })

  it('has the tunnel that it opened', async () => {
    const [forward] = requests(await page(cluster.id, 'resource=pods/portforward'))
    const { forwards } = await detail(cluster.id, forward?.seq ?? -1)
    expect(forwards.map(({ body }) => body.phase)).toEqual(['opened', 'closed'])
  })
})

describe('the resources of a session', () => {
  const resources = async (session: string) => ResourcesAnswer.parse((await api.get(`/sessions/${session}/resources`)).body)

  it('are told from group to name, with what was done to each and how it went', async () => {
    const { items, discovery, isTruncated } = await resources(cluster.id)
    expect(items).toContainEqual(
      expect.objectContaining({
        group: '',
        resource: 'pods',
        namespace: 'kube-system',
        name: 'etcd-0',
        failed: 1,
        worstStatus: 403,
        uses: [{ verb: 'delete', count: 1, failed: 1 }],
      }),
    )
    expect(items).toContainEqual(expect.objectContaining({ group: 'apps', resource: 'deployments', namespace: 'shop', name: null }))
    expect({ discovery, isTruncated }).toEqual({ discovery: 9, isTruncated: false })
  })

  it('are paths without their queries, and the tools that were called', async () => {
    const { items, tools } = await resources(http.id)
    expect(items).toContainEqual(
      expect.objectContaining({ kind: 'http', path: '/v1/invoices', requests: 2, uses: [expect.anything(), expect.anything()] }),
    )
    expect(tools).toEqual([
      { name: 'open_connection', count: 1, failed: 1 },
      { name: 'search_invoices', count: 1, failed: 0 },
    ])
    expect(JSON.stringify(items)).not.toContain('?')
  })
})

describe('a session of requests', () => {
  it.each(['har', 'jsonl', 'csv', 'text'])('is taken away as %s with its secrets hidden, until they are revealed', async (format) => {
    const text = async (query = '') => (await api.fetch(`/sessions/${http.id}/export?format=${format}${query}`)).text()
    expect(await text()).not.toContain(HTTP_SECRET)
    expect(await text()).toContain('ledger.internal')
    expect(await text('&reveal=1')).toContain(HTTP_SECRET)
  })

  it('names its archive in its manifest, and has none where there is no request', async () => {
    const manifest = await (await api.fetch(`/sessions/${cluster.id}/export?format=manifest`)).text()
    expect(manifest).toContain('"requests.har"')
    expect(manifest).toContain('"terminal-1.cast"')
  })

  it('tells each request of a CSV in one line', async () => {
    const rows = (await (await api.fetch(`/sessions/${cluster.id}/export?format=csv`)).text()).split('\r\n')
    expect(rows.find((row) => row.includes('kubernetes.request') && row.includes('etcd-0'))).toContain(
      'delete /api/v1/namespaces/kube-system/pods/etcd-0',
    )
  })

  it('lists and plays what ran in containers as any terminal', async () => {
    const { items } = CommandsAnswer.parse((await api.get(`/sessions/${cluster.id}/commands?channel=0`)).body)
    expect(items.map(({ kind, text, exitStatus, channel }) => [kind, text, exitStatus, channel])).toEqual([
      ['exec', 'sh', 0, 0],
      ['typed', 'hostname', null, 0],
      ['typed', 'env | grep LEDGER', null, 0],
      ['typed', 'nc -vz ledger.internal 5432', null, 0],
      ['typed', 'exit', null, 0],
      ['exec', 'cat /etc/ledger/ledger.env', 1, 1],
    ])
    const index = TerminalIndex.parse((await api.get(`/sessions/${cluster.id}/terminal/index.json?channel=0`)).body)
    expect(index.term).toEqual({ cols: 100, rows: 28 })
    const { body } = await api.get(`/sessions/${cluster.id}/terminal/segments/0.json?channel=0`)
    expect(JSON.stringify(body)).toContain('ledger.internal (10.0.4.9:5432) open')
    expect(JSON.stringify(body)).not.toContain(KUBERNETES_SECRET)
    expect(SessionDetail.parse((await api.get(`/sessions/${cluster.id}`)).body)).toMatchObject({ outcome: 'idle', channels: [0, 1] })
  })

  it('tells its requests among its commands to whoever asks, discovery left out', async () => {
    const commandsOf = async (session: string) =>
      CommandsAnswer.parse((await api.get(`/sessions/${session}/commands?requests=1`)).body).items.map(
        ({ kind, text }) => `${kind} ${text}`,
      )
    const given = await commandsOf(cluster.id)
    expect(given.slice(0, 2)).toEqual(['request list pods in shop', 'request get pods/web-7c9d in shop'])
    expect(given).toContain('exec sh')
    expect(given.some((text) => text.includes('/exec'))).toBe(false)
    const asked = await commandsOf(http.id)
    expect(asked).toEqual(expect.arrayContaining(['request GET /v1/invoices?limit=6', 'request tool search_invoices']))
    expect(asked.join()).not.toContain(HTTP_SECRET)
  })

  it('proves each of its events, with secrets hidden', async () => {
    const { items } = await page(http.id, 'resource=/v1/admin/settings')
    const proof = Proof.parse((await api.get(`/sessions/${http.id}/events/${(items[0]?.seq ?? 0) + 1}`)).body)
    expect(proof).toMatchObject({ verdict: 'proved', masked: 2 })
    expect(JSON.stringify(proof)).not.toContain(HTTP_SECRET)
  })
})
