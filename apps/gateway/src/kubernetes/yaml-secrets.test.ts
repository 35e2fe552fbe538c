import { describe, expect, it } from 'vitest'
import { yamlSecrets } from './yaml-secrets.ts'

const isData = (name: string) => name === 'data'

describe('secrets in YAML', () => {
  it('are found in each document, as far as it can be read', () => {
    expect(yamlSecrets('data:\n  a: one\n---\ndata: {b: two}\nkind: [', isData)).toEqual(['one', 'two'])
  })

  it.each(['"', '! ', '&a ', '*a ', '@\r\n', '|\n', '[- - ', '{a: '])('of nothing but %j are looked for in bounded time', (unit) => {
    const text = unit.repeat(64 * 1024).slice(0, 64 * 1024)
    // Where each error is set out for people to read, once takes two seconds: this would not end in time.
    for (let n = 0; n < 40; n++) expect(yamlSecrets(text, isData)).toEqual([])
  })
})
