import { expect, it } from 'vitest'
import { sha256Hex } from './use-own-hash.ts'

it('computes SHA-256 over the UTF-8 bytes (FIPS 180-4, and a text beyond ASCII)', async () => {
  expect(await sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  expect(await sha256Hex('é')).toBe('4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c')
})
