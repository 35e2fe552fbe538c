import { asPublisher, Ingest } from '@hoptrace/ingest'
import { Sessions } from '@hoptrace/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AccessLogPage, SessionDetail, SessionsPage } from '../contract/index.ts'
import { anId, RecordedSession, SOMETIME_MS } from '../testing/recorded-session.ts'
import { ServedApi } from '../testing/served-api.ts'
import { TestStore } from '../testing/store.ts'

let store: TestStore
let api: ServedApi
let publisher: ReturnType<typeof asPublisher>

const FROM = new Date(SOMETIME_MS - 3_600_000).toISOString()
const TO = new Date(SOMETIME_MS + 3_600_000).toISOString()
const RANGE = `from=${FROM}&to=${TO}`

const ana = new RecordedSession({}, SOMETIME_MS)
  .started()
  .asked('SELECT host FROM settings', [['bastion.internal']])
  .ended()
const bo = new RecordedSession({ principal: 'agent-2', rootPrincipal: null }, SOMETIME_MS + 60_000).started().asked('SELECT 1')
const ssh = new RecordedSession(
  { target: { name: 'bastion', protocol: 'ssh', address: '10.0.0.9:22', account: 'deploy' } },
  SOMETIME_MS + 120_000,
)
  .add('session.started', { client: 'OpenSSH', database: null, tls: false })
  .add('ssh.exec', { channel: 0, command: 'cat /etc/motd', pty: null })
  .add('terminal.output', { channel: 0, stream: 'stdout', data: { utf8: '\u001b[2J<script>alert(1)</script>\n' } })
  .add('ssh.exit', { channel: 0, status: 2, signal: null, stdoutBytes: 30, stderrBytes: 0, stdinBytes: 0 })
  .ended('target')
const torn = new RecordedSession({}, SOMETIME_MS + 180_000).started().asked('SELECT 2').ended()
torn.encoded.splice(1, 1)

beforeAll(async () => {
  store = await TestStore.open()
  const ingest = new Ingest(store.store, { tenant: 'default', now: () => SOMETIME_MS })
  publisher = asPublisher(ingest)
  const other = new RecordedSession({ tenant: 'another' }, SOMETIME_MS).started().ended()
  for (const session of [ana, bo, ssh, torn, other]) await publisher.publish(session.encoded)
  api = await ServedApi.start({ store: store.store, publisher })
})
afterAll(async () => {
  await api.close()
  await store.close()
})

async function list(query = ''): Promise<SessionsPage> {
  const { status, body } = await api.get(`/sessions?${RANGE}&${query}`)
  expect(status, JSON.stringify(body)).toBe(200)
  return SessionsPage.parse(body)
}
const idsOf = (page: SessionsPage) => page.items.map((session) => session.id)

describe('GET /sessions', () => {
  it('lists the tenant’s sessions of a range, newest first, and no other tenant’s', async () => {
    const page = await list()
    expect(idsOf(page)).toEqual([torn.id, ssh.id, bo.id, ana.id])
    expect(page).toMatchObject({ total: 4, hasAny: true, nextCursor: null, range: { from: FROM.replace('Z', '000Z') } })
  })

  it('says what each session was and how it went', async () => {
    const page = await list('target=orders&outcome=client&completeness=complete')
    expect(page.items).toMatchObject([
      {
        startedAt: '2026-10-03T09:00:00.000000Z',
        endedAt: '2026-10-03T09:00:00.003000Z',
        durationMs: 3,
        protocol: 'postgres',
        principal: 'agent-1',
        rootPrincipal: 'ana',
        target: { name: 'orders', account: 'app' },
        source: { address: '192.0.2.7', gatewayId: 'gw-1' },
        outcome: 'client',
        completeness: 'complete',
        events: 4,
        commands: 1,
        errors: 0,
      },
    ])
  })

  it.each([
    ['protocol=ssh', () => [ssh.id]],
    ['principal=agent-2', () => [bo.id]],
    ['outcome=open', () => [bo.id]],
    ['completeness=gap', () => [torn.id]],
    ['completeness=unfinished', () => [bo.id]],
    ['account=deploy', () => [ssh.id]],
    ['rootPrincipal=', () => [bo.id]],
    ['principal=agent-1&principal=agent-2&protocol=postgres', () => [torn.id, bo.id, ana.id]],
    ['exclude=protocol:postgres', () => [ssh.id]],
    ['exclude=principal:agent-1&exclude=outcome:target', () => [bo.id]],
    ['source=198.51.100.1', () => []],
    ['q=settings%20HOST', () => [ana.id]],
    ['q=motd', () => [ssh.id]],
    ['q=%27%29%20OR%201%3D1%20--', () => []],
    ['target=%27%29%20OR%201%3D1%20--', () => []],
  ])('filters by %s', async (query, expected) => {
    expect(idsOf(await list(query))).toEqual(expected())
  })

  it.each([
    'startedAt',
    'duration',
    'principal',
    'rootPrincipal',
    'run',
    'protocol',
    'target',
    'account',
    'source',
    'outcome',
    'completeness',
    'events',
  ])('pages through a list sorted by %s without losing or repeating one', async (field) => {
    for (const sort of [field, `-${field}`]) {
      const whole = idsOf(await list(`sort=${sort}`))
      const seen: string[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const page: SessionsPage = await list(`sort=${sort}&limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`)
        seen.push(...idsOf(page))
        cursor = page.nextCursor
      }
      expect(seen).toEqual(whole)
      expect(new Set(seen).size).toBe(4)
    }
  })

  it('tells an empty match from an empty store', async () => {
    const { body } = await api.get('/sessions?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z')
    expect(body).toMatchObject({ items: [], total: 0, hasAny: true })
  })

  it.each([
    'sort=nonsense',
    'limit=0',
    'limit=100000',
    'from=yesterday',
    'cursor=nonsense',
    'exclude=nonsense',
    'protocol=telnet',
    'run=1',
  ])('refuses %s', async (query) => {
    expect(await api.get(`/sessions?${query}`)).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } })
  })
})

describe('the commands of a session', () => {
  const typed = (utf8: string, isEchoed = true) => ['terminal.input', { channel: 0, data: { utf8 }, isEchoed }] as const
  const PTY = { term: 'xterm', cols: 80, rows: 24 }
  const bastion = { name: 'bastion', protocol: 'ssh' as const, address: '10.0.0.9:22', account: 'deploy' }

  it('counts a shell and every line that was entered in it, but no password', async () => {
    const shell = new RecordedSession({ target: bastion }, SOMETIME_MS - 86_400_000)
      .add('session.started', { client: 'OpenSSH', database: null, tls: false })
      .add('ssh.exec', { channel: 0, command: null, pty: PTY })
    for (const input of [typed('l'), typed('s'), typed('\r'), typed('sudo id\r'), typed('hunter2\r', false)]) shell.add(...input)
    await publisher.publish(shell.ended().encoded)
    const { body } = await api.get(`/sessions/${shell.id}`)
    expect(SessionDetail.parse(body).commands).toBe(3)
  })

  it('lists an imported recording, which is its own boot, among the sessions', async () => {
    const id = anId(SOMETIME_MS - 2 * 86_400_000)
    const imported = new RecordedSession({ sessionId: id, bootId: id, target: bastion }, SOMETIME_MS - 2 * 86_400_000).started().ended()
    await publisher.publish(imported.encoded)
    expect((await new Sessions(store.store).list('default')).map(({ sessionId }) => sessionId)).toContain(id)
  })
})

describe('GET /sessions/{id}', () => {
  it('says what is missing of a torn session', async () => {
    const { body } = await api.get(`/sessions/${torn.id}`)
    expect(SessionDetail.parse(body)).toMatchObject({
      completeness: 'gap',
      gaps: { missing: [[1, 1]], declared: [] },
      isSql: true,
      isTerminal: false,
    })
  })

  it('says which channels hold terminal output', async () => {
    const { body } = await api.get(`/sessions/${ssh.id}`)
    expect(SessionDetail.parse(body)).toMatchObject({ isTerminal: true, channels: [0], isSql: false, errors: 1, completeness: 'complete' })
  })

  it.each(['01890000-0000-7000-8000-000000000000', 'nonsense', "'--"])('answers 404 for %s', async (id) => {
    expect(await api.get(`/sessions/${encodeURIComponent(id)}`)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } })
  })
})

describe('the access log', () => {
  it('names who viewed a session, and whether content was seen', async () => {
    await api.get(`/sessions/${ana.id}`)
    await api.get(`/sessions/${ana.id}/statements`)
    const { body } = await api.get(`/access-log?id=${ana.id}`)
    const views = AccessLogPage.parse(body).items
    expect(views).toContainEqual(expect.objectContaining({ viewer: 'operator', resource: 'session', span: 'summary', isContent: false }))
    expect(views).toContainEqual(expect.objectContaining({ span: 'statements seq 1-3', isContent: true }))
  })
})
