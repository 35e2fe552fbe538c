import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { ProblemError } from '../../http/problem.ts'
import type { Identity } from '../identity.ts'
import { personIn } from './claims.ts'
import type { OidcProvider } from './oidc-provider.ts'

const TIMEOUT_MS = 5_000
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/

/** Verifies the provider's JWTs (RFC 7519, 9068): those that the command line has of the device flow. */
export class BearerVerifier {
  private keys: { uri: string; get: JWTVerifyGetKey } | null = null

  constructor(
    private readonly provider: OidcProvider,
    private readonly tenant: string,
    private readonly now: () => number,
  ) {}

  /**
   * Whose token it is; null when it does not hold. Somebody without a role is known, and has no rights.
   * @throws ProblemError IDENTITY_UNAVAILABLE when the keys cannot be had
   */
  async identify(token: string): Promise<Identity | null> {
    if (!COMPACT.test(token)) return null
    const { options } = this.provider
    const { issuer, jwks_uri: uri } = await this.provider.metadata()
    if (uri === undefined) throw new ProblemError('IDENTITY_UNAVAILABLE')
    try {
      const { payload } = await jwtVerify(token, this.keysAt(uri), {
        issuer,
        audience: [...options.audiences],
        algorithms: [...options.algorithms],
        clockTolerance: options.clockToleranceSeconds,
        currentDate: new Date(this.now()),
        requiredClaims: ['sub', 'exp', 'iat'],
      })
      const claimed = personIn(payload, options, this.tenant)
      if (claimed.kind === 'person') return claimed.identity
      if (claimed.reason !== 'no-role') return null
      return { subject: String(payload.sub), name: claimed.name, tenant: this.tenant, roles: [], mayReveal: false, via: 'oidc' }
    } catch (error) {
      if (isRefusal(error)) return null
      throw new ProblemError('IDENTITY_UNAVAILABLE')
    }
  }

  // Keys are fetched when one is unknown, at most each half minute, and anew each ten minutes: a provider rotates them.
  private keysAt(uri: string): JWTVerifyGetKey {
    if (this.keys?.uri !== uri) this.keys = { uri, get: createRemoteJWKSet(new URL(uri), { timeoutDuration: TIMEOUT_MS }) }
    return this.keys.get
  }
}

// The token's own fault; anything else is the provider's or the network's.
function isRefusal(error: unknown): boolean {
  return error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout) && error.code !== 'ERR_JOSE_GENERIC'
}
