import type { EventBody, EventType, FoundObservables } from '@hoptrace/events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inputReaderOf, pivotsInLine } from '../pivots/index.ts'
import { aDigestKey } from '../recording/recordings.test-support.ts'
import { ECHO_WITHIN_US } from './echo-judge.ts'
import { ShownLine } from './shown-line.ts'
import { TerminalRecorder } from './terminal-recorder.ts'

type Event = { type: EventType; body: unknown; found: FoundObservables | undefined }

/** A terminal whose keys are echoed one by one, as a shell without a line editor does it. */
function aTerminal({ isPty = true, pivotsIn = pivotsInLine as TerminalRecorder['context']['pivotsIn'] } = {}) {
  const events: Event[] = []
  let nowUs = 0
  const context = { channel: 0, key: aDigestKey, budget: { bytes: 1e9 }, isPty, pivotsIn }
  const recorder = new TerminalRecorder(context, (type, body, found) => events.push({ type, body, found }) - 1)
  const shows = (text: string) => recorder.fromTarget(Buffer.from(text), 'stdout', nowUs)
  const sends = (text: string) => recorder.fromCaller(Buffer.from(text), nowUs)
  const pivots = () => events.filter(({ type }) => type === 'pivot.named').map(({ body }) => body as EventBody<'pivot.named'>)
  return {
    events,
    shows,
    sends,
    types: (text: string) => {
      for (const key of text) {
        sends(key)
        shows(key === '\r' ? '\r\n' : key)
      }
    },
    waits: () => {
      nowUs += ECHO_WITHIN_US + 1
    },
    ends: () => recorder.end(),
    pivots,
    hosts: () => pivots().map(({ host }) => host),
  }
}

describe('a command that is typed', () => {
  it('is told by its keys, and points at the input that ended it', () => {
    const terminal = aTerminal()
    terminal.shows('$ ')
    terminal.types('ssh basX\x7ftion.internal\r')
    const [pivot] = terminal.pivots()
    expect(pivot).toMatchObject({ tool: 'ssh', host: 'bastion.internal', at: '', command: 'ssh bastion.internal', offset: 4 })
    const ending = terminal.events[pivot?.event ?? 0]
    expect(ending).toMatchObject({ type: 'terminal.input', body: { data: { utf8: '\r' } } })
    // On record before the key is passed on: what is shown of it comes after.
    expect(terminal.events[(pivot?.event ?? 0) + 1]?.type).toBe('pivot.named')
  })

  it.each<[string, string, string[]]>([
    ['erased by word and by line', 'wrong\x15ssh wrong.host\x17right.host\r', ['right.host']],
    ['given up', 'ssh wrong.host\x03ssh right.host\r', ['right.host']],
    ['an accent erased whole', 'ssh é\x7fright\r', ['right']],
    ['over two lines', 'ssh \\\rright\r', ['right']],
    ['inside quotes over two lines', 'ssh jump "\rpsql -h db"\r', ['jump', 'db']],
    ['after a pipe', 'cat keys |\rssh right\r', ['right']],
    ['a here-document for nobody', 'cat <<EOF\rssh wrong\rEOF\rssh right\r', ['right']],
    ['a here-document for a shell', 'ssh jump bash <<EOF\rssh right\rEOF\r', ['jump', 'right']],
    ['of several lines at once', 'ssh a\rssh b\r', ['a', 'b']],
    ['a text with an apostrophe', "# don't\rssh right\r", ['right']],
    ['pasted', '\x1b[200~ssh a\rssh b\x1b[201~\r', ['a', 'b']],
    ['among a terminal’s answers', '\x1b[Issh \x1b[24;80Rright\x1b]11;rgb:0/0/0\x07\r', ['right']],
    ['no command', 'echo ssh wrong\r', []],
  ])('is read: %s', (_, keys, hosts) => {
    const terminal = aTerminal()
    terminal.sends(keys)
    expect(terminal.hosts()).toEqual(hosts)
  })

  it('is left out where nothing is echoed', () => {
    const terminal = aTerminal()
    terminal.shows('Password: ')
    terminal.sends('ssh wrong\r')
    terminal.shows('\r\nword> ')
    terminal.sends('s')
    terminal.waits()
    terminal.sends('sh wrong\r')
    expect(terminal.pivots()).toEqual([])
  })

  it.each(['orders=# ', 'orders-> ', 'mysql> ', '>>> ', 'sftp> ', '127.0.0.1:6379> '])('is none at the prompt %j', (prompt) => {
    const terminal = aTerminal()
    terminal.shows(prompt)
    terminal.types('ssh wrong\r')
    terminal.shows(prompt)
    terminal.types('\\! ssh right\r')
    expect(terminal.hosts()).toEqual(['right'])
  })

  it('is none in an editor', () => {
    const terminal = aTerminal()
    terminal.shows('\x1b[?1049h~')
    terminal.sends('ssh wrong\r')
    terminal.shows('\x1b[?10')
    terminal.shows('49l$ ')
    terminal.types('ssh right\r')
    expect(terminal.hosts()).toEqual(['right'])
  })

  it('begins anew where a shell asks for one, whatever its quotes looked like', () => {
    const terminal = aTerminal()
    terminal.shows('$ ')
    terminal.types("ssh a 'unclosed\r")
    terminal.shows('ana@web:~$ ')
    terminal.types('ssh b\r')
    expect(terminal.hosts()).toEqual(['a', 'b'])
  })

  it('that is unfinished at the end stands as it is', () => {
    const terminal = aTerminal()
    terminal.types('ssh jump <<EOF\rssh right\r')
    expect(terminal.pivots()).toEqual([])
    terminal.ends()
    expect(terminal.hosts()).toEqual(['jump', 'right'])
  })
})

describe('a command that keys alone do not tell', () => {
  const prompt = '\x1b[?2004h\x1b]0;ana@web\x07\x1b[01;32mana@web\x1b[0m:~$ '

  it('is read from what is shown, once Enter is answered: recalled, completed, moved in', () => {
    const terminal = aTerminal()
    terminal.shows(prompt)
    terminal.sends('\x1b[A')
    terminal.shows('ssh ana@recalled.internal')
    terminal.sends('\r')
    expect(terminal.pivots()).toEqual([])
    terminal.shows('\r\n\x1b[?2004l\r')
    terminal.shows(`connected\r\n${prompt}`)
    terminal.sends('ssh bas\t')
    terminal.shows('ssh bas')
    terminal.shows('tion.internal ')
    terminal.sends('\r')
    terminal.shows('\r\n')
    terminal.shows(prompt)
    terminal.types('sh moved.internal')
    terminal.sends('\x01')
    terminal.shows('\b'.repeat(17))
    terminal.sends('s')
    terminal.shows('\x1b[1@s')
    terminal.sends('\r')
    terminal.shows('\r\n')
    expect(terminal.hosts()).toEqual(['recalled.internal', 'bastion.internal', 'moved.internal'])
    const inputs = terminal.pivots().map(({ event }) => terminal.events[event]?.body)
    expect(inputs).toEqual(Array(3).fill(expect.objectContaining({ data: { utf8: '\r' } })))
  })

  it('is left out where the screen does not tell it either', () => {
    const terminal = aTerminal()
    terminal.shows('$ ')
    terminal.sends('\x12ssh')
    terminal.shows("\r(reverse-i-search)`ssh': ssh wrong")
    terminal.sends('\r')
    terminal.shows('\r\n$ ')
    terminal.sends('ssh w\t\rssh right\r')
    terminal.shows('ssh wrong\r\n')
    expect(terminal.hosts()).toEqual(['right'])
  })
})

describe('commands that are piped in', () => {
  it('are read where a shell reads them, however they are cut', () => {
    const terminal = aTerminal({ isPty: false, pivotsIn: inputReaderOf('ssh jump bash -s', false) })
    for (const part of ['cat <<E\nssh wr', 'ong\nE\nssh ri', 'ght\nssh la', 'st']) terminal.sends(part)
    expect(terminal.pivots().map(({ host, on, event }) => [host, on, event])).toEqual([['right', 'jump', 2]])
    terminal.ends()
    expect(terminal.hosts()).toEqual(['right', 'last'])
  })

  it('are none where a program reads its data', () => {
    const terminal = aTerminal({ isPty: false, pivotsIn: inputReaderOf('psql -h db', false) })
    terminal.sends('ssh wrong\n')
    expect(terminal.events.map(({ type }) => type)).toEqual(['terminal.input'])
  })
})

describe('a line that is shown', () => {
  it('looks as a terminal would have it', () => {
    const shown = (...parts: string[]) => {
      const line = new ShownLine()
      for (const part of parts) line.feed(Buffer.from(part))
      return line.text
    }
    expect(shown('old\r\nab\x1b[1mc\x1b[0m')).toBe('abc')
    expect(shown('abc\b\b\x1b[P')).toBe('ac')
    expect(shown('abc\x1b[2D\x1b[@x')).toBe('axbc')
    expect(shown('abc\rx\x1b[K')).toBe('x')
    expect(shown('\x1b]0;ti', 'tle\x07a\x1b[', '1mb')).toBe('ab')
    expect(shown('a\x1b[Ab')).toBeNull()
    expect(shown('é')).toBe('é')
    expect(shown(`${'x'.repeat(5000)}`)).toBeNull()
  })

  it('and commands entered, are bounded whatever comes, for 2,000 seeded streams', () => {
    const part = fc.oneof(
      fc.constantFrom(
        'ssh a',
        '\r',
        '\n',
        '\x1b[',
        '\x1b[200~',
        '\x1b[999@',
        '\x1b]0;',
        '\x07',
        '\t',
        '\x03',
        '\b',
        "'",
        '<<E',
        '$ ',
        '\x1b[?1049h',
        '\x1b[?1049l',
      ),
      fc.string({ unit: 'binary', maxLength: 5 }),
    ) // prettier-ignore
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), part), { maxLength: 60 }), (parts) => {
        const terminal = aTerminal()
        for (const [isTyped, text] of parts) (isTyped ? terminal.sends : terminal.shows)(text)
        terminal.ends()
        for (const { command } of terminal.pivots()) expect(command).toContain('ssh')
      }),
      { numRuns: 2000, seed: 2026 },
    )
    const terminal = aTerminal()
    for (let n = 0; n < 500; n += 1) terminal.sends(`'${'x'.repeat(500)}\r`)
    for (let n = 0; n < 200; n += 1) terminal.shows('\x1b[999@'.repeat(600))
    terminal.sends(`${'ssh a;'.repeat(10_000)}\r`)
    expect(terminal.pivots().length).toBeLessThanOrEqual(64 * 32)
  })
})
