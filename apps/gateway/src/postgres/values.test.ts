import { describe, expect, it } from 'vitest'
import { fitText, jsonSize, wholeCharacters } from './budget.ts'
import { noise, randomOf } from './random.test-support.ts'
import { decodeBinary, decodeText } from './values.ts'

const binary = (oid: number, hexText: string) => {
  const bytes = Buffer.from(`ff${hexText.replaceAll(' ', '')}ff`, 'hex')
  return decodeBinary(oid, bytes, 1, bytes.length - 1)
}

describe('decodeBinary', () => {
  it.each<[string, number, string, string]>([
    ['bool', 16, '01', 't'],
    ['int2', 21, 'fffe', '-2'],
    ['int4', 23, '7fffffff', '2147483647'],
    ['int8', 20, '8000000000000000', '-9223372036854775808'],
    ['oid', 26, 'ffffffff', '4294967295'],
    ['float4', 700, '3dcccccd', '0.1'],
    ['float8', 701, '3fb999999999999a', '0.1'],
    ['float8', 701, '7ff8000000000000', 'NaN'],
    ['numeric', 1700, '0003 0001 0000 0002 0001 0929 1a2c', '12345.67'],
    ['numeric', 1700, '0002 0000 4000 0003 0001 1388', '-1.500'],
    ['numeric', 1700, '0001 fffe 0000 0006 0064', '0.000001'],
    ['numeric', 1700, '0001 0002 0000 0000 0001', '100000000'],
    ['numeric', 1700, '0000 0000 c000 0000', 'NaN'],
    ['text', 25, '68c3a9', 'hé'],
    ['bytea', 17, '00ff', '\\x00ff'],
    ['uuid', 2950, '00112233445566778899aabbccddeeff', '00112233-4455-6677-8899-aabbccddeeff'],
    ['jsonb', 3802, '017b7d', '{}'],
    ['date', 1082, '00000000', '2000-01-01'],
    ['date', 1082, 'fff4dbf9', '0001-01-01'],
    ['timestamp', 1114, '0000000000000001', '2000-01-01 00:00:00.000001'],
    ['timestamptz', 1184, 'ffffffffffffffff', '1999-12-31 23:59:59.999999+00'],
    ['timestamp', 1114, '7fffffffffffffff', 'infinity'],
    ['int4[]', 1007, '00000001 00000001 00000017 00000003 00000001 00000004 00000001 ffffffff 00000004 00000003', '{1,NULL,3}'],
    ['text[]', 1009, '00000001 00000000 00000019 00000002 00000001 00000003 612c62 00000000', '{"a,b",""}'],
    ['text[]', 1009, '00000000 00000000 00000019', '{}'],
  ])('reads %s', (_, oid, hexText, expected) => {
    const { value, encoding } = binary(oid, hexText)
    expect(encoding === 'hex' ? 'hex' : value).toBe(expected)
  })

  it('gives hex for types it does not know, and for bytes that a type cannot have', () => {
    expect(binary(600, '0102')).toEqual({ value: '\\x0102', encoding: 'hex' })
    expect(binary(23, '0102')).toEqual({ value: '\\x0102', encoding: 'hex' })
    expect(binary(25, 'c3')).toEqual({ value: '\\xc3', encoding: 'hex' })
    expect(binary(1007, '7fffffff 00000000 00000017 7fffffff 7fffffff')).toMatchObject({ encoding: 'hex' })
  })
})

it('decodeBinary reads 20,000 seeded values of noise without a throw', () => {
  const oids = [16, 17, 20, 21, 23, 25, 26, 700, 701, 1000, 1007, 1009, 1082, 1083, 1114, 1184, 1231, 1700, 2950, 2951, 3802, 3807, 600]
  for (let seed = 1; seed <= 20_000; seed += 1) {
    const random = randomOf(seed)
    const oid = oids[random(oids.length)] ?? 0
    // The head of an array of this type, now and then: what follows it is noise.
    const head =
      random(2) === 0 ? Buffer.alloc(0) : Buffer.from([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, random(30), 0, 0, 0, random(4), 0, 0, 0, 1])
    const bytes = Buffer.concat([head, noise(random, random(24))])
    expect(decodeBinary(oid, bytes, 0, bytes.length).value.isWellFormed()).toBe(true)
  }
})

it('decodeText keeps a real replacement character and gives invalid UTF-8 in hex', () => {
  expect(decodeText(Buffer.from('a\ufffd'), 0, 4)).toEqual({ value: 'a\ufffd', encoding: 'text' })
  expect(decodeText(Buffer.from([0x61, 0xff]), 0, 2)).toEqual({ value: '\\x61ff', encoding: 'hex' })
})

describe('budgets', () => {
  it('never count less than JSON takes', () => {
    for (const text of ['', 'a"\\\u0000\n', 'é€😀', '\u2028']) {
      expect(jsonSize(text)).toBeGreaterThanOrEqual(Buffer.byteLength(JSON.stringify(text)))
    }
  })

  it('cut text between characters', () => {
    expect(fitText('\u0001'.repeat(10), 14)).toBe('\u0001\u0001')
    expect(fitText('a😀😀', 10)).toBe('a😀')
    expect(fitText('abc', 100)).toBe('abc')
    const bytes = Buffer.from('a€')
    expect([4, 3, 2, 1].map((end) => wholeCharacters(bytes, 0, end))).toEqual([4, 1, 1, 1])
  })
})
