import fc from 'fast-check'
import { expect, it } from 'vitest'
import { inBatches, wireBytes } from './outgoing-message.ts'

const message = fc.record({ key: fc.string({ maxLength: 10 }), value: fc.string({ maxLength: 200 }) })

it('splits messages into batches within the bounds, all of them and in order', () => {
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 60 }),
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 60, max: 900 }),
      (messages, count, bytes) => {
        const batches = inBatches(messages, { messages: count, bytes })
        expect(batches.flat()).toEqual(messages)
        for (const batch of batches) {
          expect(batch.length).toBeLessThanOrEqual(count)
          if (batch.length > 1) expect(batch.reduce((sum, one) => sum + wireBytes(one), 0)).toBeLessThanOrEqual(bytes)
        }
      },
    ),
  )
})

it('begins a batch with each message that must not be sent before those in front of it are acknowledged', () => {
  const messages = ['a', 'b', 'beat', 'c', 'beat', 'beat'].map((value) => ({ key: null, value }))
  const batches = inBatches(messages, { messages: 10, bytes: 10_000 }, ({ value }) => value === 'beat')
  expect(batches.map((batch) => batch.map(({ value }) => value).join(' '))).toEqual(['a b', 'beat c', 'beat', 'beat'])
})
