import { sshFingerprint } from '@hoptrace/events'

export class SshPublicKeyError extends Error {
  readonly code = 'NOT_AN_SSH_PUBLIC_KEY'
  readonly retryable = false
}

/**
 * `SHA256:…` as `ssh-keygen -l` prints it.
 * @param line one line of an authorized_keys or .pub file: `ssh-ed25519 AAAA… comment`
 * @throws SshPublicKeyError when it is not one
 */
export function sshKeyFingerprint(line: string): string {
  const [type, base64] = line.trim().split(/\s+/)
  const blob = Buffer.from(base64 ?? '', 'base64')
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0
  if (!type || blob.toString('latin1', 4, 4 + length) !== type) throw new SshPublicKeyError('not a line of an OpenSSH public key file')
  return sshFingerprint(blob)
}
