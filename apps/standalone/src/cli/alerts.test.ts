import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createApi } from '@hoptrace/api'
import { asPublisher, Ingest } from '@hoptrace/ingest'
import { Alerts, openStore, type Store } from '@hoptrace/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const BIN = fileURLToPath(new URL('../../bin/hoptrace.js', import.meta.url))
const TOKEN = 'the-operators-own-token'
const NOW = Date.now() - 3_600_000
const ALERT = 'a'.repeat(32)
const RULE = 'bbbbbbbb-0000-4000-8000-000000000001'
const TEXT = `title: Denials
id: ${RULE}
logsource:
    product: hoptrace
    category: event
detection:
    selection:
        type: access.decided
        body.decision: deny
    condition: selection
level: high
`
let store: Store
let directory: string
let api: Awaited<ReturnType<typeof createApi>>
let url: string

type Ended = { code: number; stdout: string; stderr: string }

/** Runs the command line as a person would. */
function hoptrace(args: readonly string[], env: Record<string, string> = { HOPTRACE_URL: url, HOPTRACE_TOKEN: TOKEN }): Promise<Ended> {
  const options = { env: { ...process.env, ...env }, cwd: directory }
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [BIN, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    )
    child.stdin?.end()
  })
}

async function json<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await hoptrace([...args, '--json'])
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(stdout) as T
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'hoptrace-cli-alerts-'))
  store = await openStore({ kind: 'embedded', path: join(directory, 'store') })
  await store.migrate()
  const at = { session: '019aa0c0-0000-7000-8000-000000000001', seq: 3, tsUs: NOW * 1000, ms: 5 }
  const rule = { id: 'r-1', title: 'A switch', revision: 'abc', tags: [] }
  const told = { severity: 'high', response: 'page', sentence: 'agent-1 used a token at bastion' } as const
  await new Alerts(store).save('default', [
    {
      ...{ id: ALERT, redirectTo: null, isDeleted: false, version: 1, chainId: null, principal: 'agent-1', rootPrincipal: 'ana', runs: [] },
      ...{ targets: ['bastion'], protocols: ['ssh'], rules: ['r-1'], firstTs: NOW * 1000, lastTs: NOW * 1000, raisedAtMs: NOW, ...told },
      content: {
        findings: [{ rule, ...told, anchor: 'hop:x', at, access: null, refs: [] }],
        reach: { targets: [{ target: 'bastion', protocol: 'ssh', account: 'root', isRefused: false }], writes: 0, rows: 0, bytes: 0 },
        ...{ rotate: [], weakest: null, baseline: null },
      },
    },
  ])
  const publisher = asPublisher(new Ingest(store, { tenant: 'default', now: Date.now }))
  const options = { tenant: 'default', version: '0', gatewayId: 'api', operatorToken: TOKEN, gatewayUrl: null, webDirectory: null }
  api = await createApi({ ...options, store, publisher, changes: { onStored: () => () => undefined } })
  await api.listen(0, '127.0.0.1')
  url = await api.getUrl()
  writeFileSync(join(directory, 'mine.yml'), TEXT)
  writeFileSync(join(directory, 'bad.yml'), TEXT.replace('level: high', 'level: grave'))
})
afterAll(async () => {
  await api.close()
  await store.close()
  rmSync(directory, { recursive: true, force: true })
})

describe('hoptrace alerts', () => {
  it('lists them, shows one, and says what to look at today', async () => {
    expect((await hoptrace(['alerts', 'list'])).stdout).toContain('agent-1 used a token at bastion')
    expect((await hoptrace(['alerts', 'list', '--severity', 'low'])).stdout).toContain('No alert in this range fits.')
    expect((await hoptrace(['alerts', 'queue'])).stdout).toMatch(new RegExp(`^${ALERT} .*page`, 'm'))
    expect((await hoptrace(['alerts', 'show', ALERT])).stdout).toMatch(/A switch \[r-1@abc\] {2}019aa0c0-.*#3\n {2}agent-1 used a token/)
  })

  it('acts on one, and never over somebody who came first', async () => {
    expect((await hoptrace(['alerts', 'acknowledge', ALERT])).stdout).toContain('is acknowledged (revision 1)')
    expect((await hoptrace(['alerts', 'assign', ALERT, '--to', 'bo'])).stdout).toContain('assigned to bo (revision 2)')
    expect((await hoptrace(['alerts', 'note', ALERT, '--note', 'asked the team'])).code).toBe(0)
    const late = await hoptrace(['alerts', 'close', ALERT, '--reason', 'benign', '--revision', '1'])
    expect([late.code, late.stderr]).toEqual([1, expect.stringContaining('Somebody else acted on it first')])
    const closed = await json<{ state: string; history: { kind: string }[] }>('alerts', 'close', ALERT, '--reason', 'benign')
    expect([closed.state, closed.history.map(({ kind }) => kind)]).toEqual(['closed', ['acknowledge', 'assign', 'note', 'close']])
    expect((await hoptrace(['alerts', 'note', ALERT])).code).toBe(2)
  })
})

describe('hoptrace suppress', () => {
  it('places one for a time, lists it, and lifts it', async () => {
    const args = ['suppress', 'add', '--target', 'bastion', '--for', '4h', '--reason', 'migration', '--owner', 'ana']
    const { id } = await json<{ id: string }>(...args)
    expect((await hoptrace(['suppress'])).stdout).toMatch(/target bastion .*ana +migration/)
    expect((await hoptrace(['suppress', 'lift', id])).stdout).toBe(`Lifted: ${id}\n`)
    expect((await hoptrace(['suppress', 'add', '--target', 'x', '--reason', 'x', '--owner', 'x'])).code).toBe(2)
  })
})

describe('hoptrace rules', () => {
  const NO_SERVER = { HOPTRACE_URL: 'http://127.0.0.1:1' }

  it('checks a file without a server, each fault by line and column', async () => {
    expect(await hoptrace(['rules', 'check', 'mine.yml'], NO_SERVER)).toMatchObject({ code: 0, stdout: `${RULE}  detection  Denials\n` })
    const { code, stderr } = await hoptrace(['rules', 'check', 'bad.yml'], NO_SERVER)
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^bad\.yml:11:8: level: /)])
  })

  it('tests a file on events of a file without a server, and on a Kubernetes audit log', async () => {
    const audit = { auditID: 'x', verb: 'delete', requestReceivedTimestamp: '2026-10-03T09:00:00.000000Z', objectRef: { resource: 'pods' } }
    writeFileSync(join(directory, 'audit.log'), `${JSON.stringify(audit)}\nnonsense\n`)
    writeFileSync(
      join(directory, 'audit.yml'),
      JSON.stringify({
        ...{ title: 'Pods deleted', name: 'pods_deleted', logsource: { product: 'kubernetes', service: 'audit' } },
        detection: { selection: { verb: 'delete', 'objectRef.resource': 'pods' }, condition: 'selection' },
      }),
    )
    const { stdout, stderr, code } = await hoptrace(['rules', 'test', 'audit.yml', '--events', 'audit.log', '--json'], NO_SERVER)
    expect([code, stderr]).toEqual([0, '1 lines are no events that this version knows\n'])
    expect(JSON.parse(stdout)).toEqual([
      { rule: 'pods_deleted', title: 'Pods deleted', at: '2026-10-03T09:00:00.000Z', anchor: 'line:1', records: 1 },
    ])
    expect((await hoptrace(['rules', 'test', 'mine.yml', '--events', 'audit.log'], NO_SERVER)).stdout).toBe('Nothing found in 1 records.\n')
  })

  it('lists, saves, backtests and switches them', async () => {
    expect((await hoptrace(['rules', 'save', 'mine.yml'])).stdout).toContain(`${RULE} is on, queue`)
    expect((await hoptrace(['rules', 'list'])).stdout).toMatch(new RegExp(`^${RULE} +tenant +high +queue`, 'm'))
    expect((await hoptrace(['rules', 'show', RULE])).stdout).toBe(TEXT)
    const refused = await hoptrace(['rules', 'switch', RULE, '--response', 'page'])
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('Before it wakes anybody')])
    const { digest, alerts } = await json<{ digest: string; alerts: number }>('rules', 'backtest', 'mine.yml', '--response', 'page')
    expect(alerts).toBe(0)
    expect((await hoptrace(['rules', 'switch', RULE, '--response', 'page', '--backtest', digest])).stdout).toContain('is on, page')
    expect((await hoptrace(['rules', 'switch', RULE, '--off'])).stdout).toContain('is off')
    expect((await hoptrace(['rules', 'save', 'bad.yml', '--id', RULE])).stderr).toMatch(/^11:8: level: /)
  })
})
