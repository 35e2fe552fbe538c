import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { DigestKey } from '@hoptrace/events'
import { readOrMakeSecret } from '../access/secret-file.ts'

/** The tenant's key for observables: a 0600 file in the data directory, made at first start. Its id tells nothing of it. */
export function digestKeyOf(dataDir: string): DigestKey {
  const hex = readOrMakeSecret(join(dataDir, 'digest.key'), () => randomBytes(32).toString('hex'))
  const secret = Buffer.from(hex, 'hex')
  return { id: createHash('sha256').update(secret).digest('hex').slice(0, 8), secret }
}
