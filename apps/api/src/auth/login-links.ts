import { createHash, randomBytes } from 'node:crypto'

export const LOGIN_LINK_MS = 15 * 60_000
const MAX_LINKS = 100

/** One-time login tokens. Kept in memory as hashes: a restart forgets them. */
export class LoginLinks {
  private readonly expiries = new Map<string, number>()

  constructor(private readonly now: () => number) {}

  mint(): { token: string; expiresAtMs: number } {
    const token = randomBytes(24).toString('base64url')
    const expiresAtMs = this.now() + LOGIN_LINK_MS
    const oldest = this.expiries.keys().next()
    if (this.expiries.size >= MAX_LINKS && !oldest.done) this.expiries.delete(oldest.value)
    this.expiries.set(hash(token), expiresAtMs)
    return { token, expiresAtMs }
  }

  /** True once for each token that was minted and has not expired. */
  redeem(token: string): boolean {
    const key = hash(token)
    const expiresAtMs = this.expiries.get(key)
    this.expiries.delete(key)
    return expiresAtMs !== undefined && this.now() < expiresAtMs
  }
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
