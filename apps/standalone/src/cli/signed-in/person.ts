import { CliError, ExitCode } from '../exit.ts'
import { type DeviceClient, IdentityProvider, type Tokens } from './identity-provider.ts'
import type { LoginFile, StoredLogin } from './login-file.ts'

/** A token that ends sooner than this is refreshed before it is used. */
const MARGIN_MS = 30_000

/** The token of a person who logged in before, refreshed when it has ended. */
export class Person {
  constructor(
    private readonly file: LoginFile,
    private readonly origin: string,
    private readonly now: () => number,
  ) {}

  get isLoggedIn(): boolean {
    return this.file.find(this.origin) !== null
  }

  /** @throws CliError when the login has ended */
  async token(): Promise<string> {
    const login = this.file.find(this.origin)
    if (login === null) throw ended()
    return takenOf(this.now() < login.expiresAtMs - MARGIN_MS ? login : await this.refreshed(login))
  }

  private async refreshed(login: StoredLogin): Promise<StoredLogin> {
    if (login.refreshToken === null) throw ended()
    const provider = await IdentityProvider.find(login)
    try {
      const next = loginOf(login, await provider.refresh(login.refreshToken), login.taken, this.now())
      this.file.keep(this.origin, next)
      return next
    } catch (error) {
      // Another command may have refreshed it meanwhile, which used the token up.
      const newer = this.file.find(this.origin)
      if (newer !== null && newer.expiresAtMs > login.expiresAtMs) return newer
      throw error
    }
  }
}

export function loginOf(client: DeviceClient, tokens: Tokens, taken: StoredLogin['taken'], nowMs: number): StoredLogin {
  const { issuer, clientId, scope } = client
  const { expiresInSeconds, ...held } = tokens
  const expiresAtMs = expiryOf(taken === 'id' ? tokens.idToken : tokens.accessToken) ?? nowMs + expiresInSeconds * 1000
  return { issuer, clientId, scope, ...held, taken, expiresAtMs }
}

export function takenOf({ taken, idToken, accessToken }: Pick<StoredLogin, 'taken' | 'idToken' | 'accessToken'>): string {
  return taken === 'id' && idToken !== null ? idToken : accessToken
}

/** When a JWT ends (RFC 7519, `exp`), in milliseconds; null for what is none. Only the server verifies it. */
function expiryOf(token: string | null): number | null {
  const payload = token?.split('.')[1]
  if (payload === undefined) return null
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    const exp = typeof claims === 'object' && claims !== null && 'exp' in claims ? claims.exp : null
    return typeof exp === 'number' ? exp * 1000 : null
  } catch {
    return null
  }
}

function ended(): CliError {
  return new CliError(ExitCode.notAuthorised, 'Your login has ended. Log in again: hoptrace login')
}
