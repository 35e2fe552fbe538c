import * as oidc from 'openid-client'
import { CliError, ExitCode } from '../exit.ts'

/** What an identity provider gives for a login. */
export type Tokens = { accessToken: string; idToken: string | null; refreshToken: string | null; expiresInSeconds: number }
export type DeviceClient = { issuer: string; clientId: string; scope: string }
/** Where a person goes, and what they enter there. */
export type DeviceCode = { url: string; completeUrl: string | null; code: string }

/** A provider that says no lifetime: the token is asked for again after this. */
const DEFAULT_LIFETIME_SECONDS = 300

/** The provider as the command line's client sees it: the device flow (RFC 8628), refreshing, and revoking (RFC 7009). */
export class IdentityProvider {
  private constructor(
    private readonly configuration: oidc.Configuration,
    private readonly client: DeviceClient,
  ) {}

  /** @throws CliError when it cannot be reached, or is no such provider */
  static async find(client: DeviceClient): Promise<IdentityProvider> {
    const issuer = new URL(client.issuer)
    // Plain HTTP only where the platform itself names such a provider: one on this machine.
    const execute = issuer.protocol === 'http:' && isLoopback(issuer.hostname) ? [oidc.allowInsecureRequests] : []
    try {
      return new IdentityProvider(await oidc.discovery(issuer, client.clientId, undefined, oidc.None(), { execute }), client)
    } catch {
      throw new CliError(ExitCode.cannotReach, `The identity provider at ${issuer.origin} cannot be reached, or is none.`)
    }
  }

  /**
   * Waits until a person has confirmed the login elsewhere.
   * @param say is told where and with which code
   * @throws CliError when the person refused, or took too long
   */
  async logIn(say: (device: DeviceCode) => void): Promise<Tokens> {
    const device = await this.asked(() => oidc.initiateDeviceAuthorization(this.configuration, { scope: this.client.scope }))
    say({ url: device.verification_uri, completeUrl: device.verification_uri_complete ?? null, code: device.user_code })
    return tokensOf(await this.asked(() => oidc.pollDeviceAuthorizationGrant(this.configuration, device)))
  }

  /** @throws CliError when the login has ended */
  async refresh(refreshToken: string): Promise<Tokens> {
    const tokens = tokensOf(await this.asked(() => oidc.refreshTokenGrant(this.configuration, refreshToken)))
    return { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken }
  }

  /** @returns false when the provider offers no revocation, or it failed: the token then lives until it expires */
  async revoke(token: string): Promise<boolean> {
    if (this.configuration.serverMetadata().revocation_endpoint === undefined) return false
    try {
      await oidc.tokenRevocation(this.configuration, token)
      return true
    } catch {
      return false
    }
  }

  private async asked<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask()
    } catch (error) {
      throw refusalOf(error, this.client.issuer)
    }
  }
}

const REFUSALS: Record<string, string> = {
  access_denied: 'The login was refused at the identity provider.',
  expired_token: 'Nobody confirmed the login in time. Try again: hoptrace login',
  invalid_grant: 'Your login has ended. Log in again: hoptrace login',
}

// The provider's own words may quote what it was sent.
function refusalOf(error: unknown, issuer: string): CliError {
  if (error instanceof oidc.ResponseBodyError) {
    const said = REFUSALS[error.error] ?? `The identity provider refused (${error.error.replaceAll(/[^a-z_]/g, '').slice(0, 40)}).`
    return new CliError(ExitCode.notAuthorised, said)
  }
  if (error instanceof oidc.ClientError && error.code === 'OAUTH_TIMEOUT')
    return new CliError(ExitCode.notAuthorised, REFUSALS.expired_token ?? '')
  return new CliError(ExitCode.cannotReach, `The identity provider at ${new URL(issuer).origin} did not answer as it should.`)
}

function tokensOf(response: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers): Tokens {
  return {
    accessToken: response.access_token,
    idToken: response.id_token ?? null,
    refreshToken: response.refresh_token ?? null,
    expiresInSeconds: response.expiresIn() ?? DEFAULT_LIFETIME_SECONDS,
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)
}
