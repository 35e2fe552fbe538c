import { describe, expect, it } from 'vitest'
import { castLines } from '../asciicast/exported-cast.ts'
import type { Recorded } from '../recorded.ts'
import { segmentsOf } from '../replay/segments.ts'
import { commandsOf } from './commands.ts'
import { shellWord } from './program.ts'

async function gathered<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

let seq = 0
function event(type: string, ms: number, body: object): Recorded {
  seq += 1
  return { seq, elapsedUs: ms * 1000, ts: String(1_790_000_000_000_000 + ms * 1000), type, body } as Recorded
}

const exec = (channel: number, command: string[], tty: boolean) =>
  event('kubernetes.exec', channel * 1000, { channel, kind: 'exec', pod: 'web', command, tty })
const shown = (channel: number, ms: number, text: string) =>
  event('terminal.output', ms, { channel, stream: 'stdout', data: { utf8: text } })
const exited = (channel: number, ms: number, exitCode: number | null) => event('kubernetes.exit', ms, { channel, exitCode })

const session = [
  exec(0, ['sh'], true),
  event('terminal.resize', 2, { channel: 0, cols: 100, rows: 28 }),
  shown(0, 10, '\u001b[?2004h/ # '),
  event('terminal.input', 20, { channel: 0, data: { utf8: 'id' }, isEchoed: true }),
  shown(0, 21, 'id'),
  event('terminal.input', 30, { channel: 0, data: { utf8: '\r' }, isEchoed: true }),
  shown(0, 31, '\u001b[?2004l\r\nuid=0(root)\r\n'),
  event('terminal.resize', 40, { channel: 0, cols: 120, rows: 30 }),
  exited(0, 900, 0),
  exec(1, ['cat', "it's"], false),
  shown(1, 1010, 'one\ntwo\n'),
  exited(1, 1020, 1),
]

describe('a program in a container', () => {
  it('is a command with its exit code, and so is each line typed in it', async () => {
    const { items } = await commandsOf(session)
    expect(items.map(({ kind, text, channel, exitStatus }) => [kind, text, channel, exitStatus])).toEqual([
      ['exec', 'sh', 0, 0],
      ['typed', 'id', 0, null],
      ['exec', `cat 'it'\\''s'`, 1, 1],
    ])
  })

  it('plays in the size that its caller told after it began', async () => {
    const [segment] = await gathered(segmentsOf(session, { channel: 0 }))
    expect(segment?.snapshot).toMatchObject({ cols: 100, rows: 28 })
    expect(segment?.events.map(([, code, data]) => [code, data])).toContainEqual(['r', '120x30'])
  })

  it('returns the carriage where it had no terminal', async () => {
    const [segment] = await gathered(segmentsOf(session, { channel: 1 }))
    expect(segment?.events.map(([, , data]) => data)).toContain('one\r\ntwo\r\n')
  })

  it('is written as an asciicast with its size, its command and its exit code', async () => {
    const lines = (await gathered(castLines(session, { channel: 0, withHiddenInput: false }))).map((line) => JSON.parse(line) as unknown)
    expect(lines[0]).toMatchObject({ version: 3, term: { cols: 100, rows: 28 }, command: 'sh' })
    expect(lines.at(-1)).toEqual([expect.any(Number), 'x', '0'])
    expect(lines.filter((line) => Array.isArray(line) && line[1] === 'r')).toEqual([[expect.any(Number), 'r', '120x30']])
  })
})

it('quotes a word that a shell would take for more', () => {
  expect(['-c', 'a b', '', "'", '$HOME'].map(shellWord)).toEqual(['-c', "'a b'", "''", "''\\'''", "'$HOME'"])
})
