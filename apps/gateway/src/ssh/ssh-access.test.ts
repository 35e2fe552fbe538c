import { connect } from 'node:net'
import { digestValue } from '@hoptrace/events'
import { openTerminal, type Sshd, sshdIsMissing, startSshd } from '@hoptrace/testing'
import ssh2 from 'ssh2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aDigestKey, until } from '../recording/recordings.test-support.ts'
import { checkSshTarget } from './check-target.ts'
import { aKeyPair, aTarget, eventsOf, startGateway } from './gateway.test-support.ts'

const WRONG_KEY = `SHA256:${'A'.repeat(43)}`
const readKey = () => {
  throw new Error('the environment has no KEY')
}

describe.skipIf(sshdIsMissing() !== null && !process.env.CI)('access over SSH', () => {
  let sshd: Sshd
  beforeAll(async () => {
    sshd = await startSshd()
  })
  afterAll(() => sshd.stop())
  const user = (target = 'bastion') => `${sshd.user}:${target}@127.0.0.1`

  it('refuses a wrong token as an authentication failure and records the digest of what was tried', async () => {
    const gateway = await startGateway([aTarget(sshd)])
    const ran = await gateway.client('ssh', [user(), 'id'], 'hop_not-a-token')
    expect(ran.status).toBe(255)
    expect(ran.stderr).toContain('Permission denied')
    expect(ran.stderr).not.toContain('token')
    const [denied] = eventsOf(await gateway.close(), 'access.decided')
    expect(denied?.body).toMatchObject({
      decision: 'deny',
      reason: 'unknown-token',
      asked: { target: 'bastion', account: sshd.user },
      method: 'password',
    })
    expect(denied?.observables).toContainEqual(
      expect.objectContaining({ role: 'presented', digest: digestValue(aDigestKey, 'credential', 'hop_not-a-token') }),
    )
  })

  it.each([
    ['a target that does not exist', 'nowhere', 'unknown-target'],
    ['a target that is not granted', 'vault', 'not-granted'],
  ])('refuses %s and says so to the holder of a run', async (_what, target, reason) => {
    const gateway = await startGateway([aTarget(sshd), aTarget(sshd, { name: 'vault', aliases: [] })])
    // OpenSSH shows banners from its log level INFO on.
    const ran = await gateway.client('ssh', ['-v', user(target), 'id'], gateway.mint({ grants: ['bastion'] }).token)
    expect(ran.status).toBe(255)
    expect(ran.stderr).toMatch(/Hoptrace: /)
    const denied = eventsOf(await gateway.close(), 'access.decided').map((event) => event.body.reason)
    expect(denied).toContain(reason)
  })

  it('lets a per-run key in, and asks nobody for a token', async () => {
    const gateway = await startGateway([aTarget(sshd)])
    const key = aKeyPair(gateway.dir)
    gateway.mint({ sshPublicKey: key.publicKey })
    const ran = await gateway.client('ssh', ['-i', key.file, '-o', 'BatchMode=yes', 'bastion.internal@127.0.0.1', 'echo in'], '')
    expect([ran.stdout.toString(), ran.stderr, ran.status]).toEqual(['in\n', '', 0])
    await gateway.idle()
    const decided = eventsOf(await gateway.close(), 'access.decided').map((event) => event.body)
    expect(decided).toMatchObject([{ decision: 'allow', method: 'publickey', asked: { target: 'bastion.internal', account: null } }])
  })

  it('records keys that were offered in vain as one refusal', async () => {
    const gateway = await startGateway([aTarget(sshd)])
    const keys = [1, 2, 3].flatMap(() => ['-i', aKeyPair(gateway.dir).file])
    const ran = await gateway.client('ssh', [...keys, '-o', 'BatchMode=yes', user(), 'id'], '')
    expect(ran.status).toBe(255)
    await until(() => gateway.soFar().some((event) => event.type === 'access.decided'))
    const decided = eventsOf(await gateway.close(), 'access.decided').map((event) => event.body)
    expect(decided).toMatchObject([
      { decision: 'deny', reason: 'unknown-token', method: 'publickey', message: 'offered 3 keys, none of a run' },
    ])
  })

  it('refuses a target whose host key changed, tells the caller both keys, and records it', async () => {
    const gateway = await startGateway([aTarget(sshd, { hostKeys: [WRONG_KEY] })])
    const ran = await gateway.client('ssh', [user(), 'id'], gateway.mint().token)
    expect(ran.status).toBe(255)
    expect(ran.stderr).toContain(WRONG_KEY)
    expect(ran.stderr).toContain(sshd.hostKeyFingerprint)
    const events = await gateway.close()
    expect(eventsOf(events, 'access.decided').map((event) => event.body.reason)).toEqual([null, 'host-key-changed'])
    expect(eventsOf(events, 'session.ended').find((event) => event.run)?.body.reason).toBe('error')
    expect(eventsOf(events, 'ssh.exec')).toEqual([])
  })

  it('says that a target is down, also to a caller that runs no program', async () => {
    const gateway = await startGateway([aTarget(sshd, { address: '127.0.0.1:1' })], { lastWordsMs: 50 })
    const { token } = gateway.mint()
    const [exec, tunnel, sftp] = await Promise.all([
      gateway.client('ssh', [user(), 'id'], token),
      gateway.client('ssh', ['-N', user()], token),
      gateway.client('sftp', ['-o', `User=${sshd.user}:bastion`, '127.0.0.1'], token),
    ])
    for (const ran of [exec, tunnel, sftp]) {
      expect(ran.status).not.toBe(0)
      expect(ran.stderr).toContain('refuses connections')
    }
    const reasons = eventsOf(await gateway.close(), 'access.decided').map((event) => event.body.reason)
    expect(reasons.filter((reason) => reason === 'target-unreachable')).toHaveLength(3)
  })

  it('ends both connections at once when the run is revoked', async () => {
    const gateway = await startGateway([aTarget(sshd)])
    const { run, token } = gateway.mint()
    const running = gateway.client('ssh', [user(), 'echo began; sleep 600'], token)
    await until(() => gateway.soFar().some((event) => event.type === 'terminal.output'))
    gateway.runs.revoke(run.id, 'ana', 'misdirected')
    const ran = await running
    expect(ran.status).toBe(255)
    expect(ran.stderr).toContain('misdirected')
    await gateway.idle()
    const events = await gateway.close()
    expect(eventsOf(events, 'session.ended').find((event) => event.run)?.body).toEqual({ reason: 'revoked', message: 'misdirected' })
  })

  it('cuts off a caller that never says who it is', async () => {
    const gateway = await startGateway([aTarget(sshd)], { loginMs: 100 })
    const silent = connect({ host: '127.0.0.1', port: gateway.port })
    const talking = connect({ host: '127.0.0.1', port: gateway.port })
    talking.write('SSH-2.0-slow\r\n')
    const closed = (socket: typeof silent) =>
      new Promise<void>((resolve) =>
        socket
          .resume()
          .on('error', () => {})
          .on('close', () => resolve()),
      )
    await Promise.all([closed(silent), closed(talking)])
    expect(gateway.recordings.openCount).toBe(0)
    await gateway.close()
  })

  it('records what a caller calls itself without what a terminal would obey', async () => {
    const gateway = await startGateway([aTarget(sshd)])
    const library = new ssh2.Client()
    const failed = new Promise((resolve) => library.on('error', resolve))
    library.connect({
      host: '127.0.0.1',
      port: gateway.port,
      username: 'bastion',
      password: 'hop_none',
      ident: '\x1b[2Jquiet',
    })
    await failed
    const [denied] = eventsOf(await gateway.close(), 'access.decided')
    expect(denied?.body.origin?.client).toMatch(/^SSH-2.0-\ufffd\[2Jquiet/)
    expect(denied?.body.origin?.client).not.toMatch(/[\x00-\x1f\x7f-\x9f]/)
  })

  it('survives callers that speak anything but SSH', async () => {
    const gateway = await startGateway([aTarget(sshd)])
    const attempts = ['GET / HTTP/1.1\r\n\r\n', 'SSH-2.0-x\r\n\xff\xff\xff\xff\xff\xff', 'SSH-1.5-old\r\n', '\0'.repeat(100_000)].map(
      (text) =>
        new Promise<void>((resolve) => {
          const socket = connect({ host: '127.0.0.1', port: gateway.port }, () => socket.end(Buffer.from(text, 'latin1')))
          socket
            .resume()
            .on('error', () => {})
            .on('close', () => resolve())
        }),
    )
    await Promise.all(attempts)
    const ran = await gateway.client('ssh', [user(), 'echo alive'], gateway.mint().token)
    expect(ran.stdout.toString()).toBe('alive\n')
    expect(gateway.faults).toEqual([])
    await gateway.close()
  })

  it('checks a target and says what is wrong, never a secret', async () => {
    const secret = () => sshd.privateKey
    expect(await checkSshTarget(aTarget(sshd), secret)).toEqual({ ok: true })
    const problems = await Promise.all([
      checkSshTarget(aTarget(sshd, { hostKeys: [WRONG_KEY] }), secret),
      checkSshTarget(aTarget(sshd, { address: '127.0.0.1:1' }), secret),
      checkSshTarget(aTarget(sshd, { address: 'no-such-host.invalid:22' }), secret),
      checkSshTarget(aTarget(sshd, { account: 'nobody' }), secret),
      checkSshTarget(aTarget(sshd), readKey),
      checkSshTarget(aTarget(sshd), () => 'sEcReT not a key'),
    ])
    const text = problems.map((check) => (check.ok ? 'ok' : check.problem))
    expect(text).toEqual([
      expect.stringContaining(sshd.hostKeyFingerprint),
      expect.stringContaining('refuses connections'),
      expect.stringContaining('does not resolve'),
      expect.stringContaining('does not accept'),
      expect.stringContaining('no KEY'),
      expect.stringContaining('cannot be read'),
    ])
    expect(text.join()).not.toContain('sEcReT')
  })

  it('goes on when a terminal is asked for at the control user', async () => {
    const gateway = await startGateway([aTarget(sshd)])
    const { args, env } = gateway.inTerminal(['-tt', 'hoptrace@127.0.0.1', 'run list'], gateway.mint().token)
    const terminal = openTerminal('ssh', args, env, { cols: 80, rows: 24 })
    expect(await terminal.ended).toBe(3)
    await gateway.close()
  })
})
