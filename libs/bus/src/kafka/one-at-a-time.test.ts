import { expect, it } from 'vitest'
import { OneAtATime } from './one-at-a-time.ts'

it('begins a work when the one before is through, in the order of the calls', async () => {
  const line = new OneAtATime()
  const steps: string[] = []
  const work = (name: string) => async () => {
    steps.push(`${name} begins`)
    await Promise.resolve()
    steps.push(`${name} ends`)
  }
  await Promise.all([line.run(work('a')), line.run(work('b'))])
  expect(steps).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
})

it('fails what waited behind a failure without beginning it, and begins anew afterwards', async () => {
  const line = new OneAtATime()
  const begun: string[] = []
  const failed = line.run(async () => {
    throw new Error('a')
  })
  const behind = line.run(async () => void begun.push('b'))
  await expect(failed).rejects.toThrow('a')
  await expect(behind).rejects.toThrow('a')
  await line.run(async () => void begun.push('c'))
  expect(begun).toEqual(['c'])
})
