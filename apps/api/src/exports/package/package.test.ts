import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Correlator } from '@hoptrace/correlator'
import { asPublisher, Ingest } from '@hoptrace/ingest'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { anId, RecordedSession } from '../../testing/recorded-session.ts'
import { RecordedTenant } from '../../testing/recorded-tenant.test-support.ts'
import { TestStore } from '../../testing/store.ts'
import { packageOf } from './package.ts'
import { CHECK_SCRIPT } from './readme.ts'
import type { AskedFor, Requester } from './scope.ts'
import { scopeOf } from './scope-of.ts'
import { openSpools, Unpacked } from './unpacked.test-support.ts'

const SECRET = 'S3cr3tValue9'
/** Typed without echo. */
const TYPED = 'Tr0ub4dor'
const FORMULA = '=HYPERLINK("http://evil.example")'
const HOSTILE = `../../etc/passwd\n${FORMULA}<script>alert(1)</script>`
const START = Date.UTC(2026, 9, 3, 9)
const NOW_US = (START + 24 * 3_600_000) * 1000

let store: TestStore
let unpacked: Unpacked[] = []
const acme = new RecordedTenant('acme', START)
const umbrella = new RecordedTenant('umbrella', START)
const target = (name: string, protocol: 'postgres' | 'ssh', account = 'deploy') => ({ name, protocol, address: '10.0.0.9:22', account })

const hostile = new RecordedSession(
  { tenant: 'acme', run: null, principal: FORMULA, rootPrincipal: HOSTILE, target: target('hostile-db', 'postgres', FORMULA) },
  START + 60_000,
)
  .started()
  .asked(`SELECT '${HOSTILE}', key = '${SECRET}'`, [[HOSTILE, SECRET]])
  .ended()
const shell = new RecordedSession({ tenant: 'acme', target: target('bastion', 'ssh') }, START + 70_000)
  .add('session.started', { client: 'OpenSSH', database: null, tls: false })
  .add('ssh.exec', { channel: 0, command: `login TOKEN=${SECRET}`, pty: { term: 'xterm', cols: 80, rows: 24 } })
  .add('terminal.output', { channel: 0, stream: 'stdout', data: { utf8: `TOKEN=${SECRET.slice(0, 4)}` } })
  .add('terminal.output', { channel: 0, stream: 'stdout', data: { utf8: `${SECRET.slice(4)}\r\n` } })
  .add('terminal.input', { channel: 0, data: { utf8: `${TYPED}\r` }, isEchoed: false })
  .ended()
/** A run that no gateway announced. */
const unannounced = anId(START + 79_000)
/** Its third event never arrived, and a heartbeat named more than there are. */
const holed = new RecordedSession({ tenant: 'acme', run: unannounced }, START + 80_000)
  .started()
  .asked('SELECT 1', [['1']])
  .add('recording.gap', { reason: 'limit', message: 'planted words of a gap', fromSeq: null })
/** Two contents stand under its second seq. */
const forked = new RecordedSession({ tenant: 'acme' }, START + 85_000)
  .started()
  .asked('SELECT 2', [['2']])
  .ended()
const fork = new RecordedSession({ tenant: 'acme', sessionId: forked.id }, START + 85_000).started().asked('SELECT 3', [['3']])
/** Somebody wrote a view into it. */
const withView = new RecordedSession({ tenant: 'acme' }, START + 87_000)
  .started()
  .asked('SELECT secret_of_view', [['5']])
  .add('recording.viewed', { viewer: 'who-looked', resource: 'session', id: 'x', span: '', isContent: true })
  .ended()
/** A gateway that is silent for an hour, refuses, and names a session that nobody has. */
const silent = new RecordedSession(
  { tenant: 'acme', gatewayId: 'gw-9', run: null, principal: null, rootPrincipal: null, origin: null, target: null, ...bootIds() },
  START,
)
const lost = anId(START + 90_000)
silent.add('gateway.heartbeat', { open: [] })
silent.add('access.decided', {
  decision: 'deny',
  reason: 'not-granted',
  asked: { protocol: 'ssh', target: FORMULA, account: 'root', database: null, action: `GET /x?token=${SECRET}` },
  method: 'password',
  message: `refused with TOKEN=${SECRET}`,
})

function bootIds() {
  const id = anId(START)
  return { sessionId: id, bootId: id }
}

beforeAll(async () => {
  store = await TestStore.open()
  for (const tenant of [acme, umbrella]) await tenant.store(store.store)
  const publisher = asPublisher(new Ingest(store.store, { tenant: 'acme', now: () => START + 100_000 }))
  for (const { encoded } of [hostile, shell, silent, forked, withView]) await publisher.publish(encoded)
  await publisher.publish(fork.encoded.slice(1, 2))
  await publisher.publish(holed.encoded.filter((_, seq) => seq !== 2))
  await publisher.publish([Buffer.from(`no event, TOKEN=${SECRET}`)])
  const beat = new RecordedSession({ ...silent_(), ...bootIds() }, START + 3_600_000)
  beat.add('gateway.heartbeat', {
    open: [
      [holed.id, 9],
      [lost, 4],
    ],
  })
  await publisher.publish(beat.encoded)
  const correlator = new Correlator(store.store, { now: Date.now, onError: () => undefined })
  await correlator.catchUp()
  await correlator.stop()
})
function silent_() {
  return { tenant: 'acme', gatewayId: 'gw-9', run: null, principal: null, rootPrincipal: null, origin: null, target: null }
}
afterEach(() => {
  for (const each of unpacked) each.remove()
  unpacked = []
})
afterAll(() => store.close())

const investigator: Requester = {
  tenant: 'acme',
  name: 'Ana',
  subject: 'ana@acme',
  hasContent: true,
  isRevealed: false,
  hasAudit: false,
}
const day: AskedFor = { kind: 'period', fromUs: START * 1000 - 60_000_000, toUs: (START + 2 * 3_600_000) * 1000 }

async function archiveOf(askedFor: AskedFor, who: Partial<Requester> = {}): Promise<Buffer> {
  const requester = { ...investigator, ...who }
  const scope = await scopeOf(store.store, requester.tenant, askedFor, NOW_US)
  if (!scope) throw new Error('There is no such thing')
  const chunks: Buffer[] = []
  for await (const chunk of packageOf({ store: store.store, scope, requester, madeAtUs: NOW_US, version: '1.2.3' })) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function taken(askedFor: AskedFor, who: Partial<Requester> = {}): Promise<Unpacked> {
  const archive = new Unpacked(await archiveOf(askedFor, who))
  unpacked.push(archive)
  return archive
}

async function theChain(): Promise<string> {
  const [found] = await store.store.query({
    name: 'test.chain',
    sql: "SELECT toString(id) AS id FROM hop_chains FINAL WHERE tenant = 'acme' AND redirect_to = '' AND NOT is_deleted",
    row: z.object({ id: z.string() }),
  })
  return found?.id ?? ''
}

type Line = { seq: number; hash: string; prevHash: string; masked?: true }

/** Nothing of the product: what README.txt tells a stranger to do. */
function chainFaults(text: string): string[] {
  const faults: string[] = []
  let before: Line | null = null
  for (const line of text.trimEnd().split('\n')) {
    const event = JSON.parse(line) as Line
    const bare = `${line.slice(0, line.lastIndexOf(',"hash":"'))}}`
    const isWhole = createHash('sha256').update(bare).digest('hex') === event.hash
    if (isWhole === (event.masked === true)) faults.push(`hash of ${event.seq}`)
    if (before && (event.prevHash !== before.hash || event.seq !== before.seq + 1)) faults.push(`place of ${event.seq}`)
    before = event
  }
  return faults
}

type Manifest = {
  format: string
  counts: Record<string, number>
  sessions: { id: string; completeness?: string; gaps: { missing: unknown; declared: unknown }; maskedEvents: number; seqRanges: unknown }[]
  files: { path: string; bytes: number; sha256: string }[]
  content: { leftOut: { what: string }[]; isMetadataOnly: boolean }
}

describe('an export of a period', () => {
  it('is checked by sha256sum alone, and says first that it is not signed', async () => {
    const archive = await taken(day)
    expect(archive.text('README.txt').split('\n')[0]).toBe('This export is not signed.')
    expect(archive.run('sha256sum --strict -c SHA256SUMS')).not.toMatch(/FAILED/)
    const named = archive
      .text('SHA256SUMS')
      .trimEnd()
      .split('\n')
      .map((line) => line.slice(66))
    expect(named.toSorted()).toEqual(archive.paths.filter((path) => path !== 'SHA256SUMS'))
    const { files } = archive.json<Manifest>('manifest.json')
    expect(files.map(({ path }) => path).toSorted()).toEqual(named.filter((path) => path !== 'manifest.json').toSorted())
    for (const { path, bytes } of files) expect(Buffer.byteLength(archive.text(path))).toBe(bytes)
    writeFileSync(join(archive.folder, 'README.txt'), 'changed')
    expect(() => archive.run('sha256sum -c SHA256SUMS')).toThrow()
  })

  it('holds every session with a chain of hashes that a stranger can compute', async () => {
    const archive = await taken(day, { isRevealed: true })
    for (const { id, encoded } of [acme.sql, acme.ssh, hostile, shell]) {
      const text = archive.text(`sessions/${id}/events.jsonl`)
      expect(text).toBe(encoded.map((event) => `${event.toString('utf8')}\n`).join(''))
      expect([id, chainFaults(text)]).toEqual([id, []])
    }
    expect(chainFaults(archive.text(`sessions/${holed.id}/events.jsonl`))).toEqual(['place of 3'])
    expect(chainFaults(archive.text(`gateways/${acme.boot.id}/events.jsonl`))).toEqual([])
    writeFileSync(join(archive.folder, 'check.py'), CHECK_SCRIPT)
    expect(archive.run(`python3 check.py sessions/${shell.id}/events.jsonl gateways/*/events.jsonl`)).toContain('wrong: 0 masked: 0')
    expect(() => archive.run(`python3 check.py sessions/${holed.id}/events.jsonl`)).toThrow()
  })

  it('hides secrets from whoever may not reveal them, and marks each event in which it did', async () => {
    const archive = await taken(day)
    for (const piece of [SECRET, SECRET.slice(4), TYPED]) expect([piece, archive.holding(piece)]).toEqual([piece, []])
    const text = archive.text(`sessions/${shell.id}/events.jsonl`)
    expect(chainFaults(text)).toEqual([])
    const masked = text.split('\n').filter((line) => line.endsWith(',"masked":true}')).length
    expect(masked).toBe(4)
    const { sessions } = archive.json<Manifest>('manifest.json')
    expect(sessions.find(({ id }) => id === shell.id)).toMatchObject({ maskedEvents: 4, seqRanges: [[0, 5]] })
    expect(archive.text('README.txt')).toContain('"masked": true')
    const revealed = await taken(day, { isRevealed: true })
    expect(revealed.holding(SECRET)).toEqual(expect.arrayContaining([`sessions/${shell.id}/events.jsonl`, 'population/refusals.csv']))
    expect(revealed.json<Manifest>('manifest.json').sessions.find(({ id }) => id === shell.id)).toMatchObject({ maskedEvents: 0 })
  })

  it('of metadata alone holds nothing that was said, and what was left out is told', async () => {
    const archive = await taken(day, { hasContent: false, hasAudit: true })
    const planted = [
      SECRET,
      TYPED,
      'an alert of acme',
      'hunter2',
      'SELECT',
      'hostname',
      'planted words',
      'the task of acme',
      'bastion.acme.internal',
    ]
    for (const piece of planted) expect([piece, archive.holding(piece)]).toEqual([piece, []])
    expect(archive.paths.filter((path) => /events\.jsonl$|\.cast$/.test(path))).toEqual([])
    const links = archive.lines<{ hash: string; prevHash: string; contentLeftOut: true; observables: { digest: string }[] }>(
      `sessions/${acme.sql.id}/links.jsonl`,
    )
    for (const [index, { prevHash, contentLeftOut }] of links.entries()) {
      expect([contentLeftOut, prevHash]).toEqual([true, links[index - 1]?.hash ?? '0'.repeat(64)])
    }
    expect(links.flatMap(({ observables }) => observables)).not.toEqual([])
    expect(archive.json<Manifest>('manifest.json').content).toMatchObject({
      isMetadataOnly: true,
      leftOut: [{ what: 'everything that was said' }],
    })
    expect(archive.text('README.txt')).toContain('metadata alone')
  })

  it('names the population: runs, sessions, refusals, and what was not recorded', async () => {
    const archive = await taken(day)
    expect(archive.lines('population/runs.jsonl')).toMatchObject([{ run: acme.runId, isMember: true, task: 'the task of acme' }])
    const sessions = archive.lines<{ session: string; completeness: string }>('population/sessions.jsonl')
    expect(sessions.map(({ session }) => session)).toEqual([
      acme.sql.id,
      acme.ssh.id,
      acme.cluster.id,
      hostile.id,
      shell.id,
      holed.id,
      forked.id,
      withView.id,
    ])
    expect(archive.lines('population/refusals.jsonl')).toMatchObject([{ reason: 'not-granted', target: FORMULA, recordedIn: silent.id }])
    const unrecorded = archive.lines<{ kind: string; session: string | null; gateway: string | null; reason: string }>(
      'population/unrecorded.jsonl',
    )
    expect(unrecorded.find(({ kind, gateway }) => kind === 'gateway-silence' && gateway === 'gw-9')).toMatchObject({
      from: '2026-10-03T09:00:00.000000Z',
      to: '2026-10-03T10:00:00.000000Z',
    })
    expect(unrecorded.find(({ kind }) => kind === 'recording-gap')).toMatchObject({ session: holed.id, reason: 'limit' })
    expect(unrecorded.find(({ kind }) => kind === 'session-gap')).toMatchObject({
      session: holed.id,
      reason: '3 events, last seq 3, a heartbeat named seq 9',
    })
    expect(unrecorded.find(({ kind }) => kind === 'session-lost')).toMatchObject({ session: lost })
    expect(unrecorded.find(({ kind }) => kind === 'run-unannounced')).toMatchObject({ reason: `run ${unannounced}, 1 sessions` })
    expect(unrecorded.filter(({ kind }) => kind === 'dead-letter').length).toBe(1)
    expect(archive.json<Manifest>('manifest.json').sessions.find(({ id }) => id === holed.id)).toMatchObject({
      completeness: 'gap',
      gaps: {
        missing: [
          [2, 2],
          [4, 9],
        ],
        declared: [3],
      },
    })
  })

  it('holds both contents of a conflict, and says so', async () => {
    const archive = await taken(day)
    const seqs = archive.lines<{ seq: number }>(`sessions/${forked.id}/events.jsonl`).map(({ seq }) => seq)
    expect(seqs).toEqual([0, 1, 1, 2, 3])
    expect(archive.json<Manifest>('manifest.json').sessions.find(({ id }) => id === forked.id)).toMatchObject({
      completeness: 'conflict',
      conflicts: [1],
    })
    expect(archive.lines('population/unrecorded.jsonl')).toContainEqual(
      expect.objectContaining({ kind: 'session-conflict', session: forked.id }),
    )
  })

  it('shows views to auditors alone, and leaves nothing out that a view was written into', async () => {
    const archive = await taken(day)
    expect(archive.holding('who-looked')).toEqual([])
    expect(archive.lines(`sessions/${withView.id}/links.jsonl`).length).toBe(5)
    expect(archive.json<Manifest>('manifest.json').sessions.find(({ id }) => id === withView.id)).toMatchObject({
      contentLeftOut: 'it holds views, which need the right audit',
    })
    const audited = await taken(day, { hasAudit: true })
    expect(audited.lines('views.jsonl')).toMatchObject([{ viewer: 'who-looked', recordedIn: withView.id }])
    expect(audited.holding('secret_of_view')).toContain(`sessions/${withView.id}/events.jsonl`)
  })

  it('holds alerts with what they rest on, and the rules and baselines of that', async () => {
    const archive = await taken(day)
    expect(archive.lines('alerts/alerts.jsonl')).toContainEqual(
      expect.objectContaining({ sentence: 'an alert of acme', found: expect.objectContaining({ findings: expect.anything() }) }),
    )
    expect(archive.lines<{ baseline: string }>('rules/baselines.jsonl').map(({ baseline }) => baseline)).toContain('day:20777')
    const shipped = archive.lines<{ revision: string; text: string }>('rules/shipped-rules.jsonl')
    expect(shipped.length).toBeGreaterThan(11)
    for (const { revision, text } of shipped)
      expect([revision, text]).toEqual([expect.stringMatching(/^[0-9a-f]{12}$/), expect.stringContaining('title:')])
  })

  it('runs nothing in a spreadsheet, and stays in its folder', async () => {
    const archive = await taken(day)
    for (const path of archive.paths.filter((each) => each.endsWith('.csv'))) {
      const cells = archive.text(path).split(/\r\n|,/)
      for (const cell of cells) expect([path, cell]).toEqual([path, expect.not.stringMatching(/^"?[=+\-@\t]/)])
    }
    for (const path of archive.paths) expect(path).toMatch(/^[\w.-]+(\/[\w.-]+)*$/)
  })

  it('lists acts with user, type, time, outcome, origin and resource', async () => {
    const archive = await taken(day)
    const [header] = archive.text('acts.csv').split('\r\n')
    expect(header).toBe('time,user,onBehalfOf,run,type,outcome,isFailure,origin,client,resource,protocol,account,session,seq,hash')
    const acts = archive.lines('acts.jsonl')
    expect(acts).toContainEqual(
      expect.objectContaining({ type: 'access.decided', outcome: 'not-granted', isFailure: true, session: silent.id }),
    )
    expect(acts).toContainEqual(
      expect.objectContaining({ type: 'session.ended', outcome: 'client', origin: '192.0.2.7:40000', resource: 'bastion (10.0.0.9:22)' }),
    )
  })

  it('is the same for the same data, requester and time', async () => {
    expect((await archiveOf(day)).equals(await archiveOf(day))).toBe(true)
  })

  it('ends without its end when something goes wrong, and leaves nothing behind', async () => {
    const scope = await scopeOf(store.store, 'acme', day, NOW_US)
    if (!scope) throw new Error('There is no such thing')
    const chunks: Buffer[] = []
    const onSession = async (session: string) => {
      if (session === shell.id) throw new Error('The view could not be recorded')
    }
    const options = { store: store.store, scope, requester: investigator, madeAtUs: NOW_US, version: '1.2.3', onSession }
    const read = async () => {
      for await (const chunk of packageOf(options)) chunks.push(chunk)
    }
    await expect(read()).rejects.toThrow('The view could not be recorded')
    expect(Buffer.concat(chunks).includes('Z/SHA256SUMS')).toBe(false)
    expect(Buffer.concat(chunks).includes(`sessions/${shell.id}/`)).toBe(false)
    expect(openSpools()).toBe(0)
  })

  it('of a time in which nothing was is whole, and empty', async () => {
    const archive = await taken({ kind: 'period', fromUs: 1_000_000, toUs: 2_000_000 })
    expect(archive.run('sha256sum -c SHA256SUMS')).not.toMatch(/FAILED/)
    expect(archive.json<Manifest>('manifest.json').counts).toMatchObject({ sessions: 0, runs: 0, refusals: 0, gatewayStreams: 0 })
    expect(archive.text('population/sessions.csv').split('\r\n').length).toBe(2)
  })

  it('holds nothing of another tenant', async () => {
    const archive = await taken(day, { tenant: 'umbrella', subject: 'ana' })
    expect(archive.holding('acme')).toEqual([])
    for (const id of acme.ids) expect(archive.holding(id)).toEqual([])
    expect(await scopeOf(store.store, 'umbrella', { kind: 'chain', id: await theChain() }, NOW_US)).toBeNull()
    expect(await scopeOf(store.store, 'umbrella', { kind: 'run', id: acme.runId }, NOW_US)).toBeNull()
  })
})

describe('an export of a chain', () => {
  it('holds its sessions and hops, and marks them among all of its span', async () => {
    const id = await theChain()
    const archive = await taken({ kind: 'chain', id })
    expect(archive.paths.filter((path) => path.startsWith('sessions/') && path.endsWith('events.jsonl'))).toEqual(
      [acme.sql.id, acme.ssh.id].map((session) => `sessions/${session}/events.jsonl`).toSorted(),
    )
    expect(archive.paths).toContain(`sessions/${acme.ssh.id}/terminal-0.cast`)
    expect(archive.lines('chains/chains.jsonl')).toMatchObject([{ chain: id, hops: 1 }])
    expect(archive.lines('chains/hops.jsonl')).toMatchObject([
      { chain: id, class: 'target-flow', fromAccess: acme.sql.id, toAccess: acme.ssh.id, from: { at: '/sample/0/0' } },
    ])
    expect(archive.lines('grants.jsonl')).toMatchObject([{ run: acme.runId, target: 'orders' }])
    expect(archive.text(`gateways/${acme.boot.id}/events.jsonl`)).toContain('run.started')
    const members = archive.lines<{ session: string; isMember: boolean }>('population/sessions.jsonl').filter(({ isMember }) => isMember)
    expect(members.map(({ session }) => session)).toEqual([acme.sql.id, acme.ssh.id])
  })
})

describe('an export of a run', () => {
  it('holds what it reached, and the chains of that', async () => {
    const archive = await taken({ kind: 'run', id: acme.runId })
    const sessions = new Set(archive.paths.flatMap((path) => /^sessions\/([^/]+)\//.exec(path)?.[1] ?? []))
    expect(sessions).toEqual(new Set([acme.sql.id, acme.ssh.id, acme.cluster.id]))
    expect(archive.lines('chains/chains.jsonl').length).toBe(1)
  })
})
