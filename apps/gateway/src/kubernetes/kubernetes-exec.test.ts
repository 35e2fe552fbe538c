import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { digestValue } from '@hoptrace/events'
import { type FakeKubernetes, kubectlEnvironment, kubectlMissing, kubectlsFound, openTerminal } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aDigestKey } from '../recording/recordings.test-support.ts'
import {
  aCluster,
  aKubernetesGateway,
  bodiesOf,
  exchangesIn,
  type KubernetesGateway,
  newest,
  ofType,
  outputIn,
} from './gateway.test-support.ts'

/** From here on kubectl execs over WebSocket. */
const FIRST_WITH_WEBSOCKETS = 30

describe.skipIf(kubectlMissing() !== null && !process.env.CI)('programs in containers', () => {
  let fake: FakeKubernetes
  let gateway: KubernetesGateway
  beforeAll(async () => {
    fake = await aCluster()
    gateway = await aKubernetesGateway(fake)
  })
  afterAll(async () => {
    expect(gateway.faults).toEqual([])
    await gateway.close()
    await fake.stop()
  })
  const ended = (run: { events: () => Parameters<typeof bodiesOf>[0] }) =>
    expect.poll(() => bodiesOf(run.events(), 'http.ended').length, { timeout: 10_000 }).toBeGreaterThan(0)

  it('are recorded with their command, what they read and wrote, and how they ended', async () => {
    const run = gateway.aRun()
    const ran = await run.kubectl(['exec', '-i', 'web-1', '--', 'sh', '-c', 'cat; echo oops >&2; exit 7'], 'typed\n')
    expect(ran).toEqual({ stdout: 'typed\n', stderr: 'oops\ncommand terminated with exit code 7\n', status: 7 })
    await ended(run)
    const events = run.events()
    const [exec] = bodiesOf(events, 'kubernetes.exec')
    expect(exec).toMatchObject({
      channel: 0,
      kind: 'exec',
      namespace: 'shop',
      pod: 'web-1',
      container: 'web',
      command: ['sh', '-c', 'cat; echo oops >&2; exit 7'],
      tty: false,
      stdin: true,
      subprotocol: 'v5.channel.k8s.io',
    })
    expect([outputIn(events, 'stdout'), outputIn(events, 'stderr')]).toEqual(['typed\n', 'oops\n'])
    expect(bodiesOf(events, 'terminal.input')).toMatchObject([{ data: { utf8: 'typed\n' }, isEchoed: false }])
    expect(bodiesOf(events, 'kubernetes.exit')).toMatchObject([
      { channel: 0, exitCode: 7, status: 'Failure', reason: 'NonZeroExitCode', stdinBytes: 6, stdoutBytes: 6, stderrBytes: 5 },
    ])
    const asked = exchangesIn(events).find(({ seq }) => seq === exec?.request)
    expect(asked?.asked).toMatchObject({ verb: 'get', resource: 'pods', subresource: 'exec', name: 'web-1' })
    expect(asked?.answer).toMatchObject({ status: 101, stream: 'websocket' })
    expect(asked?.end).toMatchObject({ isComplete: true })
  })

  it('are recorded before they run, what they read before they read it, and their end before kubectl learns of it', async () => {
    const run = gateway.aRun()
    const exec = run.start(['exec', '-i', 'web-1', '--', 'sh', '-c', 'touch began; read line; touch "$line"'])
    const made = (name: string) =>
      expect.poll(() => existsSync(join(fake.directory('shop', 'web-1'), name)), { timeout: 10_000 }).toBe(true)
    await made('began')
    expect(bodiesOf(run.events(), 'kubernetes.request').some((body) => body.subresource === 'exec')).toBe(true)
    exec.write('was-read\n')
    await made('was-read')
    expect(bodiesOf(run.events(), 'terminal.input')).toMatchObject([{ data: { utf8: 'was-read\n' } }])
    expect(await exec.ended).toBe(0)
    expect(bodiesOf(run.events(), 'kubernetes.exit')).toMatchObject([{ exitCode: 0, status: 'Success' }])
  })

  it('go to the pod that they name, with the secrets that their arguments name as uses', async () => {
    const run = gateway.aRun()
    await run.kubectl(['exec', 'web-1', '--', 'sh', '-c', 'PGPASSWORD=hunter2hunter2 echo db-7.internal'])
    const [exec] = ofType(run.events(), 'kubernetes.exec')
    const digest = (kind: 'credential' | 'pod' | 'host', value: string) => digestValue(aDigestKey, kind, value)
    expect(exec?.observables).toContainEqual(expect.objectContaining({ role: 'target', digest: digest('pod', 'shop/web-1') }))
    expect(exec?.observables).toContainEqual(
      expect.objectContaining({ role: 'presented', at: '/command/2', digest: digest('credential', 'hunter2hunter2') }),
    )
    const [output] = ofType(run.events(), 'terminal.output')
    expect(output?.observables).toContainEqual(expect.objectContaining({ role: 'answered', digest: digest('host', 'db-7.internal') }))
  })

  it('with a terminal are recorded with its size, and what was typed without echo', async () => {
    const run = gateway.aRun()
    const script =
      "stty size; printf 'name: '; read n; stty -echo; printf 'Password: '; read p; stty echo; echo; printf 'got %s ' $n; exit 4"
    const args = ['exec', '-it', 'web-1', '--', 'sh', '-c', script]
    const terminal = openTerminal(newest?.path ?? '', args, kubectlEnvironment(run.kubeconfig), { cols: 91, rows: 33 })
    await expect.poll(() => terminal.shown(), { timeout: 10_000 }).toContain('name: ')
    terminal.write('ana\r')
    await expect.poll(() => terminal.shown(), { timeout: 10_000 }).toContain('Password: ')
    for (const key of 's3cretWord!') terminal.write(key)
    terminal.write('\r')
    expect(await terminal.ended).toBe(4)
    expect(terminal.shown()).toContain('got ana')
    await ended(run)
    const events = run.events()
    expect(bodiesOf(events, 'kubernetes.exec')).toMatchObject([{ tty: true }])
    expect(bodiesOf(events, 'terminal.resize')).toContainEqual({ channel: 0, cols: 91, rows: 33 })
    const inputs = bodiesOf(events, 'terminal.input').map(({ data, isEchoed }) => [data, isEchoed])
    expect(inputs[0]).toEqual([{ utf8: 'ana\r' }, true])
    expect(inputs.slice(1).every(([, isEchoed]) => isEchoed === false)).toBe(true)
    const secrets = events.flatMap(({ observables }) => observables.filter(({ role }) => role === 'presented'))
    expect(secrets).toContainEqual(expect.objectContaining({ digest: digestValue(aDigestKey, 'credential', 's3cretWord!') }))
    expect(bodiesOf(events, 'kubernetes.exit')).toMatchObject([{ exitCode: 4 }])
  })

  it('that run side by side have channels of their own', async () => {
    const run = gateway.aRun()
    await Promise.all(['one', 'two', 'three'].map((word) => run.kubectl(['exec', 'web-1', '--', 'echo', word])))
    const events = run.events()
    const channels = bodiesOf(events, 'kubernetes.exec').map(({ channel, command }) => [channel, command[1]])
    expect(new Set(channels.map(([channel]) => channel))).toEqual(new Set([0, 1, 2]))
    for (const [channel, word] of channels) {
      const said = bodiesOf(events, 'terminal.output').filter((body) => body.channel === channel)
      expect(said).toMatchObject([{ data: { utf8: `${word}\n` } }])
    }
  })

  it('that are joined are recorded too', async () => {
    const run = gateway.aRun()
    const attached = run.start(['attach', '-i', 'web-1', '-c', 'web'])
    attached.write('hello\n')
    await expect.poll(() => attached.stdout(), { timeout: 10_000 }).toContain('got hello')
    attached.endInput()
    expect(await attached.ended).toBe(0)
    const events = run.events()
    expect(bodiesOf(events, 'kubernetes.exec')).toMatchObject([{ kind: 'attach', container: 'web', command: [], stdin: true }])
    expect(outputIn(events, 'stdout')).toBe('got hello\n')
  })

  it('that copy files are seen as the programs that they are', async () => {
    const run = gateway.aRun()
    const dir = mkdtempSync(join(tmpdir(), 'hoptrace-cp-'))
    writeFileSync(join(dir, 'up'), 'to the pod\n')
    expect(await run.kubectl(['cp', join(dir, 'up'), 'web-1:copied'])).toEqual({ stdout: '', stderr: '', status: 0 })
    expect(readFileSync(join(fake.directory('shop', 'web-1'), 'copied'), 'utf8')).toBe('to the pod\n')
    expect(await run.kubectl(['cp', 'web-1:copied', join(dir, 'down')])).toMatchObject({ stderr: '', status: 0 })
    expect(readFileSync(join(dir, 'down'), 'utf8')).toBe('to the pod\n')
    const commands = bodiesOf(run.events(), 'kubernetes.exec').map(({ command }) => command.slice(0, 2).join(' '))
    expect(commands).toContain('tar cf')
    expect(commands.some((command) => command.startsWith('tar -x'))).toBe(true)
    expect(outputIn(run.events(), 'stdout')).toContain('to the pod')
  })

  it('that write much are recorded whole', async () => {
    const run = gateway.aRun()
    const ran = await run.kubectl(['exec', 'web-1', '--', 'sh', '-c', 'head -c 3000000 /dev/zero | tr "\\0" x; echo end'])
    expect(ran.stdout.length).toBe(3_000_004)
    expect(outputIn(run.events(), 'stdout')).toBe(ran.stdout)
    expect(bodiesOf(run.events(), 'kubernetes.exit')).toMatchObject([{ stdoutBytes: 3_000_004 }])
  })

  it('that cannot be started say so, and are on record', async () => {
    const run = gateway.aRun()
    const ran = await run.kubectl(['exec', 'web-1', '--', 'no-such-program'])
    expect(ran.status).toBe(1)
    expect(ran.stderr).toContain('executable file not found')
    expect(bodiesOf(run.events(), 'kubernetes.exit')).toMatchObject([{ exitCode: null, status: 'Failure', reason: 'InternalError' }])
  })

  it('in pods that do not exist are refused by the server, and are no program', async () => {
    const run = gateway.aRun()
    expect((await run.kubectl(['exec', 'gone', '--', 'true'])).stderr).toContain('pods "gone" not found')
    expect(bodiesOf(run.events(), 'kubernetes.exec')).toEqual([])
  })

  it('over the older subprotocol are recorded as well', async () => {
    const older = await aCluster({ subprotocols: ['v4.channel.k8s.io'] })
    const other = await aKubernetesGateway(older)
    const run = other.aRun()
    const text = await execOverV4(other.server, other.ca, run.token)
    expect(text).toContain('"status":"Success"')
    expect(bodiesOf(run.events(), 'kubernetes.exec')).toMatchObject([{ subprotocol: 'v4.channel.k8s.io', command: ['echo', 'four'] }])
    expect(outputIn(run.events(), 'stdout')).toBe('four\n')
    await other.close()
    await older.stop()
  })

  it.each(kubectlsFound())('with kubectl $version are run over WebSocket, or refused in words', async ({ path, minor }) => {
    const run = gateway.aRun()
    const ran = await run.kubectl(['exec', 'web-1', '--', 'sh', '-c', 'echo here; exit 5'], '', path)
    if (minor >= FIRST_WITH_WEBSOCKETS) {
      expect(ran).toEqual({ stdout: 'here\n', stderr: 'command terminated with exit code 5\n', status: 5 })
      expect(bodiesOf(run.events(), 'kubernetes.exit')).toMatchObject([{ exitCode: 5 }])
      return
    }
    expect(ran.stderr).toContain('Hoptrace: exec goes over WebSocket alone, not over SPDY: use kubectl 1.30 or later')
    const refused = exchangesIn(run.events()).find(({ asked }) => asked.subresource === 'exec')
    expect(refused?.asked).toMatchObject({ method: 'POST', verb: 'create' })
    expect(refused?.answer).toMatchObject({ status: null, refused: expect.stringContaining('SPDY') })
  })
})

/** As a client that knows no later subprotocol. */
async function execOverV4(server: string, ca: string, token: string): Promise<string> {
  const { WebSocket } = await import('ws')
  const query = 'command=echo&command=four&stdout=true&stderr=true'
  const url = `${server.replace('https', 'wss')}/api/v1/namespaces/shop/pods/web-1/exec?${query}`
  const socket = new WebSocket(url, ['v4.channel.k8s.io'], { ca, headers: { authorization: `Bearer ${token}` } })
  let text = ''
  socket.on('message', (message: Buffer) => {
    text += message.toString('utf8')
  })
  await new Promise((resolve, reject) => socket.on('close', resolve).on('error', reject))
  return text
}
