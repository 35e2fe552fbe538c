import { BYTE_MARK, type Masked } from './mask-event.ts'
import { hidden, secretSpans } from './secret-ranges.ts'

/** Bytes of no known form with what may be a secret in them hidden: as many bytes as before. */
export function maskBytes(bytes: Buffer): Masked<Buffer> {
  const text = bytes.toString('latin1')
  const spans = secretSpans(text)
  return { shown: Buffer.from(hidden(text, spans, BYTE_MARK), 'latin1'), masked: spans.length }
}
