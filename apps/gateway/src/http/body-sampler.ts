import { encodeBytes, type HttpBody } from '@hoptrace/events'
import { decodeSample, isDecodable } from './decoded-sample.ts'
import type { BinaryRecord, Dialect, SampledText } from './dialect.ts'
import { type BodyHead, recordedBody, SAMPLE_BYTES, withoutCutCharacter } from './recorded-body.ts'

/** What is recorded of a body, its text for further reading, and secrets that stood in it and are only digested. */
export type BodySample = { body: HttpBody; text: SampledText; secrets: string[] }

export type Gathered = { head: BodyHead; prefix: Buffer; isWhole: boolean }

/** Calls back with the sample of what came of a body: at once, unless it must be decoded. */
export function sampleBody(side: 'asked' | 'answered', gathered: Gathered, dialect: Dialect, use: (sample: BodySample) => void): void {
  const { head, prefix, isWhole } = gathered
  const { encoding } = head
  if (encoding === null || encoding.toLowerCase() === 'identity') return void use(sampled(side, gathered, prefix, prefix.length, dialect))
  if (!isDecodable(encoding)) return void use({ body: recordedBody(head, null, 0), text: null, secrets: [] })
  decodeSample(prefix, encoding, SAMPLE_BYTES).then(({ bytes, total }) => {
    use(sampled(side, { head, prefix, isWhole: isWhole && total <= bytes.length }, bytes, total, dialect))
  })
}

function sampled(side: 'asked' | 'answered', { head, isWhole }: Gathered, decoded: Buffer, total: number, dialect: Dialect): BodySample {
  const kept = decoded.subarray(0, SAMPLE_BYTES)
  const body = recordedBody(head, kept, total)
  if (body.data === undefined) return binarySample(dialect.binary?.(side, head.mediaType, kept) ?? null, body, total)
  const isAll = isWhole && total <= kept.length
  const text = { text: 'utf8' in body.data ? body.data.utf8 : withoutCutCharacter(kept).toString('utf8'), isWhole: isAll }
  const redaction = dialect.redact?.(side, text) ?? null
  if (redaction === null) return { body, text, secrets: [] }
  const data = encodeBytes(Buffer.from(redaction.text, 'utf8'))
  return {
    body: { ...body, data, withheld: redaction.withheld },
    text: { text: redaction.text, isWhole: isAll },
    secrets: redaction.secrets,
  }
}

function binarySample(record: BinaryRecord | null, body: HttpBody, total: number): BodySample {
  if (record === null) return { body, text: null, secrets: [] }
  const { data, withheld, secrets } = record
  const kept = data && { data: encodeBytes(data), ...(total > data.length ? { truncated: { kept: data.length, total } } : {}) }
  return { body: { ...body, ...kept, ...(withheld.length > 0 ? { withheld } : {}) }, text: null, secrets }
}
