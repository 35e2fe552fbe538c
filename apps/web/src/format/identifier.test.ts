import { describe, expect, it } from 'vitest'
import { randomUuid, shortHash, shortId } from './identifier.ts'

describe('identifiers', () => {
  it('are shortened to what tells them apart', () => {
    expect(shortId('01a1f890-bc5b-7531-be0f-620712aceccf')).toBe('…12aceccf')
    expect(shortHash('3f9a2b10c4d5e6f7a8b977c1')).toBe('3f9a2b10…77c1')
  })

  it('are random where they are made here, of the version that says so', () => {
    expect(randomUuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(randomUuid()).not.toBe(randomUuid())
  })
})
