import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { digestValue, type SessionEvent } from '@hoptrace/events'
import { openTerminal, type Sshd, sshdIsMissing, startSshd } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aDigestKey, until } from '../recording/recordings.test-support.ts'
import { aTarget, eventsOf, startGateway, type TestGateway } from './gateway.test-support.ts'

const named = (kind: 'host' | 'address', value: string) =>
  expect.objectContaining({ kind, role: 'named', at: '/command', value, digest: digestValue(aDigestKey, kind, value) })
const hostsIn = (events: SessionEvent[]) => eventsOf(events, 'pivot.named').map(({ body }) => body.host)

describe.skipIf(sshdIsMissing() !== null && !process.env.CI)('pivots over SSH', () => {
  let sshd: Sshd
  beforeAll(async () => {
    sshd = await startSshd()
  })
  afterAll(() => sshd.stop())

  const user = () => `${sshd.user}:bastion@127.0.0.1`
  const withGateway = async (use: (gateway: TestGateway, token: string) => Promise<void>) => {
    const gateway = await startGateway([aTarget(sshd)])
    await use(gateway, gateway.mint().token)
    await gateway.idle()
    expect(gateway.faults).toEqual([])
    return gateway.close()
  }

  /** An interactive bash in a real terminal, which ends with `exit`. */
  const withShell = (use: (type: (keys: string, shows?: string) => Promise<void>) => Promise<void>) =>
    withGateway(async (gateway, token) => {
      const { args, env } = gateway.inTerminal(['-tt', user(), `cd ${sshd.dir}; PS1='ready$ ' bash --noprofile --norc -i`], token)
      const terminal = openTerminal('ssh', args, env, { cols: 120, rows: 24 })
      let seen = 0
      const shown = async (text: string) => {
        await until(() => terminal.shown().indexOf(text, seen) >= 0)
        seen = terminal.shown().indexOf(text, seen) + text.length
      }
      await shown('ready$ ')
      await use(async (keys, shows = 'ready$ ') => {
        terminal.write(keys)
        await shown(shows)
      })
      terminal.write('exit\r')
      await terminal.ended
    })

  it('of a command are on record behind it, and before anything that it says', async () => {
    const events = await withGateway(async (gateway, token) => {
      await gateway.client('ssh', [user(), 'true || ssh -J jump.internal ops@10.9.8.7; echo done'], token)
    })
    const [exec] = eventsOf(events, 'ssh.exec')
    const pivots = eventsOf(events, 'pivot.named')
    expect(pivots.map(({ seq, body }) => [seq - (exec?.seq ?? 0), body.relation, body.host, body.account])).toEqual([
      [1, 'jump', 'jump.internal', null],
      [2, 'connect', '10.9.8.7', 'ops'],
    ])
    expect(pivots.map(({ body }) => [body.event, body.at])).toEqual(Array(2).fill([exec?.seq, '/command']))
    expect(pivots.map(({ observables }) => observables)).toEqual([[named('host', 'jump.internal')], [named('address', '10.9.8.7')]])
    for (const { body } of pivots) expect(body.command.slice(body.offset ?? 0)).toMatch(/^(?:jump\.internal|10\.9\.8\.7)/)
  })

  it('of lines that are typed into a shell are told by their keys', async () => {
    const events = await withShell(async (type) => {
      for (const key of 'false && ssh ops@typedX') await type(key, key)
      await type('\x7f', '\b')
      await type('.internal\r')
      await type('echo ssh nobody.internal\r')
      await type('false && psql "host=\r', '> ')
      await type('db.internal"\r')
      await type('cat <<EOF\r', '> ')
      await type('ssh nobody.internal\rEOF\r')
      await type('true || bash <<EOF\rssh script.internal\rEOF\r')
    })
    expect(hostsIn(events)).toEqual(['typed.internal', 'db.internal', 'script.internal'])
    const [pivot] = eventsOf(events, 'pivot.named')
    expect(pivot?.body).toMatchObject({ at: '', command: 'false && ssh ops@typed.internal', offset: 17 })
    expect(events.find(({ seq, sessionId }) => seq === pivot?.body.event && sessionId === pivot?.sessionId)?.type).toBe('terminal.input')
  })

  it('of lines that a line editor recalls, completes or searches for are told by what it shows', async () => {
    writeFileSync(join(sshd.dir, 'completed.internal'), '')
    const events = await withShell(async (type) => {
      await type('false && ssh ops@first.internal\r')
      await type('\x1b[A', 'first.internal')
      await type('\r')
      await type('false && ssh compl\t', 'completed.internal ')
      await type('\r')
      await type('\x12first', 'first\x1b[27m')
      await type('\r')
    })
    expect(hostsIn(events)).toEqual(['first.internal', 'first.internal', 'completed.internal', 'first.internal'])
  })

  it('of what is pasted are told whole, and of what is typed unseen not at all', async () => {
    const events = await withShell(async (type) => {
      await type('\x1b[200~false && ssh one.internal\rfalse && ssh two.internal\x1b[201~', 'two.internal')
      await type('\r')
      await type('read -s -p "Password: " x\r', 'Password: ')
      await type('ssh unseen.internal\r')
    })
    expect(hostsIn(events)).toEqual(['one.internal', 'two.internal'])
  })

  it('of a script that is piped into a shell are told', async () => {
    const script = 'false && ssh piped.internal\ncat <<EOF\nssh nobody\nEOF\nfalse &&\n  curl http://10.9.8.7/'
    const events = await withGateway(async (gateway, token) => {
      await gateway.client('ssh', ['-T', user()], token, script)
      await gateway.client('ssh', ['-T', user(), 'bash', '-s'], token, script)
      await gateway.client('ssh', ['-T', user(), 'cat > /dev/null'], token, script)
    })
    expect(hostsIn(events)).toEqual(['piped.internal', '10.9.8.7', 'piped.internal', '10.9.8.7'])
  })

  it('keep the gateway fast and the recording bounded, however many a command names', async () => {
    const events = await withGateway(async (gateway, token) => {
      const many = Array.from({ length: 1500 }, (_, n) => `ssh h${n}.internal; `).join('')
      const ran = await gateway.client('ssh', [user(), `true; false && ( ${many} )`], token)
      expect(ran.status).toBe(1)
    })
    expect(eventsOf(events, 'pivot.named')).toHaveLength(64)
  })

  it('stand beside the trace that the session belongs to', async () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
    const events = await withGateway(async (gateway, token) => {
      const options = ['-o', `SetEnv=TRACEPARENT=00-${trace}-00f067aa0ba902b7-01`]
      await gateway.client('ssh', [...options, user(), `TRACEPARENT=00-${trace}-00f067aa0ba902b8-01 true`], token)
    })
    const observable = expect.objectContaining({
      kind: 'trace',
      role: 'asked',
      value: trace,
      digest: digestValue(aDigestKey, 'trace', trace),
    })
    expect(eventsOf(events, 'ssh.env')[0]?.observables).toEqual([observable])
    expect(eventsOf(events, 'ssh.exec')[0]?.observables).toEqual([observable])
  })
})
