import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'

/** `SHA256:…` as `ssh-keygen -l` prints it. @param blob the public key in SSH's wire form (RFC 4253, 6.6) */
export function sshFingerprint(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
}

/**
 * A key in PEM (PKCS #1, PKCS #8, SEC 1, SPKI) or OpenSSH's private form → the OpenSSH fingerprint of its public half;
 * null when it is none, or an encrypted PEM. An encrypted OpenSSH key still shows its public half.
 */
export function keyFingerprint(pem: string): string | null {
  try {
    if (pem.includes('BEGIN OPENSSH PRIVATE KEY')) return fingerprintOfOpenSsh(pem)
    const blob = blobOf(pem.includes('PRIVATE KEY') ? createPublicKey(createPrivateKey(pem)) : createPublicKey(pem))
    return blob && sshFingerprint(blob)
  } catch {
    return null
  }
}

// OpenSSH's PROTOCOL.key: magic, cipher, KDF, KDF options, number of keys, then the public key in clear.
function fingerprintOfOpenSsh(pem: string): string | null {
  const bytes = Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64')
  const magic = 'openssh-key-v1\0'
  if (bytes.toString('latin1', 0, magic.length) !== magic) return null
  let at = magic.length
  for (let field = 0; field < 3; field++) at += 4 + bytes.readUInt32BE(at)
  const length = bytes.readUInt32BE(at + 4)
  return sshFingerprint(bytes.subarray(at + 8, at + 8 + length))
}

function blobOf(key: KeyObject): Buffer | null {
  const jwk = key.export({ format: 'jwk' })
  const bytes = (text: string | undefined) => Buffer.from(text ?? '', 'base64url')
  if (jwk.kty === 'RSA') return Buffer.concat([field('ssh-rsa'), integer(bytes(jwk.e)), integer(bytes(jwk.n))])
  if (jwk.kty === 'OKP' && jwk.crv === 'Ed25519') return Buffer.concat([field('ssh-ed25519'), field(bytes(jwk.x))])
  if (jwk.kty !== 'EC' || !jwk.crv?.startsWith('P-')) return null
  const curve = `nistp${jwk.crv.slice(2)}`
  const point = Buffer.concat([Buffer.from([4]), bytes(jwk.x), bytes(jwk.y)])
  return Buffer.concat([field(`ecdsa-sha2-${curve}`), field(curve), field(point)])
}

function field(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value as string)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

// SSH's mpint: a leading zero keeps a high first bit from meaning a negative number.
function integer(bytes: Buffer): Buffer {
  return field((bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes)
}
