import { describe, expect, it } from 'vitest'
import { formatBytes, formatCount, plural } from './quantity.ts'

describe('quantities', () => {
  it('count bytes in binary units', () => {
    expect([formatBytes(812), formatBytes(1434), formatBytes(1024 ** 2 - 1), formatBytes(5 * 1024 ** 3)]).toEqual([
      '812 B',
      '1.4 KiB',
      '1.0 MiB',
      '5.0 GiB',
    ])
  })
  it('group thousands', () => {
    expect(formatCount(12345678)).toBe('12\u202f345\u202f678')
  })
  it('agree in number', () => {
    expect([plural(1, 'event'), plural(2, 'access', 'accesses')]).toEqual(['1 event', '2 accesses'])
  })
})
