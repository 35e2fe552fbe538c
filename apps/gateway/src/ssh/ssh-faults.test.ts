import { type Sshd, sshdIsMissing, startSshd } from '@hoptrace/testing'
import { describe, expect, it } from 'vitest'
import { until } from '../recording/recordings.test-support.ts'
import { aTarget, eventsOf, recordedOutput, startGateway } from './gateway.test-support.ts'

describe.skipIf(sshdIsMissing() !== null && !process.env.CI)('SSH sessions that break', () => {
  const withServer = async (use: (sshd: Sshd, user: string) => Promise<void>) => {
    const sshd = await startSshd()
    try {
      await use(sshd, `${sshd.user}:bastion@127.0.0.1`)
    } finally {
      await sshd.stop()
    }
  }

  it('records a caller that is killed: the session ends, the command without a status', () =>
    withServer(async (sshd, user) => {
      const gateway = await startGateway([aTarget(sshd)])
      const ssh = gateway.spawnClient('ssh', [user, 'echo began; sleep 600'], gateway.mint().token)
      await until(() => eventsOf(gateway.soFar(), 'terminal.output').length > 0)
      ssh.kill('SIGKILL')
      await gateway.idle()
      const events = await gateway.close()
      expect(eventsOf(events, 'ssh.exit').map((event) => event.body)).toMatchObject([{ status: null, signal: null, stdoutBytes: 6 }])
      expect(eventsOf(events, 'session.ended').find((event) => event.run)?.body.reason).toBe('client')
      expect(gateway.faults).toEqual([])
    }))

  it('records a target that is killed, and tells the caller', () =>
    withServer(async (sshd, user) => {
      const gateway = await startGateway([aTarget(sshd)])
      const running = gateway.client('ssh', [user, 'echo began; sleep 600'], gateway.mint().token)
      await until(() => eventsOf(gateway.soFar(), 'terminal.output').length > 0)
      await sshd.stop()
      const ran = await running
      expect(ran.status).toBe(255)
      expect(ran.stdout.toString()).toBe('began\n')
      expect(ran.stderr).toContain('the target closed the connection')
      await gateway.idle()
      const ended = eventsOf(await gateway.close(), 'session.ended').find((event) => event.run)
      expect(ended?.body.reason).toBe('target')
    }))

  it('holds no more than its bound for a caller that does not read, and loses nothing', () =>
    withServer(async (sshd, user) => {
      const gateway = await startGateway([aTarget(sshd)])
      const ssh = gateway.spawnClient('ssh', [user, 'yes some text that nobody reads yet | head -c 24000000'], gateway.mint().token)
      await until(() => eventsOf(gateway.soFar(), 'terminal.output').length > 0)
      let received = 0
      ssh.stdout.on('data', (bytes: Buffer) => {
        received += bytes.length
      })
      await new Promise<void>((resolve) => ssh.on('close', () => resolve()))
      expect(received).toBe(24_000_000)
      await gateway.idle()
      expect(recordedOutput(await gateway.close(), 'stdout').length).toBe(24_000_000)
    }))

  it('asks silent sides whether they live, and lets quiet sessions be', () =>
    withServer(async (sshd, user) => {
      const gateway = await startGateway([aTarget(sshd)], { keepaliveMs: 20 })
      const ran = await gateway.client('ssh', ['-o', 'ServerAliveInterval=1', user, 'sleep 2; echo still here'], gateway.mint().token)
      expect([ran.stdout.toString(), ran.status]).toEqual(['still here\n', 0])
      await gateway.close()
    }))
})
