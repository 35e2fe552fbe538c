import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aRecording } from '../fixtures/a-recording.ts'
import { everydayOutput } from '../fixtures/terminal-traffic.ts'
import { PlainLines } from './plain-lines.ts'
import { screenAt } from './screen-at.ts'

const linesOf = (...texts: string[]) => {
  const lines = new PlainLines()
  return [...texts.flatMap((text) => lines.feed(text)), ...lines.end()]
}

describe('PlainLines', () => {
  it.each([
    ['colours and titles', '\x1b]0;t\x07\x1b[1;31mred\x1b[0m\r\nplain', ['red', 'plain']],
    ['a progress bar', '10%\r50%\r100%\n', ['100%']],
    ['corrections', 'abc\b\bX\n', ['aXc']],
    ['tabs', 'a\tb\n', ['a       b']],
    ['controls that hide', 'a\u202eb\0c\n', ['a\ufffdbc']],
    ['nothing', '', []],
  ])('leaves out %s', (_, text, lines) => expect(linesOf(text)).toEqual(lines))

  it('never holds a line without end', () => {
    expect(linesOf('x'.repeat(70_000)).map(({ length }) => length)).toEqual([65_536, 4464])
  })

  it('gives the same lines however the text was cut', () => {
    fc.assert(
      fc.property(fc.array(everydayOutput, { maxLength: 30 }), (outputs) => {
        expect(linesOf(...outputs.join(''))).toEqual(linesOf(outputs.join('')))
      }),
      { numRuns: 1000, seed: 11 },
    )
  })
})

describe('screenAt', () => {
  it('shows what stood on the screen at that moment', async () => {
    const events = aRecording().shell(10, 3).after(10).output('one\r\ntwo').after(10).output('\x1b[2J\x1b[Hlater').events
    expect((await screenAt(events, 10)).lines).toEqual(['one', 'two', ''])
    expect((await screenAt(events, 20)).lines).toEqual(['later', '', ''])
    expect(await screenAt(events, 5)).toEqual({ cols: 10, rows: 3, lines: ['', '', ''] })
  })
})
