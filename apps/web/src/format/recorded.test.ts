import { describe, expect, it } from 'vitest'
import { plainRecorded, splitControls } from './recorded.ts'

describe('recorded text', () => {
  it('shows an escape sequence instead of obeying it', () => {
    expect(splitControls('a\u001b[2Jb')).toEqual([
      { text: 'a', control: null },
      { text: '‹ESC›', control: 'U+001B' },
      { text: '[2Jb', control: null },
    ])
  })
  it('shows bidirectional overrides and invisible characters', () => {
    expect(plainRecorded('gnp\u202e.exe\u200b')).toBe('gnp‹U+202E›.exe‹U+200B›')
    expect(plainRecorded('tag\u{e0041}')).toBe('tag‹U+E0041›')
  })
  it('keeps tabs and line feeds, which lay text out', () => {
    expect(splitControls('a\tb\nc')).toEqual([{ text: 'a\tb\nc', control: null }])
  })
  it('replaces lone surrogates', () => {
    expect(splitControls('\ud800')).toEqual([{ text: '\ufffd', control: null }])
  })
  it('leaves markup as it is: it is text', () => {
    expect(plainRecorded('<img src=x onerror=alert(1)>')).toBe('<img src=x onerror=alert(1)>')
  })
  it('fits a bounded single line', () => {
    expect(plainRecorded('x'.repeat(500), 10)).toBe(`${'x'.repeat(9)}…`)
    expect(plainRecorded('a\n  b')).toBe('a b')
  })
})
