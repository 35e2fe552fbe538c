import { randomBytes } from 'node:crypto'
import { ServiceTokens as StoredTokens } from '@hoptrace/store'
import type { Provider } from '@nestjs/common'
import type { ApiOptions } from '../api-options.ts'
import { BacktestReceipts } from '../rules/backtest-receipt.ts'
import { searchDigest } from '../search/search-digest.ts'
import * as token from '../tokens.ts'
import { Authenticator } from './authenticator.ts'
import { CookieSessions } from './cookie-sessions.ts'
import { FailedAttempts } from './failed-attempts.ts'
import { LoginLinks } from './login-links.ts'
import { BearerVerifier } from './oidc/bearer-verifier.ts'
import { LoginAttempts } from './oidc/login-attempts.ts'
import type { SignIn } from './oidc/oidc.controller.ts'
import { OidcProvider } from './oidc/oidc-provider.ts'
import { ServiceTokens } from './service/service-tokens.ts'

const LIFETIME_MS = 12 * 60 * 60_000

/** Whoever may come in, and by which door. @throws Error when people are to sign in and nobody said where the server is */
export function authProviders(options: ApiOptions): Provider[] {
  const { operatorToken, tenant, publicUrl = null, sessionLifetimeMs: lifetimeMs = LIFETIME_MS } = options
  const secret = options.sessionSecret ?? operatorToken ?? randomBytes(32).toString('base64url')
  const isSecure = publicUrl !== null && new URL(publicUrl).protocol === 'https:'
  const cookies = new CookieSessions({ secret, operatorToken, lifetimeMs, isSecure, now: Date.now })
  const serviceTokens = new ServiceTokens(new StoredTokens(options.store), options.tokenPepper ?? null, Date.now)
  const signIn = signInOf(options)
  const provider = signIn && new BearerVerifier(signIn.provider, tenant, Date.now)
  const signOutUrl = () => signIn?.provider.signOutUrl()
  const authenticator = new Authenticator({ operatorToken, tenant, publicUrl, cookies, serviceTokens, provider, signOutUrl })
  return [
    { provide: token.AUTHENTICATOR, useValue: authenticator },
    { provide: token.COOKIE_SESSIONS, useValue: cookies },
    { provide: token.SERVICE_TOKENS, useValue: serviceTokens },
    { provide: token.OIDC_PROVIDER, useValue: signIn },
    { provide: token.LOGIN_ATTEMPTS, useValue: new LoginAttempts(secret, isSecure, Date.now) },
    { provide: token.LOGIN_LINKS, useValue: new LoginLinks(Date.now) },
    { provide: token.FAILED_ATTEMPTS, useValue: new FailedAttempts(Date.now) },
    { provide: token.SEARCH_DIGEST, useValue: searchDigest(secret) },
    { provide: token.BACKTEST_RECEIPTS, useValue: new BacktestReceipts(secret) },
  ]
}

function signInOf({ oidc, publicUrl, tenant }: ApiOptions): SignIn | null {
  if (oidc === undefined) return null
  if (publicUrl === undefined) throw new Error('Signing in needs the public URL of the server')
  const provider = new OidcProvider(oidc, publicUrl, Date.now)
  // Who is signed in already is told where to sign out. Nothing waits for a provider that is away.
  provider.metadata().catch(() => undefined)
  return { provider, tenant }
}
