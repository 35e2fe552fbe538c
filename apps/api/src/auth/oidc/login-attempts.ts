import { hkdfSync } from 'node:crypto'
import { EncryptJWT, jwtDecrypt } from 'jose'
import { z } from 'zod'
import { cookieIn, cookieName } from '../cookie-sessions.ts'
import type { LoginAttempt } from './oidc-provider.ts'

const ATTEMPT_COOKIE = 'hoptrace_sign_in'
const LIFETIME_SECONDS = 10 * 60
const PATH = '/login/oidc'

const Attempt = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), to: z.string() })
type Attempt = LoginAttempt & { /** A path of this server. */ to: string }

/** A sign-in that has begun, sealed into a cookie of the browser that began it: any process can finish it, and no other browser. */
export class LoginAttempts {
  private readonly key: Uint8Array

  constructor(
    secret: string,
    private readonly isSecure: boolean,
    private readonly now: () => number,
  ) {
    this.key = new Uint8Array(hkdfSync('sha256', secret, '', 'hoptrace sign-in attempt v1', 32))
  }

  /** A `Set-Cookie` value. */
  async seal(attempt: Attempt): Promise<string> {
    const until = new Date(this.now() + LIFETIME_SECONDS * 1000)
    const sealed = await new EncryptJWT(attempt)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setExpirationTime(until)
      .encrypt(this.key)
    return this.cookie(sealed, LIFETIME_SECONDS)
  }

  /** The attempt in a `Cookie` header; null for what this server did not seal, or too long ago. */
  async open(header: string | undefined): Promise<Attempt | null> {
    const sealed = cookieIn(header, this.name)
    if (sealed === null) return null
    try {
      const options = {
        currentDate: new Date(this.now()),
        keyManagementAlgorithms: ['dir' as const],
        contentEncryptionAlgorithms: ['A256GCM' as const],
      }
      return Attempt.parse((await jwtDecrypt(sealed, this.key, options)).payload)
    } catch {
      return null
    }
  }

  /** A `Set-Cookie` value: an attempt is finished once. */
  clear(): string {
    return this.cookie('', 0)
  }

  private get name(): string {
    return cookieName(ATTEMPT_COOKIE, this.isSecure)
  }

  private cookie(value: string, maxAgeSeconds: number): string {
    // The name that no other host can set is for every path. Lax: the provider sends the browser back from another site.
    return `${this.name}=${value}; Path=${this.isSecure ? '/' : PATH}; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}${this.isSecure ? '; Secure' : ''}`
  }
}
