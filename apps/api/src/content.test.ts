import { Correlator } from '@hoptrace/correlator'
import { Observer } from '@hoptrace/events'
import { asPublisher, Ingest } from '@hoptrace/ingest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import * as contract from './contract/index.ts'
import { anId, RecordedSession } from './testing/recorded-session.ts'
import { RecordedTenant } from './testing/recorded-tenant.test-support.ts'
import { SignedIn } from './testing/signed-in.test-support.ts'
import { TestStore } from './testing/store.ts'

let store: TestStore
let signedIn: SignedIn
const SECRET = 'S3cr3tValue9'
const acme = new RecordedTenant('acme', Date.now() - 60_000)
const key = { id: 'test', secret: Buffer.alloc(32, 1) }
const sql = new RecordedSession({ tenant: 'acme' }, Date.now() - 30_000)
  .started()
  .asked(`SET key = '${SECRET}'`, [[SECRET]])
  .ended()
const shell = new RecordedSession(
  { tenant: 'acme', target: { name: 'bastion', protocol: 'ssh', address: '10.0.0.9:22', account: 'deploy' } },
  Date.now() - 20_000,
)
  .add('session.started', { client: 'OpenSSH', database: null, tls: false })
  .add('ssh.exec', { channel: 0, command: `login TOKEN=${SECRET}`, pty: { term: 'xterm', cols: 80, rows: 24 } }, new Observer(key).result())
  .add('terminal.output', { channel: 0, stream: 'stdout', data: { utf8: `TOKEN=${SECRET.slice(0, 4)}` } })
  .add('terminal.output', { channel: 0, stream: 'stdout', data: { utf8: `${SECRET.slice(4)}\r\n` } })
  .add('terminal.input', { channel: 0, data: { utf8: 'hunter2\r' }, isEchoed: false })
  .add('ssh.exit', { channel: 0, status: 0, signal: null, stdoutBytes: 30, stderrBytes: 0, stdinBytes: 0 })
  .ended()

const bootMs = Date.now() - 40_000
const boot = new RecordedSession({ tenant: 'acme', run: null, principal: null, rootPrincipal: null, origin: null, target: null }, bootMs)
const runId = anId(bootMs)
const login = `psql "password='${SECRET}'"`
boot
  .add('run.started', {
    runId,
    principal: 'agent-2',
    rootPrincipal: 'ana',
    lineage: [],
    agent: null,
    task: `Try ${login}.`,
    owner: 'ana',
    grants: [{ target: 'orders', protocol: 'postgres' }],
    expiresAt: String((bootMs + 3_600_000) * 1000),
  })
  .add('access.decided', {
    decision: 'deny',
    reason: 'target-refused',
    asked: { protocol: 'postgres', target: 'orders', account: 'app', database: null },
    method: 'password',
    message: `refused: ${login}`,
  })
  .add('run.revoked', { runId, by: 'ana', reason: `It said ${login}.` } as never)
const ofRun = new RecordedSession({ tenant: 'acme', run: runId }, bootMs + 1000)
  .started()
  .add('recording.gap', { reason: 'limit', message: `after ${login}`, fromSeq: null })
  .add('session.ended', { reason: 'error', message: `broken by ${login}` })

beforeAll(async () => {
  store = await TestStore.open()
  const publisher = asPublisher(new Ingest(store.store, { tenant: 'acme', now: Date.now }))
  for (const { encoded } of [sql, shell, boot, ofRun]) await publisher.publish(encoded)
  await publisher.publish([Buffer.from(`no event, TOKEN=${SECRET} in it`)])
  await acme.store(store.store)
  const correlator = new Correlator(store.store, { now: Date.now, onError: () => undefined })
  await correlator.catchUp()
  await correlator.stop()
  signedIn = await SignedIn.start({ store: store.store, publisher }, ['acme'])
})
afterAll(async () => {
  await signedIn.stop()
  await store.close()
})

const asked = (who: string, path: string) => signedIn.as(`acme-${who}`, `/api/v1${path}`)
async function read<T extends z.ZodType>(who: string, path: string, schema: T): Promise<z.infer<T>> {
  const response = await asked(who, path)
  expect([path, response.status]).toEqual([path, 200])
  return schema.parse(await response.json())
}
const text = async (who: string, path: string) => (await asked(who, path)).text()

const withSecret = [
  ['statements', `/sessions/${sql.id}/statements`],
  ['commands of SQL', `/sessions/${sql.id}/commands`],
  ['events', `/sessions/${sql.id}/events`],
  ['a proof', `/sessions/${sql.id}/events/1`],
  ['commands of a shell', `/sessions/${shell.id}/commands`],
  ['a terminal', `/sessions/${shell.id}/terminal/segments/0.json`],
  ['a search', '/search?q=TOKEN'],
  ['a JSONL export', `/sessions/${shell.id}/export?format=jsonl`],
  ['a CSV export', `/sessions/${sql.id}/export?format=csv`],
  ['a transcript', `/sessions/${sql.id}/export?format=text`],
  ['an asciicast', `/sessions/${shell.id}/export?format=asciicast`],
] as const

const pieces = [SECRET, SECRET.slice(0, 4), SECRET.slice(4), 'hunter2']
const held = (answer: string) => pieces.filter((piece) => answer.includes(piece))

describe('secrets in what was recorded', () => {
  it.each(withSecret)('are masked in %s', async (_, path) => {
    expect(held(await text('investigator', path))).toEqual([])
  })

  it.each(withSecret)('are shown in %s to whoever may reveal them and asks for it', async (_, path) => {
    const revealed = `${path}${path.includes('?') ? '&' : '?'}reveal=1`
    expect(held(await text('revealer', path))).toEqual([])
    expect(held(await text('revealer', revealed))).not.toEqual([])
    expect((await asked('investigator', revealed)).status).toBe(403)
  })

  it('are masked in a dead letter too', async () => {
    const { items } = await read('investigator', '/dead-letters', contract.DeadLettersPage)
    const id = items.find(({ bytes }) => bytes === `no event, TOKEN=${SECRET} in it`.length)?.id
    const masked = await read('investigator', `/dead-letters/${id}`, contract.DeadLetterDetail)
    expect(masked).toMatchObject({ text: 'no event, TOKEN=************ in it', masked: 1 })
    expect(Buffer.from(masked.base64, 'base64').toString()).toBe(masked.text)
    expect((await read('revealer', `/dead-letters/${id}?reveal=1`, contract.DeadLetterDetail)).text).toContain(SECRET)
  })

  it('are counted in each answer', async () => {
    expect((await read('investigator', `/sessions/${sql.id}/statements`, contract.StatementsPage)).masked).toBe(2)
    expect((await read('revealer', `/sessions/${sql.id}/statements?reveal=1`, contract.StatementsPage)).masked).toBe(0)
    expect((await read('investigator', `/sessions/${shell.id}/terminal/index.json`, contract.TerminalIndex)).masked).toBeGreaterThan(0)
  })

  it('stay masked in the segments that an index names, and revealed in those of a revealed one', async () => {
    const { segments } = await read('revealer', `/sessions/${shell.id}/terminal/index.json?reveal=1`, contract.TerminalIndex)
    expect(segments[0]?.url).toContain('reveal=1')
    expect(
      (await read('investigator', `/sessions/${shell.id}/terminal/index.json`, contract.TerminalIndex)).segments[0]?.url,
    ).not.toContain('reveal')
  })

  it('leave a proof its verdict', async () => {
    const proof = await read('investigator', `/sessions/${sql.id}/events/1`, contract.Proof)
    expect(proof).toMatchObject({ verdict: 'proved', masked: 1, contents: [{ isHashValid: true }] })
  })

  it('are said to be masked in an export, line by line and in its manifest', async () => {
    const lines = (await text('investigator', `/sessions/${sql.id}/export?format=jsonl`)).trim().split('\n')
    const masked = lines.map((line) => JSON.parse(line) as { masked?: true; hash: string })
    expect(masked.map((line) => line.masked ?? false)).toEqual([false, true, true, false])
    expect(masked.map((line) => line.hash)).toEqual(sql.encoded.map((encoded) => (JSON.parse(encoded.toString()) as { hash: string }).hash))
    const manifest = JSON.parse(await text('investigator', `/sessions/${sql.id}/export?format=manifest`)) as {
      masked: object
      howToCheck: string[]
    }
    expect([manifest.masked, manifest.howToCheck.at(-1)]).toEqual([{ events: 2 }, expect.stringContaining('"masked": true')])
    expect(await text('revealer', `/sessions/${sql.id}/export?format=jsonl&reveal=1`)).toBe(`${sql.encoded.map(String).join('\n')}\n`)
  })
})

describe('metadata without content', () => {
  it('names no value that flowed in a chain', async () => {
    const [seen] = (await read('investigator', '/chains', contract.ChainsPage)).items
    const [hidden] = (await read('operator', '/chains', contract.ChainsPage)).items
    expect([seen?.title.includes('internal'), hidden?.title]).toEqual([true, 'orders → bastion-acme'])
    const detail = await text('operator', `/chains/${hidden?.id}`)
    expect(detail).not.toContain('bastion.acme.internal')
    expect(detail).toContain('bastion-acme is named by a value seen in orders')
    expect(await text('operator', '/triage')).not.toContain('bastion.acme.internal')
  })

  it.each([
    ['runs', '/runs', 'Try psql'],
    ['a run', `/runs/${runId}`, 'It said psql'],
    ['triage', '/triage', 'refused: psql'],
    ['a session', `/sessions/${ofRun.id}`, 'broken by psql'],
  ])('says in %s what people and targets said, without the secrets in it', async (_, path, said) => {
    const answer = await text('operator', path)
    expect([answer.includes(said), answer.includes(SECRET)]).toEqual([true, false])
  })

  it('finds no session by what was said in it', async () => {
    expect((await asked('operator', '/sessions?q=settings')).status).toBe(403)
    expect((await asked('investigator', '/sessions?q=settings')).status).toBe(200)
  })

  it('is what an auditor takes away', async () => {
    const csv = await text('auditor', `/sessions/${acme.sql.id}/export?format=csv`)
    expect([csv.includes('sql.statement'), csv.includes('settings_of_acme')]).toEqual([true, false])
    for (const format of ['jsonl', 'text', 'asciicast']) {
      expect((await asked('auditor', `/sessions/${acme.ssh.id}/export?format=${format}`)).status).toBe(403)
    }
    const manifest = contract.ExportManifest.parse(JSON.parse(await text('auditor', `/sessions/${acme.sql.id}/export?format=manifest`)))
    expect(manifest.files.map(({ name }) => name)).toEqual(['events.csv'])
    expect((await asked('auditor', `/verify?session=${acme.sql.id}`)).status).toBe(200)
  })
})

describe('the access log', () => {
  const log = async (query: string) => (await read('auditor', `/access-log?limit=500&${query}`, contract.AccessLogPage)).items

  it('says who saw what of which session, and whether secrets were revealed', async () => {
    await text('revealer', `/sessions/${sql.id}/events?reveal=1`)
    const [view] = await log(`id=${sql.id}&reveal=1&viewer=acme-revealer`)
    expect(view).toMatchObject({
      viewer: 'revealer of acme',
      subject: 'acme-revealer',
      resource: 'session',
      span: 'seq 0-3',
      isContent: true,
      isRevealed: true,
    })
    expect((await log('reveal=1')).every(({ isRevealed }) => isRevealed)).toBe(true)
  })

  it('tells exports from other views, and equal searches from others without their words', async () => {
    await text('investigator', `/sessions/${sql.id}/export?format=csv`)
    expect((await log(`id=${sql.id}&viewer=acme-investigator`)).map(({ span }) => span)).toContain('export csv seq 0-3')
    for (const words of ['settings', 'settings', 'orders']) await text('investigator', `/search?q=${words}`)
    const digests = (await log('resource=search&viewer=acme-investigator')).slice(0, 3).map(({ digest }) => digest)
    expect([digests[1] === digests[2], digests[0] === digests[1], digests.join().includes('settings')]).toEqual([true, false, false])
  })

  it('tells that sessions were looked for by words, as a view of content', async () => {
    await text('investigator', '/sessions?q=settings')
    await text('investigator', '/sessions?q=orders')
    const views = await log('resource=sessions&content=1&viewer=acme-investigator')
    const digests = views.slice(0, 2).map(({ digest }) => digest)
    expect([digests.length, new Set(digests).size, digests.includes(null)]).toEqual([2, 2, false])
  })

  it('names every session that a search showed, however many those are', async () => {
    const many = Array.from({ length: 60 }, () => new RecordedSession({ tenant: 'acme' }, bootMs).started().asked('SELECT everywhere'))
    const publisher = asPublisher(new Ingest(store.store, { tenant: 'acme', now: Date.now }))
    await publisher.publish(many.flatMap(({ encoded }) => encoded))
    const { items } = await read('investigator', '/search?q=everywhere&limit=100', contract.SearchPage)
    expect(items).toHaveLength(60)
    const spans = (await log('resource=search')).map(({ span }) => span).join(' ')
    expect(many.map(({ id }) => id).filter((id) => !spans.includes(id))).toEqual([])
  })

  it('is an auditor’s alone, by its events too', async () => {
    await text('investigator', `/sessions/${sql.id}/events`)
    const [view] = await log(`id=${sql.id}`)
    const path = `/sessions/${view?.event.sessionId}/events`
    expect((await asked('auditor', path)).status).toBe(200)
    expect((await asked('investigator', path)).status).toBe(403)
    expect((await asked('investigator', `${path}/0`)).status).toBe(403)
    expect((await asked('investigator', `/sessions/${view?.event.sessionId}/export?format=jsonl`)).status).toBe(403)
  })
})
