import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { digestValue } from '@hoptrace/events'
import { openTerminal, type Sshd, sshdIsMissing, startSshd } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aDigestKey, until } from '../recording/recordings.test-support.ts'
import { aTarget, eventsOf, recordedOutput, startGateway, type TestGateway } from './gateway.test-support.ts'

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

describe.skipIf(sshdIsMissing() !== null && !process.env.CI)('programs over SSH', () => {
  let sshd: Sshd
  beforeAll(async () => {
    sshd = await startSshd()
  })
  afterAll(() => sshd.stop())

  const withGateway = async (use: (gateway: TestGateway, token: string) => Promise<void>) => {
    const gateway = await startGateway([aTarget(sshd)])
    await use(gateway, gateway.mint({ forward: true }).token)
    await gateway.idle()
    expect(gateway.faults).toEqual([])
    return gateway.close()
  }
  const user = () => `${sshd.user}:bastion@127.0.0.1`

  it('records a command with its output, its error output and its exit status', async () => {
    const events = await withGateway(async (gateway, token) => {
      const ran = await gateway.client('ssh', [user(), 'cat; echo oops >&2; exit 7'], token, 'typed\n')
      expect([ran.stdout.toString(), ran.stderr, ran.status]).toEqual(['typed\n', 'oops\n', 7])
    })
    expect(events.filter((event) => event.run).map((event) => event.type)).toEqual([
      'access.decided',
      'session.started',
      'ssh.exec',
      'terminal.input',
      'terminal.output',
      'terminal.output',
      'ssh.exit',
      'session.ended',
    ])
    expect(eventsOf(events, 'ssh.exec')[0]?.body).toMatchObject({ command: 'cat; echo oops >&2; exit 7', pty: null })
    expect(eventsOf(events, 'terminal.input')[0]?.body).toMatchObject({ data: { utf8: 'typed\n' }, isEchoed: false })
    expect(eventsOf(events, 'ssh.exit')[0]?.body).toEqual({
      channel: 0,
      status: 7,
      signal: null,
      stdoutBytes: 6,
      stderrBytes: 5,
      stdinBytes: 6,
    })
    expect(eventsOf(events, 'session.ended').find((event) => event.run)?.body.reason).toBe('client')
  })

  it('records the signal that ended a command', async () => {
    const events = await withGateway(async (gateway, token) => {
      const ran = await gateway.client('ssh', [user(), 'kill -TERM $$'], token)
      expect(ran.status).not.toBe(0)
    })
    expect(eventsOf(events, 'ssh.exit')[0]?.body).toMatchObject({ status: null, signal: 'TERM' })
  })

  it('records binary output, escapes, HTML and invalid UTF-8 exactly', async () => {
    const hostile = Buffer.concat([
      Buffer.from('\x1b]0;title\x07<script>alert(1)</script>\r\n\n\n"\\é漢😀'),
      Buffer.of(0xff, 0xfe, 0x00, 0xc3),
      Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * i * 31 + (i >> 7)) & 255)),
      Buffer.alloc(300_000, 0x01),
    ])
    const file = join(sshd.dir, 'hostile')
    writeFileSync(file, hostile)
    const events = await withGateway(async (gateway, token) => {
      const ran = await gateway.client('ssh', [user(), `cat ${file}`], token)
      expect(sha256(ran.stdout)).toBe(sha256(hostile))
    })
    expect(sha256(recordedOutput(events, 'stdout'))).toBe(sha256(hostile))
    expect(eventsOf(events, 'ssh.exit')[0]?.body.stdoutBytes).toBe(hostile.length)
  })

  it('passes and records a command that is not UTF-8 as its bytes', async () => {
    const events = await withGateway(async (gateway, token) => {
      const command = Buffer.concat([Buffer.from('printf caf'), Buffer.of(0xe9)])
      const ran = await gateway.clientWithBytes(user(), command, token)
      expect(ran.stdout).toEqual(Buffer.concat([Buffer.from('caf'), Buffer.of(0xe9)]))
    })
    const { body } = eventsOf(events, 'ssh.exec')[0] ?? {}
    expect(body?.command).toBe('printf caf\ufffd')
    expect(body?.bytes).toEqual({ base64: Buffer.concat([Buffer.from('printf caf'), Buffer.of(0xe9)]).toString('base64') })
  })

  it('keeps going through rekeying in both directions', async () => {
    const bytes = Buffer.alloc(20_000_000, 'rekey me ')
    const file = join(sshd.dir, 'rekey')
    writeFileSync(file, bytes)
    const events = await withGateway(async (gateway, token) => {
      const down = await gateway.client('ssh', ['-o', 'RekeyLimit=1M', user(), `cat ${file}`], token)
      expect([down.stderr, down.status, sha256(down.stdout)]).toEqual(['', 0, sha256(bytes)])
      const up = await gateway.client('ssh', ['-o', 'RekeyLimit=1M', user(), 'sha256sum'], token, bytes)
      expect(up.stdout.toString()).toContain(sha256(bytes))
    })
    expect(eventsOf(events, 'ssh.exit').map((event) => event.body.stdinBytes)).toEqual([0, bytes.length])
  })

  it('records environment requests as the target took them', async () => {
    const events = await withGateway(async (gateway, token) => {
      const options = ['-o', 'SetEnv=HOPTRACE_TASK=count SECRET_PLAN=none']
      const ran = await gateway.client('ssh', [...options, user(), 'echo $HOPTRACE_TASK-$SECRET_PLAN'], token)
      expect(ran.stdout.toString()).toBe('count-\n')
    })
    expect(eventsOf(events, 'ssh.env').map((event) => event.body)).toEqual([
      { channel: 0, name: 'HOPTRACE_TASK', value: 'count', isAccepted: true },
      { channel: 0, name: 'SECRET_PLAN', value: 'none', isAccepted: false },
    ])
  })

  it('digests the secret that a command names, and the values that an answer shows', async () => {
    const events = await withGateway(async (gateway, token) => {
      await gateway.client('ssh', [user(), 'PGPASSWORD=hunter2hunter2 echo db-7.internal'], token)
    })
    const digest = (kind: 'credential' | 'host', value: string) => digestValue(aDigestKey, kind, value)
    expect(eventsOf(events, 'ssh.exec')[0]?.observables).toContainEqual(
      expect.objectContaining({ role: 'presented', at: '/command', digest: digest('credential', 'hunter2hunter2'), offset: 11 }),
    )
    expect(eventsOf(events, 'terminal.output')[0]?.observables).toContainEqual(
      expect.objectContaining({ role: 'answered', at: '/data/utf8', digest: digest('host', 'db-7.internal') }),
    )
  })

  it('records a terminal: its size, what was typed, what was typed without echo, and what was shown', async () => {
    const events = await withGateway(async (gateway, token) => {
      const script =
        "stty -a | head -1; printf 'name: '; read n; stty -echo; printf 'Password: '; read p; stty echo; echo; printf 'got %s ' $n; printf %s $p | wc -c; read q"
      const { args, env } = gateway.inTerminal(['-tt', user(), script], token)
      const terminal = openTerminal('ssh', args, env, { cols: 91, rows: 33 })
      await until(() => terminal.shown().includes('name: '))
      terminal.write('ana\r')
      await until(() => terminal.shown().includes('Password: '))
      for (const key of 's3cretWord!') terminal.write(key)
      terminal.write('\r')
      await until(() => terminal.shown().includes('got ana 11'))
      terminal.resize(100, 40)
      await until(() => eventsOf(gateway.soFar(), 'terminal.resize').length > 0)
      terminal.write('\r')
      await terminal.ended
      expect(terminal.shown()).toContain('columns 91')
    })
    expect(eventsOf(events, 'ssh.exec')[0]?.body.pty).toEqual({ term: 'xterm-256color', cols: 91, rows: 33 })
    expect(eventsOf(events, 'terminal.resize').map((event) => event.body)).toContainEqual({ channel: 0, cols: 100, rows: 40 })
    const typed = eventsOf(events, 'terminal.input')
    const text = (isEchoed: boolean) =>
      typed
        .filter((event) => event.body.isEchoed === isEchoed)
        .map((event) => ('utf8' in event.body.data ? event.body.data.utf8 : ''))
        .join('')
    expect(text(false).replaceAll('\r', '')).toBe('s3cretWord!')
    expect(text(true)).toContain('ana\r')
    const digest = digestValue(aDigestKey, 'credential', 's3cretWord!')
    expect(typed.flatMap((event) => event.observables)).toContainEqual(expect.objectContaining({ role: 'presented', digest }))
  })

  it('opens a shell', async () => {
    const events = await withGateway(async (gateway, token) => {
      const ran = await gateway.client('ssh', ['-T', user()], token, 'echo from-the-shell; exit 4\n')
      expect([ran.stdout.toString().includes('from-the-shell'), ran.status]).toEqual([true, 4])
    })
    expect(eventsOf(events, 'ssh.exec')[0]?.body.command).toBeNull()
  })

  it('serves 50 sessions at once', async () => {
    const events = await withGateway(async (gateway, token) => {
      const all = await Promise.all(Array.from({ length: 50 }, (_, i) => gateway.client('ssh', [user(), `echo session ${i}`], token)))
      expect(all.map((ran) => ran.stdout.toString())).toEqual(Array.from({ length: 50 }, (_, i) => `session ${i}\n`))
    })
    expect(new Set(eventsOf(events, 'ssh.exec').map((event) => event.sessionId)).size).toBe(50)
    expect(eventsOf(events, 'ssh.exit').every((event) => event.body.status === 0)).toBe(true)
  })

  it('answers the control user and offers it nothing else', async () => {
    const events = await withGateway(async (gateway, token) => {
      const ran = await gateway.client('ssh', ['hoptrace@127.0.0.1', "run start --task 'two words'"], token)
      expect([ran.stdout.toString(), ran.stderr, ran.status]).toEqual(['["run","start","--task","two words"]\n', 'noted\n', 3])
      const shell = await gateway.client('ssh', ['-T', 'hoptrace@127.0.0.1'], token)
      expect(shell.status).toBe(2)
    })
    expect(eventsOf(events, 'ssh.exec')).toEqual([])
  })
})
