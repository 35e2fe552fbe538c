import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import ssh2 from 'ssh2'
import { wireString, wireUint32 } from './wire-format.ts'

/**
 * A new Ed25519 key for the gateway to be known by, in OpenSSH's private key format (PROTOCOL.key).
 * Written here because ssh2 1.17 drops the leading zeros of a public key: one of its keys in 256 cannot be read.
 */
export function generateHostKey(): string {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const [publicKey, seed] = [Buffer.from(x ?? '', 'base64url'), Buffer.from(d ?? '', 'base64url')]
  const publicBlob = Buffer.concat([wireString('ssh-ed25519'), wireString(publicKey)])
  const check = randomBytes(4)
  const secret = Buffer.concat([check, check, publicBlob, wireString(Buffer.concat([seed, publicKey])), wireString('hoptrace gateway')])
  // Padded to the block of no cipher, 8 bytes, with 1, 2, 3, …
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, i) => i + 1))
  const none = [wireString('none'), wireString('none'), wireString('')]
  const key = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...none,
    wireUint32(1),
    wireString(publicBlob),
    wireString(Buffer.concat([secret, padding])),
  ])
  const lines = key.toString('base64').match(/.{1,70}/g) ?? []
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n')
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
