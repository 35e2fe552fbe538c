import { EventInsertError } from '@hoptrace/store'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { insertOrRefuse } from './insert-or-refuse.ts'

const VIOLATED_CONSTRAINT = 469
const UNKNOWN_TABLE = 60

/** A store that refuses an insert whole for each number below zero in it. */
class Picky {
  readonly stored = new Set<number>()
  inserts = 0

  readonly insert = async (numbers: readonly number[]): Promise<void> => {
    this.inserts += 1
    if (numbers.some((number) => number < 0)) throw new EventInsertError('t', null, VIOLATED_CONSTRAINT, 'VIOLATED_CONSTRAINT', false)
    for (const number of numbers) this.stored.add(number)
  }
}

describe('insertOrRefuse', () => {
  it('stores everything but what the store refuses, whatever that is', async () => {
    const numbers = fc.uniqueArray(fc.integer(), { maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(numbers, async (all) => {
        const store = new Picky()
        expect(await insertOrRefuse(all, store.insert)).toEqual(all.filter((number) => number < 0))
        expect([...store.stored]).toEqual(all.filter((number) => number >= 0))
      }),
    )
  })

  it('finds one bad row among ten thousand in few inserts', async () => {
    const store = new Picky()
    const all = Array.from({ length: 10_000 }, (_, n) => (n === 7_000 ? -1 : n))
    expect(await insertOrRefuse(all, store.insert)).toEqual([-1])
    expect(store.inserts).toBeLessThan(30)
  })

  it.each([
    ['has no such table', new EventInsertError('t', null, UNKNOWN_TABLE, 'UNKNOWN_TABLE', false)],
    ['does not answer', new EventInsertError('t', null, null, null, true)],
    ['fails in a way that nobody foresaw', new Error('?')],
  ])('refuses nothing for a store that %s', async (_, error) => {
    let inserts = 0
    const failing = async () => {
      inserts += 1
      throw error
    }
    await expect(insertOrRefuse([1, 2, 3], failing)).rejects.toBe(error)
    expect(inserts).toBe(1)
  })
})
