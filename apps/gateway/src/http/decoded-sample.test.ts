import { brotliCompressSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { decodeSample } from './decoded-sample.ts'

it('many bodies that are asked for at once are decoded, each to its limit', async () => {
  const bomb = brotliCompressSync(Buffer.alloc(64 * 1024 * 1024))
  const samples = await Promise.all(Array.from({ length: 300 }, () => decodeSample(bomb, 'br', 65_536)))
  for (const { bytes, total } of samples) {
    expect(bytes.length).toBe(65_536)
    expect(total).toBeGreaterThan(65_536)
    expect(total).toBeLessThan(1024 * 1024)
  }
})
