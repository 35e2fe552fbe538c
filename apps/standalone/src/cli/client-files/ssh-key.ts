import { generateKeyPairSync, randomBytes } from 'node:crypto'

/** An ed25519 key as ssh-keygen writes it: the private key file, and the line of the public one. */
export type SshKey = { privateFile: string; publicLine: string }

const TYPE = 'ssh-ed25519'
const BLOCK = 8

/** Format: OpenSSH's PROTOCOL.key, unencrypted; the public key as in RFC 8709. */
export function generateSshKey(comment: string): SshKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const bytes = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
  const seed = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url')
  const publicBlob = Buffer.concat([field(TYPE), field(bytes)])
  return { privateFile: privateFileOf(bytes, seed, publicBlob, comment), publicLine: `${TYPE} ${publicBlob.toString('base64')} ${comment}` }
}

function privateFileOf(publicBytes: Buffer, seed: Buffer, publicBlob: Buffer, comment: string): string {
  const check = randomBytes(4)
  const secret = Buffer.concat([check, check, field(TYPE), field(publicBytes), field(Buffer.concat([seed, publicBytes])), field(comment)])
  const padding = Buffer.from(Array.from({ length: (BLOCK - (secret.length % BLOCK)) % BLOCK }, (_, index) => index + 1))
  const key = Buffer.concat([
    Buffer.from('openssh-key-v1\0', 'latin1'),
    ...[field('none'), field('none'), field('')],
    uint32(1),
    field(publicBlob),
    field(Buffer.concat([secret, padding])),
  ])
  const lines = key.toString('base64').match(/.{1,70}/g) ?? []
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`
}

function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content)
  return Buffer.concat([uint32(bytes.length), bytes])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
