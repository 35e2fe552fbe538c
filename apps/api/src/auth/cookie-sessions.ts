import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

export const COOKIE = 'hoptrace'
const LIFETIME_MS = 12 * 60 * 60_000

/**
 * Login cookies: `expiry.nonce.mac`, keyed by the operator's token, so that a restart logs nobody out
 * and a new operator's token logs everybody out.
 */
export class CookieSessions {
  private readonly key: Buffer
  private readonly loggedOut = new Map<string, number>()

  constructor(
    operatorToken: string,
    private readonly now: () => number,
  ) {
    this.key = createHmac('sha256', operatorToken).update('hoptrace login cookie v1').digest()
  }

  /** A `Set-Cookie` value. */
  issue(): string {
    const claim = `${this.now() + LIFETIME_MS}.${randomBytes(18).toString('base64url')}`
    return `${COOKIE}=${claim}.${this.mac(claim)}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${LIFETIME_MS / 1000}`
  }

  isValid(cookie: string): boolean {
    const match = /^((\d{1,16})\.[A-Za-z0-9_-]{24})\.([A-Za-z0-9_-]{43})$/.exec(cookie)
    if (!match?.[1] || !match[3]) return false
    const isOurs = timingSafeEqual(Buffer.from(this.mac(match[1])), Buffer.from(match[3]))
    return isOurs && this.now() < Number(match[2]) && !this.loggedOut.has(cookie)
  }

  /** Ends this login and gives the `Set-Cookie` that clears it. */
  end(cookie: string | null): string {
    if (cookie !== null && this.isValid(cookie)) this.loggedOut.set(cookie, Number(cookie.split('.')[0]))
    for (const [ended, expiresAtMs] of this.loggedOut) if (expiresAtMs <= this.now()) this.loggedOut.delete(ended)
    return `${COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`
  }

  private mac(claim: string): string {
    return createHmac('sha256', this.key).update(claim).digest('base64url')
  }
}

/** The login cookie in a `Cookie` header. */
export function cookieIn(header: string | undefined): string | null {
  for (const part of header?.split(';') ?? []) {
    const [name, value] = part.split('=', 2)
    if (name?.trim() === COOKIE && value) return value.trim()
  }
  return null
}
