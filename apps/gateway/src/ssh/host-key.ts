import { createHash } from 'node:crypto'
import ssh2 from 'ssh2'

/** A new Ed25519 key for the gateway to be known by, in OpenSSH's private key format. */
export function generateHostKey(): string {
  return ssh2.utils.generateKeyPairSync('ed25519', { comment: 'hoptrace gateway' }).private
}

/** The public half of a private key: its fingerprint as `ssh-keygen -l` prints it, and its line for a known_hosts file. */
export function describeHostKey(privateKey: string): { fingerprint: string; knownHostsKey: string } {
  const key = ssh2.utils.parseKey(privateKey)
  if (key instanceof Error) throw new HostKeyError('the host key is no private key that can be read')
  const blob = key.getPublicSSH()
  return { fingerprint: fingerprintOf(blob), knownHostsKey: `${key.type} ${blob.toString('base64')}` }
}

export class HostKeyError extends Error {
  readonly code = 'SSH_HOST_KEY'
  readonly retryable = false
}

/** `SHA256:…`, RFC 4648 base64 without padding, as OpenSSH writes it. */
export function fingerprintOf(keyBlob: Buffer): string {
  return `SHA256:${createHash('sha256').update(keyBlob).digest('base64').replace(/=+$/, '')}`
}
