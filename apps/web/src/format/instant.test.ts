import { describe, expect, it } from 'vitest'
import { formatClock, formatDate, formatInstant, millisOf, zoneSuffix } from './instant.ts'

const AT = Date.UTC(2026, 10, 20, 10, 31, 4, 137)

describe('moments', () => {
  it('are written in UTC to the millisecond', () => {
    expect(formatInstant(AT, 'utc')).toBe('2026-11-20 10:31:04.137Z')
  })
  it('keep their leading zeros', () => {
    expect(formatClock(Date.UTC(2026, 0, 2, 3, 4, 5, 6), 'utc')).toBe('03:04:05.006')
    expect(formatDate(Date.UTC(2026, 0, 2), 'utc')).toBe('2026-01-02')
  })
  it('name the offset of local time', () => {
    expect(zoneSuffix(AT, 'local')).toMatch(/^[+-]\d\d:\d\d$/)
  })
  it('lose the microseconds that the api sends, never a millisecond', () => {
    expect(millisOf('2026-11-20T10:31:04.137999Z')).toBe(AT)
  })
  it('say that a time is unknown rather than invent one', () => {
    expect(formatInstant(millisOf('yesterday'), 'utc')).toBe('unknown time')
  })
})
