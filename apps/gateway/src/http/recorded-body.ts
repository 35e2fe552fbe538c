import { isUtf8 } from 'node:buffer'
import { encodeBytes, type HttpBody } from '@hoptrace/events'

/** Of a body's beginning so much is kept, decoded. */
export const SAMPLE_BYTES = 64 * 1024

/** The type of a body and how it is encoded, as its head says. */
export type BodyHead = { mediaType: string | null; encoding: string | null }

const TEXTUAL =
  /^(?:text\/.*|multipart\/form-data|application\/(?:.*\+)?(?:json|xml|yaml|x-yaml|javascript|graphql|sql|x-www-form-urlencoded|x-ndjson|ndjson|json-seq|jsonl|toml|x-sh|problem|jose|jwt))$/

/** Is a body of this type kept as text? One without a type is, where it is UTF-8. */
export function isTextual(mediaType: string | null, sample: Buffer): boolean {
  if (mediaType === null) return isUtf8(withoutCutCharacter(sample))
  return TEXTUAL.test(essenceOf(mediaType))
}

const DOCUMENT = /^application\/(?:(?:.*\+)?(?:json|xml|yaml)|x-yaml|graphql|x-www-form-urlencoded)$/

/** Does a body of this type say nothing before its end? Unlike lines of text, of which each stands for itself. */
export function isDocument(mediaType: string | null): boolean {
  return DOCUMENT.test(essenceOf(mediaType))
}

/** The media type without its parameters, in lower case. */
export function essenceOf(mediaType: string | null): string {
  return (mediaType?.split(';', 1)[0] ?? '').trim().toLowerCase()
}

/** @param total bytes of the decoded body, as far as it came; more than the sample where that was cut */
export function recordedBody(head: BodyHead, sample: Buffer | null, total: number): HttpBody {
  const { mediaType, encoding } = head
  if (sample === null || !isTextual(mediaType, sample)) return { encoding, mediaType }
  const isCut = total > sample.length
  const kept = isCut ? withoutCutCharacter(sample) : sample
  return {
    data: encodeBytes(kept),
    encoding,
    mediaType,
    ...(isCut ? { truncated: { kept: kept.length, total } } : {}),
  }
}

/** Without the bytes of a character of UTF-8 at the end that was cut in two: they would make all of it look like no text. */
export function withoutCutCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if ((byte & 0xc0) === 0x80) continue
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return needs > back ? bytes.subarray(0, bytes.length - back) : bytes
  }
  return bytes
}
