import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { DigestKey } from '@hoptrace/events'
import { readOrMakeSecret, SecretFileError } from '../access/secret-file.ts'

/**
 * The tenant's key for observables: a 0600 file in the data directory, made at first start. Its id tells nothing of it.
 * @throws SecretFileError when the file holds anything but 32 bytes in hex: a short key could be guessed
 */
export function digestKeyOf(dataDir: string): DigestKey {
  const path = join(dataDir, 'digest.key')
  const key = digestKeyFrom(readOrMakeSecret(path, () => randomBytes(32).toString('hex')))
  if (key === null) throw new SecretFileError(`${path} does not hold 32 bytes in hex`)
  return key
}

/** Null unless these are 32 bytes in hex. */
export function digestKeyFrom(hex: string): DigestKey | null {
  if (!/^[0-9a-f]{64}$/i.test(hex)) return null
  const secret = Buffer.from(hex, 'hex')
  return { id: createHash('sha256').update(secret).digest('hex').slice(0, 8), secret }
}
