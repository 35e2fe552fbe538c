import { RuleError } from '../rule-error.ts'
import { literally, type Pattern, plainText } from './wildcards.ts'

/** What a modifier makes of a value: bytes are a string of characters below 256. */
type Encoding = (bytes: Buffer) => string[]

const ENCODINGS: ReadonlyMap<string, Encoding> = new Map<string, Encoding>([
  ['base64', (bytes) => [bytes.toString('base64')]],
  ['base64offset', base64Offsets],
  ['utf16le', (bytes) => [utf16(bytes, false)]],
  ['wide', (bytes) => [utf16(bytes, false)]],
  ['utf16be', (bytes) => [utf16(bytes, true)]],
  ['utf16', (bytes) => [`\xff\xfe${utf16(bytes, false)}`]],
])

export function isEncoding(modifier: string): boolean {
  return ENCODINGS.has(modifier)
}

/** Values in the encodings that the modifiers name, in their order. @throws RuleError where a value has wildcards */
export function encode(patterns: readonly Pattern[], modifiers: readonly string[]): Pattern[] {
  let bytes = patterns.map((pattern) => {
    const text = plainText(pattern)
    if (text === null) throw new RuleError('a value that is encoded cannot have wildcards')
    return Buffer.from(text, 'utf8').toString('latin1')
  })
  for (const modifier of modifiers) {
    const encoding = ENCODINGS.get(modifier)
    if (encoding) bytes = bytes.flatMap((value) => encoding(Buffer.from(value, 'latin1')))
  }
  return bytes.map(literally)
}

function utf16(bytes: Buffer, isBigEndian: boolean): string {
  const encoded = Buffer.from(bytes.toString('utf8'), 'utf16le')
  return (isBigEndian ? encoded.swap16() : encoded).toString('latin1')
}

/** The characters that stay the same wherever the bytes stand in what is encoded (shifted by 0, 1 or 2 bytes). */
function base64Offsets(bytes: Buffer): string[] {
  const skip = [0, 2, 3]
  return skip.map((start, shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
    const left = (bytes.length + shift) % 3
    return encoded.slice(start, left === 0 ? undefined : encoded.length - (left === 1 ? 3 : 2))
  })
}
