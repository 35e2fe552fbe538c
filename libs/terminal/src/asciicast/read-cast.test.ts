import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gathered } from '../fixtures/a-recording.ts'
import type { CastItem } from './cast.ts'
import { readCast } from './read-cast.ts'

const V2 = '{"version": 2, "width": 100, "height": 30, "timestamp": 1506410422, "env": {"TERM": "xterm"}}'
const V3 = '{"version": 3, "term": {"cols": 100, "rows": 30, "type": "xterm"}, "timestamp": 1506410422}'

const read = (...lines: string[]): Promise<CastItem[]> => gathered(readCast([Buffer.from(lines.join('\n'))]))
const endOf = async (...lines: string[]) => (await read(...lines)).at(-1)
const timesOf = (items: CastItem[]) => items.flatMap((item) => (item.kind === 'event' ? [item.event.elapsedUs] : []))

describe('readCast', () => {
  it('reads the same header from version 2 and version 3', async () => {
    const [two, three] = [await endOf(V2), await endOf(V3)]
    const header = { cols: 100, rows: 30, term: 'xterm', startedAtUs: 1_506_410_422_000_000n, command: null, title: null }
    expect(two).toEqual({ kind: 'header', header: { version: 2, ...header } })
    expect(three).toEqual({ kind: 'header', header: { version: 3, ...header } })
  })

  it('counts time from the start in either version', async () => {
    expect(timesOf(await read(V2, '[1.5, "o", "a"]', '[4, "o", "b"]'))).toEqual([1_500_000, 4_000_000])
    expect(timesOf(await read(V3, '[1.5, "o", "a"]', '[2.5, "o", "b"]'))).toEqual([1_500_000, 4_000_000])
  })

  it('adds a hundred thousand intervals without drift', async () => {
    const lines = Array.from({ length: 100_000 }, () => '[0.1, "o", ""]')
    expect(timesOf(await read(V3, ...lines)).at(-1)).toBe(10_000_000_000)
  })

  it('reads output, input, resizes, marks and the exit status', async () => {
    const items = await read(V3, '[0, "o", "\\u001b[1m"]', '[0, "i", "\\r"]', '[0, "r", "80x24"]', '[0, "m", "here"]', '[0, "x", "-1"]')
    expect(items.slice(1)).toEqual([
      { kind: 'event', event: { code: 'o', elapsedUs: 0, data: '\x1b[1m' } },
      { kind: 'event', event: { code: 'i', elapsedUs: 0, data: '\r' } },
      { kind: 'event', event: { code: 'r', elapsedUs: 0, cols: 80, rows: 24 } },
      { kind: 'event', event: { code: 'm', elapsedUs: 0, data: 'here' } },
      { kind: 'event', event: { code: 'x', elapsedUs: 0, status: -1 } },
    ])
  })

  it('passes over blank lines, and over comments where version 3 allows them', async () => {
    expect(timesOf(await read(V2, '', '[1, "o", "a"]', ' ', ''))).toEqual([1_000_000])
    expect(timesOf(await read(V3, '# note', '[1, "o", "a"]', '', '# end'))).toEqual([1_000_000])
    expect(await endOf(V2, '# note')).toEqual({ kind: 'broken', line: 2, reason: 'not-json' })
  })

  it('says which line has a code that the version does not define', async () => {
    expect(await endOf(V3, '[1, "z", "?"]')).toEqual({ kind: 'unknown', line: 2 })
    expect(await endOf(V2, '[1, "x", "0"]')).toEqual({ kind: 'unknown', line: 2 })
  })

  it.each([
    ['nothing', [''], 1, 'empty'],
    ['no JSON', ['lol'], 1, 'not-json'],
    ['a header that is a list', ['[]'], 1, 'bad-header'],
    ['version 1', ['{"version": 1}'], 1, 'unsupported-version'],
    ['a header without a size', ['{"version": 2}'], 1, 'bad-header'],
    ['a size beyond any terminal', ['{"version": 2, "width": 70000, "height": 1}'], 1, 'bad-header'],
    ['a time beyond a UUIDv7', ['{"version": 2, "width": 7, "height": 1, "timestamp": 1e15}'], 1, 'bad-header'],
    ['a broken line', [V2, '[1, "o", "a"]', 'lol'], 3, 'not-json'],
    ['four members', [V2, '[1, "o", "a", ""]'], 2, 'bad-event'],
    ['a negative time', [V2, '[-1, "o", "a"]'], 2, 'bad-time'],
    ['a time as text', [V2, '["1", "o", "a"]'], 2, 'bad-time'],
    ['a time beyond thirty years', [V2, '[1e300, "o", "a"]'], 2, 'bad-time'],
    ['intervals that add up beyond it', [V3, '[1e9, "o", "a"]', '[1e9, "o", "a"]'], 3, 'bad-time'],
    ['a code that is a number', [V2, '[1, 5, "a"]'], 2, 'bad-code'],
    ['output that is no text', [V2, '[1, "o", true]'], 2, 'bad-data'],
    ['a resize to nothing', [V2, '[1, "r", "-1x0"]'], 2, 'bad-resize'],
    ['an exit status in words', [V3, '[1, "x", "ok"]'], 2, 'bad-data'],
  ])('ends at %s with its line and the reason', async (_, lines, line, reason) => {
    expect(await endOf(...lines)).toEqual({ kind: 'broken', line, reason })
  })

  it('never holds more than one line of the allowed length', async () => {
    const endless = function* () {
      yield Buffer.from(`${V2}\n`)
      for (;;) yield Buffer.alloc(1024, 'a')
    }
    const items = await gathered(readCast(endless(), { maxLineBytes: 4096, maxLines: 10 }))
    expect(items.at(-1)).toEqual({ kind: 'broken', line: 2, reason: 'line-too-long' })
    expect((await gathered(readCast([Buffer.from(`${V2}\n\n\n\n`)], { maxLineBytes: 4096, maxLines: 2 }))).at(-1)).toMatchObject({
      line: 3,
    })
  })

  it('breaks at a line that is not UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from(`${V2}\n[1, "o", "`), Buffer.from([0xff]), Buffer.from('"]\n')])
    expect((await gathered(readCast([bytes]))).at(-1)).toEqual({ kind: 'broken', line: 2, reason: 'not-utf8' })
  })

  it('reads the same whichever way the bytes are cut', async () => {
    const file = Buffer.from(`${V3}\n# żółć\n[1, "o", "jaźń 🚀"]\r\n\n[0.25, "r", "80x24"]\nlol`)
    const whole = await gathered(readCast([file]))
    for (let at = 0; at <= file.length; at += 1) {
      expect(await gathered(readCast([file.subarray(0, at), file.subarray(at)]))).toEqual(whole)
    }
  })

  it('takes anything and never throws (10,000 cases)', async () => {
    const scrap = fc.oneof(
      fc.json(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        V2,
        V3,
        '[',
        ']',
        '{',
        '"',
        '\n',
        '\0',
        '[1, "o", "a"]',
        '[0, "r", "1x1"]',
        '[1e-9, "x", "0"]',
        '\\ud800',
        '[['.repeat(500),
      ),
    )
    const files = fc.tuple(fc.constantFrom(V2, V3, ''), fc.array(scrap, { maxLength: 6 }))
    await fc.assert(
      fc.asyncProperty(files, async ([header, scraps]) => {
        const items = await read(header, ...scraps)
        expect(items.length).toBeGreaterThan(0)
        expect(items.slice(0, -1).every((item) => item.kind !== 'broken')).toBe(true)
      }),
      { numRuns: 10_000, seed: 1 },
    )
  }, 300_000)
})
