import { describe, expect, it } from 'vitest'
import { bytesOfBase64, hexDump } from './hex-dump.ts'

describe('a dump of bytes', () => {
  it('shows every byte, and never a control or what is no ASCII', () => {
    const bytes = bytesOfBase64(Buffer.from('{"a":1}\u001b[2J\u0000é!', 'utf8').toString('base64'))
    expect(hexDump(bytes)).toBe('00000000  7b 22 61 22 3a 31 7d 1b 5b 32 4a 00 c3 a9 21     {"a":1}.[2J...!')
  })

  it('begins a line each sixteen bytes, with its offset', () => {
    expect(hexDump(new Uint8Array(33)).split('\n')).toEqual([
      expect.stringMatching(/^00000000 /),
      expect.stringMatching(/^00000010 /),
      `00000020  00${' '.repeat(45)}  .`,
    ])
  })

  it('is nothing of nothing', () => {
    expect(hexDump(new Uint8Array())).toBe('')
  })
})
