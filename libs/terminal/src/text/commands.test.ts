import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ARecording, aRecording } from '../fixtures/a-recording.ts'
import { hostileOutput } from '../fixtures/terminal-traffic.ts'
import { commandsOf } from './commands.ts'

const found = async (recording: ARecording) =>
  (await commandsOf(recording.events)).items.map(({ kind, text, exitStatus }) => [kind, text, exitStatus])

/** What bash with readline writes while a line is typed: prompt, echo, and the end of the line. */
const bash = (recording: ARecording, line: string) => {
  recording.after(1000).output('\x1b[?2004h\x1b[01;32mana@host\x1b[0m:~$ ')
  for (const key of line) recording.after(10).input(key).after(1).output(key)
  return recording.after(10).input('\r').after(1).output('\r\n\x1b[?2004l\r')
}

describe('commandsOf', () => {
  it('tells what was executed, and how it ended', async () => {
    const recording = aRecording().exec('uname -a', 1).exec('false', 2).after(5).exit(1, 2).exit(null, 1)
    expect(await found(recording)).toEqual([
      ['exec', 'uname -a', null],
      ['exec', 'false', 1],
    ])
  })

  it('finds the lines that were given to a shell, without its prompt', async () => {
    const recording = bash(aRecording().shell(), 'ls -la').output('total 0\r\n')
    expect(await found(bash(recording, 'cat żółć.txt'))).toEqual([
      ['shell', '', null],
      ['typed', 'ls -la', null],
      ['typed', 'cat żółć.txt', null],
    ])
  })

  it('stands at the moment at which the line was accepted', async () => {
    const { items } = await commandsOf(bash(aRecording().shell().at(60_000_000), 'ls').events, { idleSeconds: 2 })
    expect(items.at(-1)).toMatchObject({ elapsedUs: 60_001_033, text: 'ls' })
    expect(items.at(-1)?.playerSeconds).toBeCloseTo(2.000033, 6)
  })

  it('reads what was drawn, and not what was typed: history, completion, corrections, wrapped lines', async () => {
    const recording = aRecording().shell(24, 5).output('\x1b[?2004h$ ').input('\x1b[A').output('psql -h db.internal').input('\x7f\x7f')
    recording.output('\b\b\x1b[K').input('al app | wc -l').output('al app | wc -l').input('\r').output('\r\n\x1b[?2004l\r')
    expect((await found(recording)).at(-1)).toEqual(['typed', 'psql -h db.internal app | wc -l', null])
  })

  it('finds commands in a recording that holds no input', async () => {
    const recording = aRecording().shell().output('\x1b[?2004h$ ').after(1).output('w').output('ho').after(1).output('\r\n\x1b[?2004l')
    expect((await found(recording)).at(-1)).toEqual(['typed', 'who', null])
  })

  it('believes a shell that marks its prompts and tells the exit status', async () => {
    const recording = aRecording().shell().output('\x1b]133;A\x07$ \x1b]133;B\x07\x1b[?2004h').input('make\r').output('make\r\n\x1b[?2004l')
    recording.output('\x1b]133;C\x07error\r\n\x1b]133;D;2\x07')
    expect((await found(recording)).slice(1)).toEqual([['typed', 'make', 2]])
  })

  it('follows the keys where a shell gives no mark', async () => {
    const recording = aRecording().shell().output('$ ').input('lss\x7f -l\r').input('\x15rm x\x17y\r')
    expect((await found(recording)).slice(1)).toEqual([
      ['typed', 'ls -l', null],
      ['typed', 'rm y', null],
    ])
  })

  it('never shows what was typed unseen', async () => {
    const typed = aRecording().shell().output('Password: ').input('hunter2\r', false)
    const edited = aRecording().shell().output('\x1b[?2004h$ ').input('hunter2\r', false).output('\r\n\x1b[?2004l')
    expect(JSON.stringify([await found(typed), await found(edited)])).not.toContain('hunter2')
  })

  it('finds marks that were split between events anywhere', async () => {
    const output = '\x1b]133;A\x1b\\$ \x1b]133;B\x1b\\ls\r\n\x1b]133;C\x07\x1b]133;D;3\x07\x1b[?2004h% \x1b]133;B\x07who\x1b]133;C\x07'
    for (let at = 0; at <= output.length; at += 1) {
      const recording = aRecording().shell().output(output.slice(0, at)).output(output.slice(at))
      expect((await found(recording)).slice(1)).toEqual([
        ['typed', 'ls', 3],
        ['typed', 'who', null],
      ])
    }
  })

  it('tells forwards, subsystems, transfers and marks', async () => {
    const recording = aRecording().add('ssh.subsystem', { channel: 0, name: 'sftp', isAccepted: true }).marker('here')
    const forward = { channel: 1, direction: 'local', host: 'db', port: 5432, bytesToTarget: 0, bytesToCaller: 0 } as const
    recording.add('ssh.forward', { ...forward, phase: 'opened' }).add('ssh.forward', { ...forward, phase: 'closed' })
    recording.add('file.transfer', {
      channel: 0,
      protocol: 'sftp',
      path: '/etc/p',
      direction: 'download',
      size: 1,
      sha256: null,
      isComplete: true,
    })
    expect((await found(recording)).map(([, text]) => text)).toEqual(['sftp', 'here', 'local db:5432 opened', 'download /etc/p'])
  })

  it('says when there were more than it tells', async () => {
    const recording = aRecording()
    for (let channel = 0; channel < 5; channel += 1) recording.exec('true', channel)
    expect(await commandsOf(recording.events, { limit: 3 })).toMatchObject({ items: { length: 3 }, isTruncated: true })
  })

  it('takes anything, and gives only what is safe to print (10,000 cases)', async () => {
    const marks = fc
      .constantFrom('\x1b[?2004h', '\x1b[?2004l', '\x1b]133;B\x07', '\x1b]133;C\x07', '\x1b]133;D;\x07')
      .map((text) => Buffer.from(text))
    const part = fc.tuple(fc.boolean(), fc.oneof(hostileOutput, marks))
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 10 }), async (parts) => {
        const recording = aRecording().shell(20, 5)
        for (const [isInput, data] of parts) isInput ? recording.input(data.toString('utf8')) : recording.output(data)
        for (const { text } of (await commandsOf(recording.events)).items) expect(text).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f]/)
      }),
      { numRuns: 10_000, seed: 10 },
    )
  }, 300_000)
})
