import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { DigestKey } from '@hoptrace/events'

/** The file of the digest key cannot be used. Names the file, never what is in it. */
export class DigestKeyFileError extends Error {
  readonly code = 'DIGEST_KEY_FILE'
  readonly retryable = false
}

/**
 * The tenant's key, 32 bytes in hex, and its id as the gateway derives it.
 * @throws DigestKeyFileError
 */
export function readDigestKey(path: string): DigestKey {
  const hex = contentOf(path)?.trim() ?? null
  if (hex === null) throw new DigestKeyFileError(`${path} cannot be read`)
  if (!/^[0-9a-f]{64}$/i.test(hex)) throw new DigestKeyFileError(`${path} does not hold 32 bytes in hex`)
  return digestKeyOf(hex)
}

/** @param hex 32 bytes */
export function digestKeyOf(hex: string): DigestKey {
  const secret = Buffer.from(hex, 'hex')
  return { id: createHash('sha256').update(secret).digest('hex').slice(0, 8), secret }
}

/** The same, looked for again until it is there: a gateway makes its key at its first start, which may come later. */
export function digestKeyIn(path: string): () => DigestKey | null {
  let key: DigestKey | null = null
  return () => {
    if (key === null && contentOf(path) !== null) key = readDigestKey(path)
    return key
  }
}

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
