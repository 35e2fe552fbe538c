import { describe, expect, it } from 'vitest'
import { splitMasks, withoutReveal } from './masked-text.ts'

describe('masked text', () => {
  it('is split into what was recorded and what stands for a secret', () => {
    expect(splitMasks("PASSWORD '••••••••' -- • one")).toEqual([
      { text: "PASSWORD '", isMask: false },
      { text: '••••••••', isMask: true },
      { text: "' -- • one", isMask: false },
    ])
  })
  it('loses nothing', () => {
    for (const text of ['', '••', 'a••b••••c', 'nothing'])
      expect(
        splitMasks(text)
          .map((stretch) => stretch.text)
          .join(''),
      ).toBe(text)
  })
})

it('copies a link that reveals nothing to who follows it', () => {
  expect(withoutReveal('http://127.0.0.1:6480/sessions/1?seq=4&reveal=1&col=host')).toBe('http://127.0.0.1:6480/sessions/1?seq=4&col=host')
})
