import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, type PostgresServer, startPostgres } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ServedHoptrace } from './served.test-support.ts'

const PATIENCE_MS = 30_000

let postgres: PostgresServer
let served: ServedHoptrace
let home: string

/** Runs the command line as a person would. */
const hoptrace = (args: readonly string[], env: Record<string, string> = {}) => served.run(args, env)

async function json<T>(args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await hoptrace([...args, '--json'])
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(stdout) as T
}

/** Waits for a condition, looking again and again. */
async function eventually<T>(look: () => Promise<T | null | undefined | false>): Promise<T> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(100)) {
    const found = await look()
    if (found) return found
  }
  throw new Error('It did not come true in time')
}

const hasPsql = (() => {
  try {
    execFileSync('psql', ['--version'])
    return true
  } catch {
    return false
  }
})()
if (!hasPsql && process.env.CI === 'true') throw new Error('These tests need psql')

beforeAll(async () => {
  postgres = await startPostgres()
  const target = { name: 'orders', protocol: 'postgres', address: `127.0.0.1:${postgres.port}`, account: postgres.user }
  const targets = [
    { ...target, database: postgres.database, password: { env: 'ORDERS_PASSWORD' } },
    { ...target, name: 'gone', address: `127.0.0.1:${await freePort()}`, database: 'gone', password: { env: 'ORDERS_PASSWORD' } },
  ]
  served = await ServedHoptrace.start(targets, { ORDERS_PASSWORD: postgres.password })
  home = served.home
})
afterAll(async () => {
  await served?.stop()
  await postgres?.stop()
})

describe('hoptrace serve', () => {
  it('prints a login link that works once', async () => {
    const opened = await fetch(served.said.login, { redirect: 'manual' })
    expect([opened.status, opened.headers.get('location')]).toEqual([303, '/'])
    expect((await fetch(served.said.login, { redirect: 'manual' })).status).toBe(401)
  })

  it('keeps the operator token to its owner', () => {
    expect(statSync(join(home, 'data', 'operator.token')).mode & 0o777).toBe(0o600)
  })

  it('refuses a data directory that is in use, and says by whom', async () => {
    expect(await hoptrace(['serve'])).toMatchObject({ code: 1, stderr: expect.stringContaining(`in use by process ${served.server.pid}`) })
  })

  it('mints another link on request', async () => {
    const { stdout } = await hoptrace(['login', '--next', '/sessions'])
    expect((await fetch(stdout.trim(), { redirect: 'manual' })).headers.get('location')).toBe('/sessions')
  })
})

describe('exit codes', () => {
  it.each([
    ['of an unknown command', ['nonsense'], {}, 2],
    ['of a missing option', ['run', 'start'], {}, 2],
    ['of a malformed grant', ['run', 'start', '--principal', 'a', '--grant', 'orders'], {}, 2],
    ['of a configuration that is not there', ['sessions', 'list', '--config', '/nowhere.yaml'], {}, 2],
    ['of a bad filter', ['sessions', 'list', '--sort', 'nonsense'], {}, 2],
    ['of an unknown session', ['sessions', 'show', '01890000-0000-7000-8000-000000000000'], {}, 3],
    ['of an unknown chain', ['chains', 'show', '0'.repeat(32)], {}, 3],
    ['of an unknown alert', ['alerts', 'show', '0'.repeat(32)], {}, 3],
    ['of an unknown rule', ['rules', 'show', 'nothing'], {}, 3],
    ['of a file of rules that is not there', ['rules', 'check', '/nowhere.yml'], {}, 2],
    ['of a wrong token', ['sessions', 'list'], { HOPTRACE_TOKEN: 'wrong' }, 4],
    ['of a platform that is away', ['sessions', 'list'], { HOPTRACE_URL: 'http://127.0.0.1:1' }, 5],
    ['of a target that cannot be reached', ['targets', 'check'], {}, 1],
    ['of help', ['run', 'start', '--help'], {}, 0],
  ])('tell %s', async (_, args, env, code) => {
    const ended = await hoptrace(args, env as Record<string, string>)
    expect(ended).toMatchObject({ code })
    if (code !== 0) expect(ended.stderr).not.toBe('')
  })

  it.each([
    'serve',
    'login',
    'logout',
    'whoami',
    'service-tokens create',
    'service-tokens list',
    'service-tokens revoke',
    'run start',
    'run list',
    'run revoke',
    'targets list',
    'targets check',
    'sessions list',
    'sessions show',
    'sessions export',
    'chains list',
    'chains show',
    'export',
    'alerts list',
    'alerts queue',
    'alerts show',
    'alerts acknowledge',
    'alerts close',
    'alerts reopen',
    'alerts assign',
    'alerts note',
    'rules list',
    'rules show',
    'rules check',
    'rules test',
    'rules backtest',
    'rules save',
    'rules switch',
    'suppress list',
    'suppress add',
    'suppress lift',
    'verify',
    'dead-letters list',
    'dead-letters show',
    'dead-letters replay',
    'holds list',
    'holds add',
    'holds release',
    'publish',
    'import',
    'import kubernetes-audit',
  ])('and examples stand in the help of %s', async (command) => {
    const { code, stdout } = await hoptrace([...command.split(' '), '--help'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/Examples:\n {2}\$ hoptrace /)
    expect(stdout).toContain('--json')
  })
})

describe('targets check', () => {
  it('says which target cannot be reached, and that the other can', async () => {
    const { stdout } = await hoptrace(['targets', 'check'])
    expect(stdout).toMatch(/^orders +postgres +ok/m)
    expect(stdout).toMatch(/^gone +postgres +FAILED +\S/m)
  })
})

type Started = { run: { id: string }; token: string; writtenCommands: string[] }

describe.skipIf(!hasPsql)('a run', () => {
  it('gives plain psql what it needs, and its session can be read, verified and exported', async () => {
    const directory = join(home, 'run')
    const start = [
      'run',
      'start',
      '--principal',
      'billing',
      '--agent',
      'reconciler@2.1',
      '--task',
      'reconcile',
      '--grant',
      'orders:postgres',
    ]
    const { run, token, writtenCommands } = await json<Started>([...start, '--ttl', '10m', '--write', directory])
    for (const file of readdirSync(directory)) expect(statSync(join(directory, file)).mode & 0o777).toBe(0o600)
    const sql = "SELECT 7 AS seven, E'\\x1b[2Jred' AS hostile"
    const shown = execFileSync('sh', ['-c', `${writtenCommands[0]} -w -At -c "${sql}"`], { encoding: 'utf8' })
    expect(shown).toBe('7|\u001b[2Jred\n')

    const session = await eventually(async () => {
      const { items } = await json<{ items: { id: string; outcome: string }[] }>(['sessions', 'list', '--run', run.id])
      return items.find(({ outcome }) => outcome === 'client')
    })
    const transcript = (await hoptrace(['sessions', 'show', session.id])).stdout
    expect(transcript).toContain('SELECT 7 AS seven')
    expect(transcript).toMatch(/seven +hostile/i)
    expect(transcript).toMatch(/^ {4}7 +�\[2Jred$/m)
    expect(transcript).not.toContain('\u001b')
    expect(transcript).not.toContain(token)

    expect(await hoptrace(['verify', '--session', session.id])).toMatchObject({
      code: 0,
      stdout: '1 sessions: 1 complete, 0 unfinished, 0 gap, 0 conflict.\n',
    })
    const { files } = await json<{ files: string[] }>(['sessions', 'export', session.id, '--dir', join(home, 'evidence')])
    expect(files.map((file) => file.slice(file.lastIndexOf('/') + 1))).toEqual([
      'manifest.json',
      'events.jsonl',
      'events.csv',
      'transcript.txt',
    ])
    expect(JSON.parse(readFileSync(files[0] ?? '', 'utf8'))).toMatchObject({ sessionId: session.id, completeness: 'complete' })
  })

  it('mints a child with its own token, which its revocation ends too', async () => {
    const parent = await json<Started>(['run', 'start', '--principal', 'planner', '--grant', 'orders:postgres'])
    const child = await hoptrace(['run', 'start', '--principal', 'helper', '--grant', 'orders:postgres', '--ttl', '5m', '--json'], {
      HOPTRACE_TOKEN: parent.token,
    })
    const { run, token } = JSON.parse(child.stdout) as Started
    expect(run).toMatchObject({ lineage: [parent.run.id], rootPrincipal: 'planner' })
    const greedy = ['run', 'start', '--principal', 'helper', '--grant', 'gone:postgres']
    expect(await hoptrace(greedy, { HOPTRACE_TOKEN: parent.token })).toMatchObject({ code: 4 })
    const { revoked } = await json<{ revoked: string[] }>(['run', 'revoke', parent.run.id, '--reason', 'enough'])
    expect(revoked.sort()).toEqual([parent.run.id, run.id].sort())
    expect(await hoptrace(['run', 'list'], { HOPTRACE_TOKEN: token })).toMatchObject({ code: 4 })
    const runs = await json<{ id: string; state: string }[]>(['run', 'list', '--state', 'revoked'])
    expect(runs.map(({ id }) => id)).toEqual(expect.arrayContaining([parent.run.id, run.id]))
  })

  it('goes on when the platform is killed, and nothing of it is lost', async () => {
    const { run, token } = await json<Started>(['run', 'start', '--principal', 'steady', '--grant', 'orders:postgres'])
    const { commands } = JSON.parse(
      (await hoptrace(['run', 'start', '--principal', 'x', '--grant', 'orders:postgres', '--json'])).stdout,
    ) as {
      commands: { command: string }[]
    }
    const dsn = /"([^"]+)"/.exec(commands[0]?.command ?? '')?.[1] ?? ''
    const psql = spawn('psql', [dsn, '-w', '-At'], { env: { ...process.env, PGPASSWORD: token }, stdio: ['pipe', 'pipe', 'inherit'] })
    const ask = async (sql: string) => {
      psql.stdin.write(`${sql};\n`)
      const [answer] = await once(psql.stdout, 'data')
      return String(answer)
    }
    expect(await ask("SELECT 'before'")).toBe('before\n')
    const platform = platformOf(served.server)
    process.kill(platform, 'SIGKILL')
    expect(await ask("SELECT 'meanwhile'")).toBe('meanwhile\n')
    psql.stdin.end()
    await once(psql, 'exit')
    const session = await eventually(async () => {
      const { code, stdout } = await hoptrace(['sessions', 'list', '--run', run.id, '--outcome', 'client', '--json'])
      return code === 0 && (JSON.parse(stdout) as { items: { id: string }[] }).items[0]
    })
    const { stdout } = await hoptrace(['sessions', 'show', session.id])
    expect(stdout).toContain("SELECT 'before'")
    expect(stdout).toContain("SELECT 'meanwhile'")
    expect(platformOf(served.server)).not.toBe(platform)
  })
})

describe('import', () => {
  it('takes in a folder, names each broken file with its line, and twice adds nothing', async () => {
    const folder = join(home, 'casts')
    mkdirSync(join(folder, 'deeper'), { recursive: true })
    const header = JSON.stringify({ version: 2, width: 80, height: 24, timestamp: Date.now() / 1000 - 60 })
    writeFileSync(join(folder, 'good.cast'), `${header}\n[0.1,"o","hello\\r\\n"]\n`)
    writeFileSync(join(folder, 'deeper', 'broken.cast'), `${header}\n[0.1,"o","hello\\r\\n"]\nnonsense\n`)
    const args = ['import', folder, '--principal', 'ana', '--target', 'laptop']
    const first = await hoptrace(args)
    expect(first).toMatchObject({ code: 1, stdout: '1 imported, 0 known already, 1 broken.\n' })
    expect(first.stderr).toMatch(/broken\.cast: line 3: not-json\n/)
    expect(await hoptrace(args)).toMatchObject({ stdout: '0 imported, 1 known already, 1 broken.\n' })
    const { items } = await json<{ items: { id: string }[] }>(['sessions', 'list', '--target', 'laptop'])
    expect(items).toHaveLength(1)
    expect((await hoptrace(['sessions', 'show', items[0]?.id ?? ''])).stdout).toContain('hello')
  })
})

describe('import kubernetes-audit', () => {
  it('takes in an audit log, names each line that cannot be read, and twice adds nothing', async () => {
    const moment = (ms: number) => new Date(Date.now() - 60_000 + ms).toISOString()
    const event = (auditID: string, username: string) => ({
      ...{ kind: 'Event', apiVersion: 'audit.k8s.io/v1', level: 'Metadata', auditID, stage: 'ResponseComplete', verb: 'get' },
      ...{ requestURI: '/api/v1/namespaces/shop/pods/web-1', user: { username }, sourceIPs: ['192.0.2.7'], userAgent: 'kubectl' },
      ...{ objectRef: { resource: 'pods', namespace: 'shop', name: 'web-1', apiVersion: 'v1' }, responseStatus: { code: 200 } },
      ...{ requestReceivedTimestamp: moment(0), stageTimestamp: moment(5) },
    })
    const file = join(home, 'audit.log')
    writeFileSync(file, [JSON.stringify(event('a', 'ana')), 'nonsense', JSON.stringify(event('b', 'ben'))].join('\n'))
    const args = ['import', 'kubernetes-audit', file, '--target', 'prod']
    const first = await hoptrace(args)
    expect(first.stdout).toBe(`${file}: 2 sessions of 8 events.\n`)
    expect(first.stderr).toMatch(/audit\.log: line 2: not-json\n/)
    expect(first.code).toBe(1)
    expect((await hoptrace(args)).stdout).toBe(`${file}: known already.\n`)
    const { items } = await json<{ items: { principal: string }[] }>(['sessions', 'list', '--target', 'prod'])
    expect(items.map(({ principal }) => principal).sort()).toEqual(['ana', 'ben'])
  })

  it('asks for the cluster', async () => {
    expect(await hoptrace(['import', 'kubernetes-audit', 'audit.log'])).toMatchObject({ code: 2 })
    expect(await hoptrace(['import', 'a.cast', '--target', 'x'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--principal') })
  })
})

describe('a shutdown', () => {
  it('ends both processes, and gives the data directory back', async () => {
    served.server.kill('SIGTERM')
    const [code] = await once(served.server, 'exit')
    expect(code).toBe(0)
    await expect(fetch(`${served.said.api}/api/v1/alive`)).rejects.toThrow()
    expect(readdirSync(join(home, 'data'))).not.toContain('lock')
  })
})

/** The process that runs platform-main.js under this supervisor. */
function platformOf(supervisor: ChildProcess): number {
  const children = readFileSync(`/proc/${supervisor.pid}/task/${supervisor.pid}/children`, 'utf8').trim().split(' ')
  const found = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('platform-main.js'))
  if (!found) throw new Error('The platform does not run')
  return Number(found)
}
