import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readGrant } from '@hoptrace/events'
import { describe, expect, it } from 'vitest'
import { GatewayAccess } from '../access/gateway-access.ts'
import { RunLog } from '../access/run-log.ts'
import { RunRegistry } from '../access/run-registry.ts'
import { Target } from '../access/target.ts'
import { TargetDirectory } from '../access/target-directory.ts'
import { SystemClock } from '../recording/clock.ts'
import { aSpoolDir, openRecordings } from '../recording/recordings.test-support.ts'
import { Callers } from './callers.ts'
import { RunBook } from './run-book.ts'
import { RunDesk } from './run-desk.ts'
import { SshCommands } from './ssh-commands.ts'
import { WrittenRuns } from './written-runs.ts'

const OPERATOR = { method: 'password', secret: `hopop_${'o'.repeat(32)}` } as const
const targets = [
  Target.parse({ name: 'prod', protocol: 'kubernetes', address: '10.0.0.1:6443', account: 'gateway', credential: 'caller' }),
  Target.parse({ name: 'billing', protocol: 'http', address: '10.0.0.5:80', account: 'svc', credential: 'none' }),
]

function commands(): SshCommands {
  const recordings = openRecordings(aSpoolDir())
  const log = new RunLog(join(mkdtempSync(join(tmpdir(), 'hoptrace-runs-')), 'runs.log'))
  const runs = new RunRegistry(log, new SystemClock(), randomBytes)
  const directory = new TargetDirectory(targets)
  const access = new GatewayAccess(runs, directory, recordings)
  const callers = new Callers(OPERATOR.secret, runs)
  const desk = new RunDesk(runs, directory, recordings, access)
  return new SshCommands(new WrittenRuns(desk, new RunBook(runs, recordings), callers, null), callers)
}

const start = (...grants: string[]) => ['run', 'start', '--principal', 'agent-a', ...grants.flatMap((grant) => ['--grant', grant])]
type Answered = { run: { grants: object[] }; token: string }

describe('a command over SSH', () => {
  it('starts a run with the scopes of its grants, and a child within them', async () => {
    const over = commands()
    const grants = ['prod:kubernetes+forward,namespaces=shop,resources=pods/*,verbs=get|list', 'billing:http,paths=/v1/**']
    const parent = await over.run(start(...grants), OPERATOR)
    const { run, token } = JSON.parse(parent.stdout) as Answered
    expect(run.grants).toEqual(grants.map((text) => readGrant(text)).map((read) => read.kind === 'grant' && read.grant))
    const caller = { method: 'password', secret: token } as const
    const child = (grant: string) => over.run([...start(grant), '--ttl', '5m'], caller)
    expect(await child('billing:http,paths=/v1/invoices/*')).toMatchObject({ status: 0 })
    expect(await child('billing:http')).toMatchObject({ status: 1, stderr: 'the minting run holds nothing that includes billing:http\n' })
  })

  it.each([
    ['prod:kubernetes,namespace=shop', 'namespace does not narrow a grant for kubernetes: namespaces, resources, verbs do'],
    ['billing:http,paths=v1', 'http.paths: must be a path from the root'],
    ['billing', 'write target:protocol[+forward]'],
  ])('says what is wrong with the grant %s', async (grant, problem) => {
    expect(await commands().run(start(grant), OPERATOR)).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining(problem) })
  })
})
