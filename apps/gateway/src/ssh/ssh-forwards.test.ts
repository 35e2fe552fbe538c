import { connect, createServer } from 'node:net'
import { freePort, type Sshd, sshdIsMissing, startSshd } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../recording/recordings.test-support.ts'
import { aTarget, eventsOf, startGateway } from './gateway.test-support.ts'

/** A server that answers each connection with `hello` and what it was sent. */
async function startEcho() {
  const server = createServer((socket) => {
    socket.write('hello ')
    socket.on('data', (bytes) => socket.write(bytes))
    socket.on('end', () => socket.end())
    socket.on('error', () => {})
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return { port, stop: () => server.close() }
}

function talk(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect({ host: '127.0.0.1', port }, () => socket.end(text))
    socket.on('data', (bytes) => {
      answer += bytes
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(answer))
  })
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

async function untilAccepts(port: number): Promise<void> {
  while (!(await accepts(port))) await new Promise((resolve) => setImmediate(resolve))
}

describe.skipIf(sshdIsMissing() !== null && !process.env.CI)('forwards over SSH', () => {
  let sshd: Sshd
  let echo: Awaited<ReturnType<typeof startEcho>>
  beforeAll(async () => {
    sshd = await startSshd()
    echo = await startEcho()
  })
  afterAll(async () => {
    echo.stop()
    await sshd.stop()
  })
  const user = () => `${sshd.user}:bastion@127.0.0.1`

  it('opens a local forward that is granted, and records where to and how many bytes', async () => {
    const gateway = await startGateway([aTarget(sshd)])
    const local = await freePort()
    const ssh = gateway.spawnClient('ssh', ['-N', '-L', `${local}:127.0.0.1:${echo.port}`, user()], gateway.mint({ forward: true }).token)
    await untilAccepts(local)
    expect(await talk(local, 'through')).toBe('hello through')
    await until(() =>
      eventsOf(gateway.soFar(), 'ssh.forward').some((event) => event.body.phase === 'closed' && event.body.bytesToTarget === 7),
    )
    ssh.kill()
    await gateway.idle()
    const forwards = eventsOf(await gateway.close(), 'ssh.forward').map((event) => event.body)
    expect(forwards).toContainEqual(
      expect.objectContaining({
        direction: 'local',
        phase: 'closed',
        host: '127.0.0.1',
        port: echo.port,
        bytesToTarget: 7,
        bytesToCaller: 13,
      }),
    )
  })

  it('opens a remote forward that is granted', async () => {
    const gateway = await startGateway([aTarget(sshd)])
    const remote = await freePort()
    const ssh = gateway.spawnClient(
      'ssh',
      ['-N', '-R', `127.0.0.1:${remote}:127.0.0.1:${echo.port}`, user()],
      gateway.mint({ forward: true }).token,
    )
    await untilAccepts(remote)
    expect(await talk(remote, 'back')).toBe('hello back')
    await until(() =>
      eventsOf(gateway.soFar(), 'ssh.forward').some((event) => event.body.phase === 'closed' && event.body.bytesToCaller === 4),
    )
    ssh.kill()
    await gateway.idle()
    const forwards = eventsOf(await gateway.close(), 'ssh.forward').map((event) => event.body)
    expect(forwards).toContainEqual(expect.objectContaining({ direction: 'remote-listen', phase: 'opened', port: remote }))
    expect(forwards).toContainEqual(
      expect.objectContaining({ direction: 'remote', phase: 'closed', port: remote, bytesToTarget: 10, bytesToCaller: 4 }),
    )
  })

  it('refuses forwards that are not granted, and records what was wanted', async () => {
    const gateway = await startGateway([aTarget(sshd)])
    const { token } = gateway.mint()
    const stdio = await gateway.client('ssh', ['-W', `127.0.0.1:${echo.port}`, user()], token)
    expect(stdio.stdout.toString()).toBe('')
    expect(stdio.status).not.toBe(0)
    const remote = await gateway.client(
      'ssh',
      ['-N', '-o', 'ExitOnForwardFailure=yes', '-R', `127.0.0.1:4444:127.0.0.1:${echo.port}`, user()],
      token,
    )
    expect(remote.status).toBe(255)
    const socket = await gateway.client(
      'ssh',
      ['-N', '-o', 'ExitOnForwardFailure=yes', '-R', '/tmp/hoptrace.sock:127.0.0.1:1', user()],
      token,
    )
    expect(socket.status).toBe(255)
    await gateway.idle()
    const forwards = eventsOf(await gateway.close(), 'ssh.forward').map(({ body }) => [body.direction, body.phase, body.host, body.port])
    expect(forwards).toEqual([
      ['local', 'refused', '127.0.0.1', echo.port],
      ['remote-listen', 'refused', '127.0.0.1', 4444],
      ['streamlocal', 'refused', '/tmp/hoptrace.sock', 0],
    ])
  })

  it('refuses agent forwarding, records it, and runs the command all the same', async () => {
    const gateway = await startGateway([aTarget(sshd)])
    const agent = gateway.startAgent()
    const ran = await gateway.client(
      'ssh',
      ['-A', '-o', `IdentityAgent=${agent.socket}`, user(), 'echo agent:$SSH_AUTH_SOCK'],
      gateway.mint().token,
    )
    agent.stop()
    expect([ran.stdout.toString(), ran.status]).toEqual(['agent:\n', 0])
    await gateway.idle()
    const events = await gateway.close()
    expect(eventsOf(events, 'ssh.agent').map((event) => event.body)).toEqual([{ channel: 0, isRefused: true }])
  })
})
