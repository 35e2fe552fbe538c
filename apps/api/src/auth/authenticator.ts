import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Me } from '../contract/index.ts'
import { type CookieSessions, cookieIn } from './cookie-sessions.ts'

/** Says who asks: the operator by bearer token, or a browser that logged in with a link. */
export class Authenticator {
  private readonly operatorHash: Buffer

  constructor(
    operatorToken: string,
    private readonly tenant: string,
    private readonly cookies: CookieSessions,
  ) {
    this.operatorHash = sha256(operatorToken)
  }

  /** Null when nobody is authenticated. */
  viewerOf(request: IncomingMessage): Me | null {
    const bearer = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(request.headers.authorization ?? '')?.[1]
    if (bearer !== undefined) return this.isOperator(bearer) ? this.me('bearer') : null
    const cookie = cookieIn(request.headers.cookie)
    return cookie !== null && this.cookies.isValid(cookie) && isSameOrigin(request) ? this.me('cookie') : null
  }

  isOperator(token: string): boolean {
    return timingSafeEqual(sha256(token), this.operatorHash)
  }

  private me(method: Me['method']): Me {
    return { viewer: 'operator', tenant: this.tenant, method }
  }
}

// A cookie travels with requests that other pages make: those that change something must come from our own.
function isSameOrigin({ method, headers }: IncomingMessage): boolean {
  if (method === 'GET' || method === 'HEAD') return true
  if (headers.origin === undefined) return headers['sec-fetch-site'] === undefined || headers['sec-fetch-site'] === 'same-origin'
  return URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
