import { freePort, type OidcServer, type OidcUser, startOidcProvider, TestBrowser } from '@hoptrace/testing'
import type { ApiOptions } from '../api-options.ts'
import { COOKIE } from '../auth/cookie-sessions.ts'
import type { GroupGrant } from '../auth/oidc/oidc-options.ts'
import { Role } from '../contract/index.ts'
import { ServedApi } from './served-api.ts'

export const groups: ReadonlyMap<string, readonly GroupGrant[]> = new Map<string, readonly GroupGrant[]>([
  ...Role.options.map((role) => [`${role}s`, [role]] as const),
  ['vault', ['reveal']],
])

/** One person a role, one with all of them, one who may see secrets, and one with none: `ana` of `acme` is `acme-operator`, and so on. */
export function peopleOf(tenant: string): OidcUser[] {
  const person = (what: string, held: string[]) => ({ username: `${tenant}-${what}`, name: `${what} of ${tenant}`, groups: held, tenant })
  const all = Role.options.map((role) => `${role}s`)
  return [
    ...Role.options.map((role) => person(role, [`${role}s`])),
    person('everything', all),
    person('revealer', ['investigators', 'vault']),
    person('nobody', ['somewhere-else']),
  ]
}

/** An api at which people sign in, with the provider that they sign in at. */
export class SignedIn {
  private readonly cookies = new Map<string, string>()

  private constructor(
    readonly api: ServedApi,
    readonly provider: OidcServer,
  ) {}

  static async start(
    options: Pick<ApiOptions, 'store' | 'publisher'> & Partial<ApiOptions>,
    tenants: readonly string[],
  ): Promise<SignedIn> {
    const port = await freePort()
    const publicUrl = `http://127.0.0.1:${port}`
    const users = tenants.flatMap(peopleOf)
    const provider = await startOidcProvider({ users, redirectUris: [`${publicUrl}/login/oidc/callback`] })
    const oidc = {
      issuer: provider.issuer,
      clientId: provider.client.id,
      clientSecret: provider.client.secret,
      label: 'the provider',
      scope: 'openid profile',
      claims: { name: null, tenant: 'tenant', groups: 'groups' },
      groups,
      audiences: [provider.client.id, provider.deviceClient.id],
      algorithms: ['RS256'],
      clockToleranceSeconds: 5,
      deviceClientId: provider.deviceClient.id,
    }
    return new SignedIn(await ServedApi.start({ publicUrl, oidc, ...options }, port), provider)
  }

  /** A request of somebody who signed in with a browser. */
  async as(username: string, path: string, init: RequestInit = {}): Promise<Response> {
    const cookie = await this.cookieOf(username)
    const headers = { ...Object.fromEntries(new Headers(init.headers)), cookie, origin: this.api.base }
    const response = await fetch(`${this.api.base}${path}`, { redirect: 'manual', ...init, headers })
    if (response.headers.getSetCookie().some((set) => set.startsWith(`${COOKIE}=;`))) this.cookies.delete(username)
    return response
  }

  async cookieOf(username: string): Promise<string> {
    const known = this.cookies.get(username)
    if (known !== undefined) return known
    const browser = new TestBrowser()
    const { response } = await browser.signIn(`${this.api.base}/login/oidc`, username)
    await response.body?.cancel()
    const cookie = browser.cookieFor(this.api.base)
    this.cookies.set(username, cookie)
    return cookie
  }

  async stop(): Promise<void> {
    await this.api.close()
    await this.provider.stop()
  }
}
