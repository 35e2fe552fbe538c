import { expect, it } from 'vitest'
import { Unpublished } from './unpublished.ts'

const LONG_MS = 60_000

it('settles once everything that had changed by then is published, whatever changes after', async () => {
  const unpublished = new Unpublished()
  unpublished.add('a')
  unpublished.add('b')
  const settled = unpublished.settled(LONG_MS)
  unpublished.add('c')
  unpublished.remove(unpublished.first(2))
  expect(await settled).toBe(true)
  expect(unpublished.first(10)).toMatchObject({ ids: ['c'], isAll: true })
})

it('keeps a run that changed again while it was being published', async () => {
  const unpublished = new Unpublished()
  unpublished.add('a')
  const batch = unpublished.first(10)
  unpublished.add('a')
  unpublished.remove(batch)
  expect(unpublished.has('a')).toBe(true)
  expect(await unpublished.settled(1)).toBe(false)
})

it('is settled when nothing waits, and by a run that the topic was found to hold', async () => {
  const unpublished = new Unpublished()
  expect(await unpublished.settled(LONG_MS)).toBe(true)
  unpublished.add('a')
  const settled = unpublished.settled(LONG_MS)
  unpublished.drop('a')
  expect(await settled).toBe(true)
})
