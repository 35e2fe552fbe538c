import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SequenceTracker } from './sequence-tracker.ts'

const isGroundAfter = (...texts: string[]) => {
  const tracker = new SequenceTracker()
  for (const text of texts) tracker.feed(text)
  return tracker.isGround
}

describe('SequenceTracker', () => {
  it.each([
    '',
    'text',
    '\r\n',
    '\x1b[31m',
    '\x1b[?1049h',
    '\x1b(0',
    '\x1b7',
    '\x1b]0;t\x07',
    '\x1b]0;t\x1b\\',
    '\x1bPq\x1b\\',
    '\x9b1m',
    '\x1b[3\x18',
    '\x1b\x1b[m',
    '\x9dt\x9c',
    '\x1b[31é',
  ])('is outside of any sequence after %j', (text) => expect(isGroundAfter(text)).toBe(true))

  it.each([
    '\x1b',
    '\x1b[',
    '\x1b[3',
    '\x1b[3;',
    '\x1b[?',
    '\x1b(',
    '\x1b]',
    '\x1b]0;t',
    '\x1b]0;t\x1b',
    '\x1bP',
    '\x1bPq\x07',
    '\x1b_a',
    '\x9b',
    '\x9d0',
    '\x1b[\r',
    '\x1b[31m\x1b',
  ])('is inside of one after %j', (text) => expect(isGroundAfter(text)).toBe(false))

  it('stands in the same place however the text was cut', () => {
    const scrap = fc.constantFrom('\x1b', '[', ']', '0', ';', 'm', '\x07', '\\', 'P', '(', '\x9b', '\x9c', '\x18', 'é', '\x7f')
    fc.assert(
      fc.property(fc.array(scrap, { maxLength: 20 }), (scraps) => {
        expect(isGroundAfter(...scraps)).toBe(isGroundAfter(scraps.join('')))
      }),
      { numRuns: 10_000, seed: 9 },
    )
  })
})
