import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { Name } from '@hoptrace/events'
import { z } from 'zod'
import { Role } from '../contract/index.ts'
import type { Identity } from './identity.ts'

export const COOKIE = 'hoptrace'
const MAX_LENGTH = 3500
const MAX_LOGGED_OUT = 100_000

const Claim = z.object({
  /** Milliseconds since the epoch. */
  until: z.int(),
  nonce: z.string(),
  /** Of an operator's cookie: which token it was given for. */
  token: z.string().optional(),
  who: z.object({
    subject: z.string(),
    name: z.string(),
    tenant: Name,
    roles: z.array(Role),
    mayReveal: z.boolean(),
    via: z.enum(['operator', 'oidc']),
  }),
})

export type CookieOptions = {
  /** Who knows it can sign anybody in; another one logs everybody out. */
  secret: string
  /** Null where nobody signs in with one. */
  operatorToken: string | null
  lifetimeMs: number
  /** Is the server reached by https? */
  isSecure: boolean
  now: () => number
}

/** Login cookies: `claim.mac`, so that a restart logs nobody out and every process that shares the secret knows them. */
export class CookieSessions {
  private readonly key: Buffer
  private readonly name: string
  private readonly operatorToken: string | null
  private readonly loggedOut = new Map<string, number>()

  constructor(private readonly options: CookieOptions) {
    this.key = createHmac('sha256', options.secret).update('hoptrace login cookie v2').digest()
    // Whoever changes a token that others have must not leave them signed in.
    this.operatorToken = options.operatorToken === null ? null : this.mac(`operator ${options.operatorToken}`)
    this.name = cookieName(COOKIE, options.isSecure)
  }

  /** The login cookie in a `Cookie` header. */
  in(header: string | undefined): string | null {
    return cookieIn(header, this.name)
  }

  /** A `Set-Cookie` value; another one with each login. */
  issue(who: Identity): string {
    const { lifetimeMs, now } = this.options
    const claim = { until: now() + lifetimeMs, nonce: randomBytes(18).toString('base64url'), who: bounded(who) }
    const bound = who.via === 'operator' && this.operatorToken !== null ? { token: this.operatorToken } : {}
    const text = Buffer.from(JSON.stringify({ ...claim, ...bound })).toString('base64url')
    return this.cookie(`${text}.${this.mac(text)}`, Math.floor(lifetimeMs / 1000))
  }

  /** Null for a cookie that is forged, expired, logged out, or was given for an operator's token that is none any more. */
  read(cookie: string): Identity | null {
    const [, text, mac] = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{43})$/.exec(cookie.slice(0, MAX_LENGTH)) ?? []
    if (text === undefined || mac === undefined) return null
    const isOurs = timingSafeEqual(Buffer.from(this.mac(text)), Buffer.from(mac))
    if (!isOurs || this.loggedOut.has(cookie)) return null
    const claim = Claim.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')))
    const isOver = this.options.now() >= claim.until
    const isOfAnotherToken = claim.who.via === 'operator' && (this.operatorToken === null || claim.token !== this.operatorToken)
    return isOver || isOfAnotherToken ? null : claim.who
  }

  /** Ends this login and gives the `Set-Cookie` that clears it. */
  end(cookie: string | null): string {
    const now = this.options.now()
    for (const [ended, until] of this.loggedOut) if (until <= now) this.loggedOut.delete(ended)
    const [oldest] = this.loggedOut.keys()
    if (this.loggedOut.size >= MAX_LOGGED_OUT && oldest !== undefined) this.loggedOut.delete(oldest)
    if (cookie !== null && this.read(cookie)) this.loggedOut.set(cookie, now + this.options.lifetimeMs)
    return this.cookie('', 0)
  }

  private cookie(value: string, maxAgeSeconds: number): string {
    return `${this.name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}${this.options.isSecure ? '; Secure' : ''}`
  }

  private mac(text: string): string {
    return createHmac('sha256', this.key).update(text).digest('base64url')
  }
}

// A browser drops a cookie of more than 4096 bytes, and what a provider says has no bound.
function bounded({ subject, name, tenant, roles, mayReveal, via }: Identity) {
  return { subject: subject.slice(0, 255), name: name.slice(0, 255), tenant, roles, mayReveal, via }
}

/** By the prefix a browser lets no other host, and nobody over plain http, set the cookie (RFC 6265bis, 4.1.3.2). */
export function cookieName(name: string, isSecure: boolean): string {
  return isSecure ? `__Host-${name}` : name
}

/** The named cookie in a `Cookie` header. */
export function cookieIn(header: string | undefined, wanted: string): string | null {
  for (const part of header?.split(';') ?? []) {
    const equals = part.indexOf('=')
    if (equals > 0 && part.slice(0, equals).trim() === wanted) return part.slice(equals + 1).trim() || null
  }
  return null
}
