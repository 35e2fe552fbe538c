import { type FakeKubernetes, kubectlEnvironment, kubectlMissing, openTerminal } from '@hoptrace/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import {
  aCluster,
  aKubernetesGateway,
  bodiesOf,
  exchangesIn,
  type KubernetesGateway,
  newest,
  outputIn,
  type TestRun,
} from './gateway.test-support.ts'

const PATIENT = { timeout: 10_000 }

describe.skipIf(kubectlMissing() !== null && !process.env.CI)('what goes wrong on the way to a cluster', () => {
  let fake: FakeKubernetes
  let gateway: KubernetesGateway
  beforeAll(async () => {
    fake = await aCluster()
    gateway = await aKubernetesGateway(fake)
  })
  afterEach(() => {
    Object.assign(fake.faults, {
      watchResetAfterEvents: null,
      execResetAfterBytes: null,
      strayChannel: null,
      continuesNothing: false,
      statusBeforeOutput: false,
    })
    expect(gateway.faults).toEqual([])
  })
  afterAll(async () => {
    await gateway.close()
    await fake.stop()
  })
  const streamOf = (run: TestRun) => exchangesIn(run.events()).find(({ answer }) => answer?.stream !== undefined)

  it('a run that is revoked in the middle of a watch ends it, and kubectl says why', async () => {
    const run = gateway.aRun()
    const watch = run.start(['get', 'configmaps', '--watch'])
    await expect.poll(() => streamOf(run)?.answer?.status, PATIENT).toBe(200)
    fake.create({ kind: 'ConfigMap', metadata: { name: 'before', namespace: 'shop' } })
    await expect.poll(() => watch.stdout(), PATIENT).toContain('before')
    gateway.revoke(run.id)
    fake.create({ kind: 'ConfigMap', metadata: { name: 'after', namespace: 'shop' } })
    await watch.ended
    expect(watch.stdout()).not.toContain('after')
    expect(watch.stdout()).toMatch(/Failure +Forbidden +Hoptrace: the run was revoked/)
    const events = run.events()
    expect(streamOf(run)?.end).toMatchObject({ isComplete: false, message: 'the run was revoked' })
    expect(bodiesOf(events, 'session.ended')).toEqual([{ reason: 'revoked', message: 'the run was revoked' }])
    expect(events.at(-1)?.type).toBe('session.ended')
  })

  it('a run that is revoked in the middle of a program ends it, and kubectl says why', async () => {
    const run = gateway.aRun()
    const args = ['exec', '-it', 'web-1', '--', 'sh']
    const terminal = openTerminal(newest?.path ?? '', args, kubectlEnvironment(run.kubeconfig), { cols: 80, rows: 24 })
    await expect.poll(() => terminal.shown(), PATIENT).toContain('$')
    terminal.write('echo in-$((40+2))\r')
    await expect.poll(() => terminal.shown(), PATIENT).toContain('in-42')
    gateway.revoke(run.id)
    expect(await terminal.ended).toBe(1)
    expect(terminal.shown()).toContain('Hoptrace: the run was revoked')
    const events = run.events()
    expect(bodiesOf(events, 'kubernetes.exit')).toMatchObject([{ exitCode: null, status: null }])
    expect(streamOf(run)?.end).toMatchObject({ isComplete: false, message: 'the run was revoked' })
    expect(events.at(-1)?.type).toBe('session.ended')
  })

  it('a server that resets in the middle of a watch is an end that is on record', async () => {
    fake.faults.watchResetAfterEvents = 2
    const run = gateway.aRun()
    const watch = run.start(['get', 'configmaps', '--watch', '-o', 'name'])
    await expect.poll(() => streamOf(run)?.answer?.status, PATIENT).toBe(200)
    fake.create(
      { kind: 'ConfigMap', metadata: { name: 'r1', namespace: 'shop' } },
      { kind: 'ConfigMap', metadata: { name: 'r2', namespace: 'shop' } },
    )
    await watch.ended
    await expect.poll(() => streamOf(run)?.end, PATIENT).toMatchObject({ isComplete: false, message: expect.stringContaining('lost') })
    expect((await run.kubectl(['get', 'pods'])).stdout).toContain('web-1')
  })

  it('a server that resets in the middle of a program is an end that is on record', async () => {
    fake.faults.execResetAfterBytes = 10
    const run = gateway.aRun()
    const ran = await run.kubectl(['exec', 'web-1', '--', 'sh', '-c', 'echo 0123456789; sleep 5; echo never'])
    expect(ran.status).toBe(1)
    expect(ran.stdout).not.toContain('never')
    await expect.poll(() => streamOf(run)?.end, PATIENT).toMatchObject({ isComplete: false, message: 'the connection was cut off' })
    expect(bodiesOf(run.events(), 'kubernetes.exit')).toMatchObject([{ exitCode: null, status: null, reason: null }])
  })

  it.each([0, 7, 99, 255])('a server that writes on channel %i is cut off, and kubectl says why', async (channel) => {
    fake.faults.strayChannel = channel
    const run = gateway.aRun()
    const ran = await run.kubectl(['exec', 'web-1', '--', 'sleep', '3'])
    expect(ran.status).toBe(1)
    expect(ran.stderr).toContain(`Hoptrace: a message on channel ${channel} of a target`)
    expect(streamOf(run)?.end).toMatchObject({ isComplete: false, message: expect.stringContaining(`channel ${channel}`) })
    expect(bodiesOf(run.events(), 'kubernetes.exit')).toHaveLength(1)
  })

  it('a server whose frames are out of order is cut off, and kubectl says why', async () => {
    fake.faults.continuesNothing = true
    const run = gateway.aRun()
    const ran = await run.kubectl(['exec', 'web-1', '--', 'sleep', '3'])
    expect(ran).toMatchObject({ status: 1, stderr: expect.stringContaining('Hoptrace: frames of a message are out of order') })
    expect(streamOf(run)?.end).toMatchObject({ isComplete: false })
  })

  it('output that comes after the status is recorded all the same', async () => {
    fake.faults.statusBeforeOutput = true
    const run = gateway.aRun()
    await run.kubectl(['exec', 'web-1', '--', 'echo', 'late'])
    await expect.poll(() => outputIn(run.events(), 'stdout'), PATIENT).toBe('late\n')
    expect(bodiesOf(run.events(), 'kubernetes.exit')).toMatchObject([{ exitCode: 0 }])
  })

  it.each([
    ['a channel that callers have not', Buffer.from([1, 0x78]), 'channel 1 of a caller'],
    ['a terminal size that is none', Buffer.from([4, 0x7b]), 'a terminal size that cannot be read'],
  ])('a caller that sends %s is cut off, and nothing of it reaches the program', async (_, message, told) => {
    const run = gateway.aRun()
    const socket = await aWebSocket(run)
    socket.send(message)
    const { texts, code } = await closed(socket)
    expect(texts.join('')).toContain(told)
    expect(code).toBe(1000)
    await expect.poll(() => streamOf(run)?.end, PATIENT).toMatchObject({ isComplete: false, message: expect.stringContaining(told) })
  })

  it('a caller that vanishes leaves no program and no session open', async () => {
    const run = gateway.aRun()
    const exec = run.start(['exec', '-i', 'web-1', '--', 'cat'])
    exec.write('x\n')
    await expect.poll(() => exec.stdout(), PATIENT).toBe('x\n')
    exec.kill()
    await exec.ended
    await expect.poll(() => bodiesOf(run.events(), 'kubernetes.exit'), PATIENT).toMatchObject([{ exitCode: null }])
  })

  it('a cluster that is not there is told in words', async () => {
    const gone = await aCluster()
    const other = await aKubernetesGateway(gone)
    await gone.stop()
    const run = other.aRun()
    const ran = await run.kubectl(['get', 'pods'])
    expect(ran.stderr).toContain('the target could not be reached')
    expect(exchangesIn(run.events()).every(({ answer }) => answer?.status === null)).toBe(true)
    await other.close()
  })

  it('a token that cannot be read is told in words, and of no use to anybody', async () => {
    const other = await aKubernetesGateway(fake, { credential: { token: { file: '/no/such/token' } } })
    const run = other.aRun()
    const ran = await run.kubectl(['get', 'pods'])
    expect(ran.status).toBe(1)
    expect(ran.stderr).toContain("the gateway's own credential for this cluster cannot be read")
    expect(other.faults.length).toBeGreaterThan(0)
    await other.close()
  })

  async function aWebSocket(run: TestRun): Promise<WebSocket> {
    const query = 'command=cat&stdin=true&stdout=true&stderr=true'
    const url = `${gateway.server.replace('https', 'wss')}/api/v1/namespaces/shop/pods/web-1/exec?${query}`
    const socket = new WebSocket(url, ['v5.channel.k8s.io'], { ca: gateway.ca, headers: { authorization: `Bearer ${run.token}` } })
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject))
    return socket
  }

  function closed(socket: WebSocket): Promise<{ texts: string[]; code: number }> {
    const texts: string[] = []
    socket.on('message', (message: Buffer) => texts.push(message.toString('utf8')))
    return new Promise((resolve) => socket.on('close', (code) => resolve({ texts, code })))
  }
})
