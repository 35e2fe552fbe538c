import { createHash } from 'node:crypto'
import { canonicalJson, uuidv7 } from '@hoptrace/events'

export type ImportIdentity = {
  tenant: string
  principal: string
  /** Name of the target. */
  target: string
  /** Account on the target. */
  account: string
  /** SHA-256 of the file's bytes, in hex. */
  sha256: string
}

/**
 * The session id of an imported file: a UUIDv7 (RFC 9562) whose time is the recording's and whose random bits are a digest
 * of what was imported for whom, so that importing a file twice gives the same session, and adds nothing.
 * @param startedAtUs microseconds since the epoch; null, for a file that does not say, stands at the epoch itself
 */
export function importedSessionId(identity: ImportIdentity, startedAtUs: bigint | null): string {
  const { tenant, principal, target, account, sha256 } = identity
  const digest = createHash('sha256')
    .update(canonicalJson([tenant, principal, target, account, sha256]))
    .digest()
  return uuidv7(Number((startedAtUs ?? 0n) / 1000n), digest)
}
