import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type ARecording, aRecording, gathered } from '../fixtures/a-recording.ts'
import { everydayOutput, hostileOutput } from '../fixtures/terminal-traffic.ts'
import { complaints, opened, play, thePlayer } from '../fixtures/the-player.ts'
import type { Recorded } from '../recorded.ts'
import type { PlayerEmulator } from './player-terminal.ts'
import { ReplayIndexBuilder } from './replay-index.ts'
import { type Segment, segmentEvents } from './segment.ts'
import { type SegmentOptions, type SegmentPolicy, segmentsOf } from './segments.ts'

const SMALL: SegmentPolicy = { fullUnits: 64, lastingUnits: 32, lastingUs: 5_000_000, fullEvents: 8, patience: 8 }
let player: PlayerEmulator

beforeAll(async () => {
  const bundle = createRequire(import.meta.url).resolve('asciinema-player/dist/bundle/asciinema-player.min.js')
  player = await thePlayer(readFileSync(bundle, 'utf8'))
})

const cut = (events: Iterable<Recorded>, options: SegmentOptions = {}) => gathered(segmentsOf(events, { policy: SMALL, ...options }))

function indexOf(segments: Segment[]) {
  const builder = new ReplayIndexBuilder((number) => `segments/${number}`)
  for (const segment of segments) builder.add(segment)
  return builder.index()
}

/** What the player shows after each moment, playing from the start and never using a keyframe. */
function fromTheStart(segments: Segment[]): Map<number, string> {
  const pictures = new Map<number, string>()
  const first = segments[0]
  if (!first) return pictures
  const terminal = opened(player, first.snapshot)
  for (const event of segments.flatMap(({ events }) => events)) {
    play(terminal, event)
    pictures.set(event[0], terminal.picture())
  }
  terminal.dispose()
  return pictures
}

/** Moments at which entering by the segment's keyframe shows something else. */
function differences(segments: Segment[]): string[] {
  const expected = fromTheStart(segments)
  return segments.flatMap((segment) => {
    const terminal = opened(player, segment.snapshot)
    const shown = new Map<number, string>()
    for (const event of segment.events) {
      play(terminal, event)
      shown.set(event[0], terminal.picture())
    }
    terminal.dispose()
    return [...shown].flatMap(([at, picture]) => (picture === expected.get(at) ? [] : [`${segment.number} at ${at}`]))
  })
}

const sessionOf = (outputs: (string | Buffer)[], cols = 40, rows = 12): ARecording => {
  const recording = aRecording().shell(cols, rows)
  for (const output of outputs) recording.after(100_000).output(output)
  return recording.after(100_000).exit(0)
}

describe('segmentsOf', () => {
  it('cuts a long session into segments that the player accepts', async () => {
    const segments = await cut(sessionOf(Array.from({ length: 200 }, (_, line) => `line ${line}\r\n`)).events)
    expect(segments.length).toBeGreaterThan(10)
    expect(complaints(indexOf(segments), segments)).toEqual([])
    expect(indexOf(segments)).toMatchObject({ version: 1, duration: 20.1, term: { cols: 40, rows: 12 } })
    expect(differences(segments)).toEqual([])
  })

  it.each([
    ['no events', aRecording()],
    ['a start alone', aRecording().shell()],
    ['one output at 0', aRecording().shell().output('a')],
    ['an end long after', aRecording().shell().output('a').at(60_000_000).exit(0)],
    ['sizes alone', aRecording().shell(10, 5).after(1).resize(20, 6).after(1).resize(0, 7)],
    ['everything at one moment', sessionOf([]).at(5).output('a'.repeat(500)).output('b'.repeat(500)).output('c')],
    ['a full segment and one more event', aRecording().shell().output('a'.repeat(100)).after(1).output('b')],
  ])('gives the player something to play for %s', async (_, recording) => {
    const segments = await cut(recording.events)
    expect(complaints(indexOf(segments), segments)).toEqual([])
  })

  it('begins with the size that the session had before its first output', async () => {
    const [segment] = await cut(aRecording().shell(100, 30).after(5).resize(120, 40).after(5).output('a').after(5).resize(0, 50).events)
    expect(segment?.snapshot).toEqual({ cols: 120, rows: 40, init: '' })
    expect(segment?.events.at(-1)).toEqual([0.000015, 'r', '120x50'])
  })

  it('never begins a segment inside of an escape sequence or a character', async () => {
    const parts = [
      'x'.repeat(80),
      '\x1b',
      '[3',
      '1',
      'm',
      Buffer.from([0xf0, 0x9f]),
      Buffer.from([0x9a, 0x80]),
      '\x1b]0;ti',
      'tle\x07',
      'y',
    ]
    const segments = await cut(sessionOf(parts.flatMap((part) => [part, part.length > 60 ? '' : ''])).events, {
      policy: { ...SMALL, fullUnits: 1 },
    })
    expect(differences(segments)).toEqual([])
    expect(segments.map(({ events }) => events[0]?.[2])).not.toContain('[3')
  })

  it('plays pauses as long as they were, or no longer than asked', async () => {
    const events = sessionOf(['a', 'b']).at(100_000_000).output('c').after(1_000_000).output('d').events
    const idle = await cut(events, { idleSeconds: 2 })
    expect((await cut(events)).at(-1)?.end).toBe(101)
    expect(idle.flatMap((segment) => segment.events.map(([seconds]) => seconds))).toEqual([0.1, 0.2, 2.3, 3.3])
    expect(complaints(indexOf(idle), idle)).toEqual([])
  })

  it('says where the two clocks meet at both ends of every pause that it shortened, in whichever segment', async () => {
    const events = sessionOf(['a', 'b']).at(100_000_000).output('c').after(1_000_000).output('d').at(200_000_000).output('e').events
    const meetings = [
      [300, 0.3],
      [100_000, 2.3],
      [101_000, 3.3],
      [200_000, 5.3],
    ]
    expect(indexOf(await cut(events, { idleSeconds: 2 })).clock).toEqual(meetings)
    expect(indexOf(await cut(events, { idleSeconds: 2, policy: { ...SMALL, fullUnits: 1 } })).clock).toEqual(meetings)
    expect(indexOf(await cut(events)).clock).toEqual([])
  })

  it('plays one channel, by default the first with a terminal', async () => {
    const events = aRecording().exec('true', 1).shell(80, 24, 2).output('two', 2).exec('ls', 3).output('three\n', 3).events
    const shown = async (channel?: number) =>
      (await cut(events, { channel })).flatMap((segment) => segment.events.map(([, , text]) => text).join(''))
    expect(await shown()).toEqual(['two'])
    expect(await shown(3)).toEqual(['three\r\n'])
  })

  it('gives marks to the index, and hides what was typed without echo', async () => {
    const events = aRecording().shell().marker('here').input('a').input('hunter2\r', false).output('x').events
    const [open, shut] = [await cut(events, { withHiddenInput: true }), await cut(events)]
    expect(indexOf(shut).markers).toEqual([[0, 'here']])
    expect(JSON.stringify(open)).toContain('hunter2')
    expect(JSON.stringify(shut)).not.toContain('hunter2')
  })

  it('makes the events of any segment again from those events alone', async () => {
    const recording = sessionOf(Array.from({ length: 60 }, (_, line) => `żółć ${line}\r\n`))
      .after(9_000_000)
      .resize(50, 10)
      .after(1)
      .output('end')
    for (const options of [{}, { idleSeconds: 1 }]) {
      for (const { events, ...segment } of await cut(recording.events, options)) {
        const slice = recording.events.filter(({ seq }) => seq >= segment.fromSeq && seq <= segment.toSeq)
        expect(await segmentEvents(segment, slice, options)).toEqual(events)
      }
    }
  })

  it('holds one segment at a time', async () => {
    let given = 0
    const endless = (function* () {
      yield* aRecording().shell().events
      for (;;) {
        given += 1
        yield* aRecording().at(given).output('0123456789').events
      }
    })()
    for await (const segment of segmentsOf(endless)) {
      expect(segment.events.length).toBeLessThan(5000)
      expect(given).toBeLessThan((segment.number + 2) * 5000)
      if (segment.number === 20) break
    }
  })
})

describe('keyframes', () => {
  it('show the same as playing from the start, for what programs write (500 sessions, each keyframe checked)', async () => {
    let exact = 0
    await fc.assert(
      fc.asyncProperty(fc.array(everydayOutput, { minLength: 20, maxLength: 120 }), async (outputs) => {
        const segments = await cut(sessionOf(outputs).events, { player })
        exact += segments.filter(({ isExact, number }) => isExact && number > 0).length
        const terminal = opened(player, segments[0]?.snapshot ?? { cols: 1, rows: 1, init: '' })
        for (const segment of segments) {
          const entered = opened(player, segment.snapshot)
          if (segment.isExact) expect(entered.picture()).toBe(terminal.picture())
          for (const event of segment.events) play(terminal, event)
          entered.dispose()
        }
        terminal.dispose()
      }),
      { numRuns: 500, seed: 5 },
    )
    expect(exact).toBeGreaterThan(1500)
  })

  it('need no correction from the player in nearly every session', async () => {
    let [keyframes, different] = [0, 0]
    await fc.assert(
      fc.asyncProperty(fc.array(everydayOutput, { minLength: 20, maxLength: 120 }), async (outputs) => {
        const segments = await cut(sessionOf(outputs).events)
        keyframes += segments.length
        different += new Set(differences(segments).map((at) => at.split(' ')[0])).size
      }),
      { numRuns: 300, seed: 6 },
    )
    expect(different / keyframes).toBeLessThan(0.02)
  })

  it('restore what is not seen and decides what comes next', async () => {
    const hidden = [
      '\x1b[3;8r\x1b[?6h\x1b[2;2H',
      '\x1b[5;5H\x1b[1;32m\x1b7\x1b[H\x1b[0m',
      '\x1b(0\x1b)0\x0e',
      'screen below\x1b[?1049h\x1b[2;2Habove',
      '\x1b[4h\x1b[?7l',
      '\x1b[3g\x1b[5G\x1bH\r',
      'x'.repeat(40),
      '漢'.repeat(20),
      '\x1b[?25l\x1b[7m',
      Array.from({ length: 40 }, (_, line) => `above ${line}\r\n`).join(''),
    ]
    const after = ['lqk\r\n\n\n\n\n', '\x1b8here', '\t+', '\x1b[?1049l!', '\x1b[2;1Hins', '\x1b[?6l\x1b[r\x1b[20;1H\n\nend']
    for (const state of hidden) {
      const segments = await cut(sessionOf([' '.repeat(10), state, ...after, 'z']).events, {
        policy: { ...SMALL, fullUnits: 1, fullEvents: 1 },
      })
      expect(segments.length).toBeGreaterThan(5)
      expect(differences(segments)).toEqual([])
    }
  })

  it('bring back the lines above the screen when the terminal grows', async () => {
    const lines = Array.from({ length: 60 }, (_, line) => `line ${line}\r\n`)
    const segments = await cut(sessionOf(lines, 40, 6).after(1).resize(40, 12).after(1).output('x').events)
    expect(differences(segments)).toEqual([])
  })
})

describe('hostile recordings', () => {
  it('never make it throw, and leave what the player accepts (10,000 cases)', async () => {
    const size = fc.tuple(fc.integer({ min: -5, max: 60 }), fc.integer({ min: -5, max: 30 }))
    const part = fc.oneof({ weight: 9, arbitrary: hostileOutput }, { weight: 1, arbitrary: size })
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 16 }), async (parts) => {
        const recording = aRecording().shell(30, 8)
        for (const each of parts) {
          recording.after(50_000)
          if (Buffer.isBuffer(each)) recording.output(each)
          else recording.resize(...each)
        }
        const segments = await cut(recording.events)
        expect(complaints(indexOf(segments), segments)).toEqual([])
      }),
      { numRuns: 10_000, seed: 7 },
    )
  }, 300_000)

  it('show the same however their bytes were cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostileOutput, { minLength: 1, maxLength: 20 }), fc.nat(), async (outputs, salt) => {
        const whole = Buffer.concat(outputs)
        const chunks: Buffer[] = []
        for (let at = 0; at < whole.length; at += 1 + ((salt + at) % 7)) chunks.push(whole.subarray(at, at + 1 + ((salt + at) % 7)))
        const last = async (parts: Buffer[]) => [...fromTheStart(await cut(sessionOf(parts).events))].at(-1)?.[1]
        const text = async (parts: Buffer[]) =>
          (await cut(sessionOf(parts).events)).flatMap(({ events }) => events.map((event) => event[2])).join('')
        expect(await text(chunks)).toBe(await text([whole]))
        expect(await last(chunks)).toBe(await last([whole]))
      }),
      { numRuns: 500, seed: 8 },
    )
  })

  it('keep a terminal within bounds, whatever size they claim', async () => {
    const segments = await cut(
      aRecording()
        .shell(1_000_000, 1_000_000)
        .output('a')
        .after(1)
        .resize(2 ** 31, -4)
        .after(1)
        .output('b').events,
    )
    expect(segments[0]?.snapshot).toMatchObject({ cols: 1000, rows: 100 })
    expect(complaints(indexOf(segments), segments)).toEqual([])
  })

  it('end a segment even when no keyframe of it can be exact', async () => {
    // Tampered with: no keyframe equals what this one has played.
    const astray = {
      terminal: (cols: number, rows: number) => Object.assign(player.terminal(cols, rows), { picture: () => String(made++) }),
    }
    let made = 0
    const outputs = Array.from({ length: 400 }, () => 'never the same')
    const segments = await cut(sessionOf(outputs).events, { player: astray as unknown as PlayerEmulator })
    expect(segments.length).toBeGreaterThan(5)
    expect(segments.slice(1).every(({ isExact }) => !isExact)).toBe(true)
    expect(Math.max(...segments.map(({ events }) => events.length))).toBeLessThanOrEqual(SMALL.fullEvents * SMALL.patience + 1)
    expect(complaints(indexOf(segments), segments)).toEqual([])
  })

  it('play on when the emulator of the player breaks', async () => {
    const feed = () => {
      throw new Error('unreachable')
    }
    const broken = { terminal: (cols: number, rows: number) => Object.assign(player.terminal(cols, rows), { feed }) }
    const segments = await cut(sessionOf(Array.from({ length: 200 }, () => 'x'.repeat(30))).events, {
      player: broken as unknown as PlayerEmulator,
    })
    expect(segments.length).toBeGreaterThan(5)
    expect(segments.some(({ isExact, number }) => isExact && number > 0)).toBe(false)
    expect(complaints(indexOf(segments), segments)).toEqual([])
  })

  it('cost no more than the screen is large, however much they ask for', async () => {
    const finals = [...'@ABCDEFGHIJKLMPSTXZ`abdefg']
    const outputs = finals.map((final) => `x\r\n\x1b[65535${final}`.repeat(50))
    const segments = await cut(sessionOf([...outputs, 'end'], 300, 300).events)
    expect(complaints(indexOf(segments), segments)).toEqual([])
  })

  it('leave others their turn', async () => {
    let turns = 0
    const isOver = { now: false }
    const others = (async () => {
      while (!isOver.now) {
        turns += 1
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()
    await cut(sessionOf(['\x1b[2J'.repeat(10_000)], 300, 300).events)
    isOver.now = true
    await others
    expect(turns).toBeGreaterThan(20)
  })

  it('do not make the emulator throw where xterm does', async () => {
    const segments = await cut(sessionOf(['\x1b[99;99Hx\x1b[1J', 'y'.repeat(100), 'z']).events, { player })
    expect(segments.every(({ isExact }) => isExact)).toBe(true)
  })

  it('cannot resize the player, set its title, reach its clipboard or place a link', async () => {
    const acts = [
      '\x1b[8;200;200t',
      '\x1b]0;<img src=x onerror=alert(1)>\x07',
      '\x1b]52;c;aGk=\x07',
      '\x1b]8;;javascript:alert(1)\x07\x1b]8;;\x07',
    ]
    const terminal = player.terminal(20, 4)
    const before = terminal.picture()
    for (const act of acts) terminal.feed(act)
    expect(terminal.picture()).toBe(before)
  })
})
