import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const FORM = /^hopsvc_([0-9a-f]{24})_([A-Za-z0-9_-]{43})$/

/** A new token: its id finds it, its secret (256 random bits) proves it. */
export function newServiceToken(): { tokenId: string; secret: string; token: string } {
  const tokenId = randomBytes(12).toString('hex')
  const secret = randomBytes(32).toString('base64url')
  return { tokenId, secret, token: `hopsvc_${tokenId}_${secret}` }
}

/** Null for what is no service token by its form. */
export function partsOfServiceToken(token: string): { tokenId: string; secret: string } | null {
  const [, tokenId, secret] = FORM.exec(token) ?? []
  return tokenId === undefined || secret === undefined ? null : { tokenId, secret }
}

/**
 * What is stored of a secret. A random one needs no slow hash: there is nothing to guess.
 * @param pepper a key outside the store, so that who can write there cannot make a token; null for none
 */
export function hashOfSecret(secret: string, pepper: string | null): string {
  const hash = pepper === null ? createHash('sha256') : createHmac('sha256', pepper)
  return hash.update(secret).digest('hex')
}

export function isSecretOf(stored: string, secret: string, pepper: string | null): boolean {
  const [left, right] = [Buffer.from(stored), Buffer.from(hashOfSecret(secret, pepper))]
  return left.length === right.length && timingSafeEqual(left, right)
}
