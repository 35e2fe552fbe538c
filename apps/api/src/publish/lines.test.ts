import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Line, linesOf } from './lines.ts'

async function* cutInto(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function read(text: string, { size = 7, maxBytes = 100 } = {}): Promise<[number, string | null][]> {
  const lines: Line[] = []
  for await (const line of linesOf(cutInto(text, size), maxBytes)) lines.push(line)
  return lines.map(({ number, bytes }) => [number, bytes?.toString() ?? null])
}

describe('linesOf', () => {
  it('finds the same lines however the bytes are cut', async () => {
    const lines = fc.array(fc.stringMatching(/^[a-zé ]{0,20}$/), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(lines, fc.integer({ min: 1, max: 30 }), async (all, size) => {
        const wanted = all.map((line, i) => [i + 1, line]).filter(([, line]) => String(line).trim() !== '')
        expect(await read(all.join('\n'), { size })).toEqual(wanted)
      }),
    )
  })

  it('numbers lines as an editor does, and leaves empty ones out', async () => {
    expect(await read('a\r\n\n \n b\n')).toEqual([
      [1, 'a\r'],
      [4, ' b'],
    ])
  })

  it('names a line that is too long without holding it, and goes on behind it', async () => {
    expect(await read(`ok\n${'x'.repeat(1000)}\nok`)).toEqual([
      [1, 'ok'],
      [2, null],
      [3, 'ok'],
    ])
  })
})
