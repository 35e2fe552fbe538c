import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Me } from '../contract/index.ts'
import type { CookieSessions } from './cookie-sessions.ts'
import { type Identity, meOf, operatorOf } from './identity.ts'
import type { BearerVerifier } from './oidc/bearer-verifier.ts'
import { isSameOrigin } from './same-origin.ts'
import type { ServiceTokens } from './service/service-tokens.ts'

export type AuthenticatorParts = {
  /** Null where nobody signs in with an operator's token. */
  operatorToken: string | null
  tenant: string
  publicUrl: string | null
  cookies: CookieSessions
  serviceTokens: ServiceTokens
  /** Null without an identity provider. */
  provider: BearerVerifier | null
  /** Where a browser signs out at the provider. */
  signOutUrl: () => string | undefined
}

/** A token of the identity provider is longer than our own. */
const BEARER = /^Bearer ([\x21-\x7e]{1,8192})$/i

/** Says who asks: by a bearer token, or by the cookie of a browser that signed in. */
export class Authenticator {
  private readonly operatorHash: Buffer | null

  constructor(private readonly parts: AuthenticatorParts) {
    this.operatorHash = parts.operatorToken === null ? null : sha256(parts.operatorToken)
  }

  /**
   * Null when nobody is authenticated.
   * @throws ProblemError IDENTITY_UNAVAILABLE when the provider cannot be asked for its keys
   */
  async viewerOf(request: IncomingMessage): Promise<Me | null> {
    const { authorization } = request.headers
    if (authorization !== undefined) {
      const token = BEARER.exec(authorization)?.[1]
      const identity = token === undefined ? null : await this.identify(token)
      return identity && meOf(identity, 'bearer')
    }
    const cookie = this.parts.cookies.in(request.headers.cookie)
    const identity = cookie === null ? null : this.parts.cookies.read(cookie)
    if (!identity || !isSameOrigin(request, this.parts.publicUrl)) return null
    return meOf(identity, 'cookie', identity.via === 'oidc' ? this.parts.signOutUrl() : undefined)
  }

  isOperator(token: string): boolean {
    return this.operatorHash !== null && timingSafeEqual(sha256(token), this.operatorHash)
  }

  private async identify(token: string): Promise<Identity | null> {
    if (this.isOperator(token)) return operatorOf(this.parts.tenant)
    if (token.startsWith('hopsvc_')) return this.parts.serviceTokens.identify(token)
    return (await this.parts.provider?.identify(token)) ?? null
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
