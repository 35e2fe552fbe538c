import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw, constants as zlib } from 'node:zlib'

/** `total`: of the decoded bytes, as far as they were decoded. */
export type DecodedSample = { bytes: Buffer; total: number }

const PIECE_BYTES = 16 * 1024
/** A hundred bytes can make a decoder take megabytes for its window (RFC 7932, 9.1): so many at once. */
const MAX_DECODERS = 16

let running = 0
const waiting: (() => void)[] = []

/** Can a body of this `Content-Encoding` be decoded? Of several one upon another it cannot. */
export function isDecodable(encoding: string | null): encoding is string {
  return encoding !== null && ['gzip', 'x-gzip', 'br', 'deflate'].includes(encoding.toLowerCase())
}

/**
 * Decodes the beginning of a body, as far as it goes: a cut or broken one gives what can be read of it. Stops at `limit`
 * bytes, however much would follow, so that a small body that decodes to a large one costs no more than another.
 */
export async function decodeSample(encoded: Buffer, encoding: string, limit: number): Promise<DecodedSample> {
  if (running >= MAX_DECODERS) await new Promise<void>((resolve) => waiting.push(resolve))
  running += 1
  try {
    return await decoded(encoded, encoding, limit)
  } finally {
    running -= 1
    waiting.shift()?.()
  }
}

function decoded(encoded: Buffer, encoding: string, limit: number): Promise<DecodedSample> {
  const decoder = decoderOf(encoding.toLowerCase(), encoded)
  const pieces: Buffer[] = []
  let total = 0
  return new Promise((resolve) => {
    const finish = () => {
      decoder.destroy()
      resolve({ bytes: Buffer.concat(pieces).subarray(0, limit), total })
    }
    decoder.on('data', (piece: Buffer) => {
      pieces.push(piece)
      total += piece.length
      if (total > limit) finish()
    })
    decoder.on('end', finish)
    decoder.on('error', finish)
    decoder.end(encoded)
  })
}

function decoderOf(encoding: string, encoded: Buffer) {
  const options = { chunkSize: PIECE_BYTES, finishFlush: zlib.Z_SYNC_FLUSH }
  if (encoding === 'br') return createBrotliDecompress({ chunkSize: PIECE_BYTES, finishFlush: zlib.BROTLI_OPERATION_FLUSH })
  if (encoding !== 'deflate') return createGunzip(options)
  // RFC 9110, 8.4.1.2: zlib's format; some senders leave its wrapper out.
  const isWrapped = ((encoded[0] ?? 0) & 0x0f) === 8 && (((encoded[0] ?? 0) << 8) | (encoded[1] ?? 0)) % 31 === 0
  return isWrapped ? createInflate(options) : createInflateRaw(options)
}
