import { asPublisher, Ingest } from '@hoptrace/ingest'
import { Arrivals } from '@hoptrace/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import * as contract from './contract/index.ts'
import { aBootStream, anId, RecordedSession, SOMETIME_MS } from './testing/recorded-session.ts'
import { ServedApi } from './testing/served-api.ts'
import { TestStore } from './testing/store.ts'

let store: TestStore
let api: ServedApi
let refusesToStore = false
let ingest: Ingest

const HOSTILE = '\u001b[2J<img src=x onerror=alert(1)>\u202e=cmd|calc\n\n; DROP TABLE session_events'
const NOW = Date.now() - 60_000
const runId = anId(NOW)

const sql = new RecordedSession({ run: runId }, NOW)
  .started()
  .asked(`SELECT '${HOSTILE}'`, [[HOSTILE, null]])
  .asked('SELECT nonsense', [], {
    severity: 'ERROR',
    sqlstate: '42703',
    message: 'column does not exist',
    detail: null,
    hint: null,
    position: 8,
  })
  .asked('SELECT pg_sleep(9)')
  .add('recording.gap', { reason: 'limit', message: HOSTILE, fromSeq: null })
  .ended()
const shell = new RecordedSession({ target: { name: 'bastion', protocol: 'ssh', address: '10.0.0.9:22', account: 'deploy' } }, NOW + 1000)
  .add('session.started', { client: 'OpenSSH', database: null, tls: false })
  .add('ssh.exec', { channel: 0, command: null, pty: { term: 'xterm', cols: 80, rows: 24 } })
  .add('terminal.output', { channel: 0, stream: 'stdout', data: { utf8: `$ ls\r\n${HOSTILE}` } })
  .add('terminal.output', { channel: 0, stream: 'stdout', data: { base64: Buffer.from([0xff, 0xfe]).toString('base64') } })
  .add('ssh.exit', { channel: 0, status: 0, signal: null, stdoutBytes: 30, stderrBytes: 0, stdinBytes: 0 })
  .ended()
const boot = aBootStream(NOW - 1000)
  .add('run.started', {
    runId,
    principal: 'agent-1',
    rootPrincipal: 'ana',
    lineage: [],
    agent: { template: 'reconciler', version: '2.1' },
    task: HOSTILE,
    owner: 'ana',
    grants: [{ target: 'orders', protocol: 'postgres' }],
    expiresAt: String((NOW + 3_600_000) * 1000),
  })
  .add('access.decided', {
    decision: 'deny',
    reason: 'not-granted',
    asked: { protocol: 'postgres', target: HOSTILE, account: null, database: null },
    method: 'password',
    message: 'the run has no grant',
    origin: { address: '192.0.2.7', port: 1, client: null },
    by: { run: runId, principal: 'agent-1', rootPrincipal: 'ana', lineage: [] },
  })
  .add('run.revoked', { runId, by: 'operator', reason: 'enough' })
  .add('gateway.heartbeat', { open: [] })

beforeAll(async () => {
  store = await TestStore.open()
  ingest = new Ingest(store.store, { tenant: 'default', now: () => SOMETIME_MS })
  const stored = asPublisher(ingest)
  for (const session of [sql, shell, boot]) await stored.publish(session.encoded)
  await stored.publish([Buffer.from(JSON.stringify({ no: `event ${HOSTILE}` })), Buffer.from([0xff, 0x00])])
  const publisher = {
    publish: (events: readonly Buffer[]) => (refusesToStore ? Promise.reject(new Error('disk full')) : stored.publish(events)),
  }
  api = await ServedApi.start({ store: store.store, publisher, changes: ingest })
})
afterAll(async () => {
  await api.close()
  await store.close()
})

async function read<T extends z.ZodType>(path: string, schema: T): Promise<z.infer<T>> {
  const { status, body } = await api.get(path)
  expect(status, JSON.stringify(body)).toBe(200)
  return schema.parse(body)
}

describe('a SQL session', () => {
  it('has a time line of statements with their answers, errors and gaps', async () => {
    const { items } = await read(`/sessions/${sql.id}/statements`, contract.StatementsPage)
    expect(items.map((item) => (item.item === 'statement' ? item.state : item.item))).toEqual([
      'answered',
      'failed',
      'answered',
      'gap',
      'end',
    ])
    expect(items[0]).toMatchObject({
      text: `SELECT '${HOSTILE}'`,
      ms: 1,
      durationMs: 1.5,
      results: [{ seq: 2, sample: [[HOSTILE, null]] }],
    })
    expect(items[1]).toMatchObject({ results: [{ error: { sqlstate: '42703' } }] })
  })

  it('pages through its time line', async () => {
    const seen: number[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: contract.StatementsPage = await read(
        `/sessions/${sql.id}/statements?limit=1${cursor && `&cursor=${cursor}`}`,
        contract.StatementsPage,
      )
      seen.push(...page.items.map((item) => item.seq))
      cursor = page.nextCursor
    }
    expect(seen).toEqual([1, 3, 5, 7, 8])
  })

  it('has its statements as commands', async () => {
    const { items } = await read(`/sessions/${sql.id}/commands`, contract.CommandsAnswer)
    expect(items.map((item) => [item.kind, item.seq])).toEqual([
      ['statement', 1],
      ['statement', 3],
      ['statement', 5],
    ])
    expect(items[0]?.text).not.toMatch(/[\u001b\u202e]/)
  })
})

describe('a terminal session', () => {
  it('plays in segments that name the recording they were cut from', async () => {
    const index = await read(`/sessions/${shell.id}/terminal/index.json?idle=2`, contract.TerminalIndex)
    expect(index.term).toEqual({ cols: 80, rows: 24 })
    const url = index.segments[0]?.url ?? ''
    expect(url).toBe(`/api/v1/sessions/${shell.id}/terminal/segments/0.json?through=5&idle=2`)
    const segment = await read(url.replace('/api/v1', ''), contract.TerminalSegment)
    expect(segment.events.map(([, code]) => code)).toContain('o')
    expect(segment.events.at(-1)?.[0]).toBe(index.duration)
    expect((await api.get(`/sessions/${shell.id}/terminal/segments/9.json`)).status).toBe(404)
  })

  it('keeps bytes that are not UTF-8 as they were', async () => {
    const { items } = await read(`/sessions/${shell.id}/events?type=terminal.output`, contract.EventsPage)
    expect(items.map((item) => item.event.body)).toMatchObject([{ data: { utf8: `$ ls\r\n${HOSTILE}` } }, { data: { base64: '//4=' } }])
  })
})

describe('the proof of an event', () => {
  it('is its content, the hash of it computed anew, and its place in the chain', async () => {
    const proof = await read(`/sessions/${sql.id}/events/3`, contract.Proof)
    expect(proof).toMatchObject({
      verdict: 'proved',
      contents: [{ isHashValid: true, isChained: true }],
      previous: [{ seq: 2 }],
      next: [{ seq: 4 }],
    })
    expect(sql.encoded[3]?.toString()).toBe(`${proof.contents[0]?.content.slice(0, -1)},"hash":"${proof.contents[0]?.hash}"}`)
  })

  it('shows every content of a seq that has two', async () => {
    const forged = new RecordedSession({}, NOW + 2000).started().asked('SELECT 1').ended()
    const other = new RecordedSession({ sessionId: forged.id }, NOW + 2000).started().asked('SELECT 2').ended()
    await asPublisher(ingest).publish([...forged.encoded, ...other.encoded])
    const proof = await read(`/sessions/${forged.id}/events/1`, contract.Proof)
    expect(proof.verdict).toBe('conflict')
    expect(proof.contents.map((content) => content.isHashValid)).toEqual([true, true])
    const page = await read(`/sessions/${forged.id}/events?limit=2`, contract.EventsPage)
    expect(page.items.map((item) => [item.seq, item.isConflicting])).toEqual([[0, false]])
    expect((await read(`/sessions/${forged.id}/events?limit=3`, contract.EventsPage)).items.map((item) => item.seq)).toEqual([0, 1, 1])
    expect((await read(`/verify?session=${forged.id}`, contract.VerifyPage)).items).toMatchObject([{ completeness: 'conflict' }])
  })
})

describe('verification', () => {
  it('walks every session, page by page', async () => {
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: contract.VerifyPage = await read(`/verify?limit=1${cursor && `&cursor=${cursor}`}`, contract.VerifyPage)
      seen.push(...page.items.map((item) => item.sessionId))
      cursor = page.nextCursor
    }
    expect(seen).toEqual(expect.arrayContaining([sql.id, shell.id, boot.id]))
    expect(new Set(seen).size).toBe(seen.length)
    expect((await api.get(`/verify?session=${anId(NOW)}`)).status).toBe(404)
  })
})

describe('exports', () => {
  it.each(['jsonl', 'csv', 'text', 'asciicast', 'manifest'])('gives %s as an attachment with a safe name', async (format) => {
    const response = await api.fetch(`/sessions/${shell.id}/export?format=${format}`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="hoptrace-[0-9a-f-]{36}-[a-z0-9.-]+"$/)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(100)
  })

  it('answers 404 for an asciicast of a session without a terminal', async () => {
    expect((await api.fetch(`/sessions/${sql.id}/export?format=asciicast`)).status).toBe(404)
  })
})

describe('runs', () => {
  it('are told from their events when the gateway is away', async () => {
    const { items } = await read('/runs', contract.RunsPage)
    expect(items).toMatchObject([
      { id: runId, state: 'revoked', rootPrincipal: 'ana', sessions: 1, denials: 1, openSessions: null, task: HOSTILE },
    ])
    expect(await read(`/runs/${runId}`, contract.RunDetail)).toMatchObject({
      revocation: { by: 'operator', reason: 'enough' },
      commands: [],
    })
    expect((await api.get(`/runs/${anId(NOW)}`)).status).toBe(404)
  })

  it('say whose session it was and for which task', async () => {
    expect(await read(`/sessions/${sql.id}`, contract.SessionDetail)).toMatchObject({ task: HOSTILE, agent: { template: 'reconciler' } })
  })

  it('cannot be started while the gateway is away', async () => {
    const response = await api.post('/runs', {
      principal: 'ana',
      task: '',
      grants: [{ target: 'orders', protocol: 'postgres' }],
      ttlSeconds: 60,
    })
    expect([response.status, await response.json()]).toMatchObject([502, { code: 'GATEWAY_UNREACHABLE' }])
  })

  it.each([
    { kubernetes: { namespace: ['shop'] } },
    { kubernetes: { resources: ['Pods'] } },
    { http: { methods: ['GET'] } },
    { scope: { namespaces: ['shop'] } },
  ])('are not started with the scope %j, which is none that a grant for Kubernetes has', async (scope) => {
    const grants = [{ target: 'prod', protocol: 'kubernetes', ...scope }]
    const response = await api.post('/runs', { principal: 'ana', task: '', grants, ttlSeconds: 60 })
    expect([response.status, JSON.stringify(await response.json())]).toEqual([400, expect.stringContaining('grants')])
  })
})

describe('triage', () => {
  it('says whether we are recording, what was refused, and who runs', async () => {
    const triage = await read('/triage', contract.Triage)
    expect(triage.recording).toMatchObject({ state: 'blind', gateways: [{ gatewayId: 'gw-1', isSilent: true }], gaps: 1, deadLetters: 2 })
    expect(triage.denials).toMatchObject([
      { reason: 'not-granted', target: HOSTILE, principal: 'agent-1', run: runId, originAddress: '192.0.2.7' },
    ])
    expect(triage.liveRuns).toEqual([])
  })

  it('is analysed up to what is stored once nothing waits to be linked', async () => {
    const before = (await read('/triage', contract.Triage)).recording
    expect([before.ingestedTo === null, before.analysedTo]).toEqual([false, null])
    const arrivals = new Arrivals(store.store)
    await arrivals.savePosition('hops', (await arrivals.listAfter('0', 1_000_000)).at(-1)?.storedAt ?? '0')
    const after = (await read('/triage', contract.Triage)).recording
    expect(after.analysedTo).toBe(after.ingestedTo)
  })
})

describe('dead letters', () => {
  it('are listed and shown whole', async () => {
    const { items } = await read('/dead-letters', contract.DeadLettersPage)
    expect(items.map((item) => item.reason).sort()).toEqual(['not-an-event', 'not-json'])
    const id = items.find((item) => item.reason === 'not-json')?.id ?? ''
    expect(await read(`/dead-letters/${id}`, contract.DeadLetterDetail)).toMatchObject({ base64: '/wA=', text: null, bytes: 2 })
    expect((await api.get(`/dead-letters/${'0'.repeat(64)}`)).status).toBe(404)
  })
})

describe('search', () => {
  it('finds the commands that hold every word, without their controls', async () => {
    const { items } = await read('/search?q=onerror%20alert', contract.SearchPage)
    expect(items.map((hit) => hit.sessionId)).toContain(sql.id)
    for (const hit of items) expect(hit.excerpt).not.toMatch(/[\u001b\u202e]/)
    expect((await read('/search?q=neversaid', contract.SearchPage)).items).toEqual([])
  })
})

const shown = [
  ['a session', () => `/sessions/${sql.id}`],
  ['its events', () => `/sessions/${sql.id}/events`],
  ['a proof', () => `/sessions/${sql.id}/events/0`],
  ['its time line', () => `/sessions/${sql.id}/statements`],
  ['its commands', () => `/sessions/${sql.id}/commands`],
  ['a terminal', () => `/sessions/${shell.id}/terminal/segments/0.json`],
  ['an export', () => `/sessions/${sql.id}/export?format=jsonl`],
  ['a run', () => `/runs/${runId}`],
  ['a search', () => '/search?q=alert'],
] as const

describe('what was viewed', () => {
  it.each(shown)('is recorded for %s', async (_, path) => {
    const before = await viewCount()
    expect((await api.fetch(path())).status).toBe(200)
    const after = await viewCount()
    // A page that refreshes is one view for a minute, unless it shows content.
    expect(after).toBeGreaterThanOrEqual(path().includes('/runs/') || path() === `/sessions/${sql.id}` ? before : before + 1)
    const { items } = await read('/access-log?limit=500', contract.AccessLogPage)
    expect(items.some((view) => path().includes(view.id))).toBe(true)
  })

  it('is shown only if it can be recorded', async () => {
    refusesToStore = true
    try {
      for (const [, path] of shown.filter(([name]) => name !== 'a session' && name !== 'a run')) {
        const response = await api.fetch(path())
        expect([path(), response.status]).toEqual([path(), 503])
        expect(await response.json()).toMatchObject({ code: 'RECORDING_UNAVAILABLE' })
      }
    } finally {
      refusesToStore = false
    }
    // What could not be recorded then is recorded now, and the api's own stream has no gap.
    expect((await api.fetch(`/sessions/${sql.id}/events`)).status).toBe(200)
    const [view] = (await read('/access-log?limit=1', contract.AccessLogPage)).items
    expect((await read(`/verify?session=${view?.event.sessionId}`, contract.VerifyPage)).items).toMatchObject([
      { completeness: 'unfinished', missing: [] },
    ])
  })

  async function viewCount(): Promise<number> {
    return (await read('/access-log?limit=500', contract.AccessLogPage)).items.length
  }
})

describe('the stream of changes', () => {
  it('says hello, then which sessions changed, and never that somebody looked', async () => {
    const leaving = new AbortController()
    const response = await api.fetch('/stream', { signal: leaving.signal })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const lines = linesOf(response)
    expect(await nextTick(lines)).toMatchObject({ kind: 'hello' })
    await api.get(`/sessions/${sql.id}/events`)
    const session = new RecordedSession({}, NOW + 3000).started()
    await asPublisher(ingest).publish(session.encoded)
    expect(await nextTick(lines)).toMatchObject({ kind: 'sessions', sessionIds: [session.id] })
    leaving.abort()
  })
})

describe('a server that ends', () => {
  it('does not wait for pages that listen', async () => {
    const other = await ServedApi.start({ store: store.store, publisher: { publish: async () => undefined } })
    const response = await other.fetch('/stream')
    const lines = linesOf(response)
    await nextTick(lines)
    await other.close()
    for await (const line of lines) expect(line).toBe('')
  })
})

async function nextTick(lines: AsyncIterator<string>): Promise<contract.Tick> {
  for (;;) {
    const { value, done } = await lines.next()
    if (done) throw new Error('The stream ended')
    if (value.startsWith('data: ')) return contract.Tick.parse(JSON.parse(value.slice(6)))
  }
}

async function* linesOf(response: Response): AsyncGenerator<string, void> {
  if (!response.body) return
  let rest = ''
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}
