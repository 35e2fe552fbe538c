import * as oidc from 'openid-client'
import { ProblemError } from '../../http/problem.ts'
import type { OidcOptions } from './oidc-options.ts'

const TIMEOUT_SECONDS = 10
const RETRY_AFTER_MS = 5_000
const REFRESH_AFTER_MS = 60 * 60_000

export type LoginAttempt = { state: string; nonce: string; verifier: string }

/** The identity provider, by its own description (OpenID Connect Discovery 1.0), which is read when it is first needed. */
export class OidcProvider {
  private found: { configuration: Promise<oidc.Configuration>; atMs: number; hasFailed: boolean } | null = null
  private known: oidc.Configuration | null = null

  constructor(
    readonly options: OidcOptions,
    /** Where browsers reach the server. */
    private readonly publicUrl: string,
    private readonly now: () => number,
  ) {}

  /** Where a browser goes to sign in, and what the answer must agree with. Authorisation code with PKCE (RFC 7636). */
  async begin(): Promise<{ url: URL; attempt: LoginAttempt }> {
    const configuration = await this.configuration()
    const attempt = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() }
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: this.redirectUri,
      scope: this.options.scope,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: 'S256',
    })
    return { url, attempt }
  }

  /**
   * The claims of whoever came back.
   * @param search the query of the address that the provider sent the browser to
   * @throws openid-client's errors when anything does not agree
   */
  async finish(search: string, { state, nonce, verifier }: LoginAttempt): Promise<Record<string, unknown>> {
    const configuration = await this.configuration()
    const returned = new URL(this.redirectUri)
    returned.search = search
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true }
    const tokens = await oidc.authorizationCodeGrant(configuration, returned, checks)
    const claims: Record<string, unknown> = { ...tokens.claims() }
    const { groups } = this.options.claims
    if (groups in claims || configuration.serverMetadata().userinfo_endpoint === undefined) return claims
    // Many providers tell groups there alone. The ID token's own claims win.
    return { ...(await oidc.fetchUserInfo(configuration, tokens.access_token, String(claims.sub))), ...claims }
  }

  /** Where a browser signs out at the provider (RP-Initiated Logout 1.0); undefined when it offers none or is not known yet. */
  signOutUrl(): string | undefined {
    if (this.known?.serverMetadata().end_session_endpoint === undefined) return undefined
    return oidc.buildEndSessionUrl(this.known, { post_logout_redirect_uri: new URL('/', this.publicUrl).href }).href
  }

  /** @throws ProblemError IDENTITY_UNAVAILABLE */
  async metadata(): Promise<oidc.ServerMetadata> {
    return (await this.configuration()).serverMetadata()
  }

  private get redirectUri(): string {
    return new URL('/login/oidc/callback', this.publicUrl).href
  }

  private async configuration(): Promise<oidc.Configuration> {
    const age = this.found ? this.now() - this.found.atMs : Number.POSITIVE_INFINITY
    if (!this.found || age > (this.found.hasFailed ? RETRY_AFTER_MS : REFRESH_AFTER_MS)) {
      const found = { configuration: this.discover(), atMs: this.now(), hasFailed: false }
      found.configuration.catch(() => {
        found.hasFailed = true
      })
      this.found = found
    }
    try {
      this.known = await this.found.configuration
      return this.known
    } catch {
      // A provider that is away for a moment has not changed.
      if (this.known) return this.known
      throw new ProblemError('IDENTITY_UNAVAILABLE')
    }
  }

  private discover(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.options
    const authentication = clientSecret === null ? oidc.None() : oidc.ClientSecretBasic(clientSecret)
    // Plain http is for a provider on this very machine, which the settings see to.
    const execute = new URL(issuer).protocol === 'http:' ? [oidc.allowInsecureRequests] : []
    return oidc.discovery(new URL(issuer), clientId, undefined, authentication, { execute, timeout: TIMEOUT_SECONDS })
  }
}
