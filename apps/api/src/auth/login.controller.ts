import type { IncomingMessage, ServerResponse } from 'node:http'
import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req, Res } from '@nestjs/common'
import type { ApiOptions } from '../api-options.ts'
import { LoginLink, LoginLinkQuery, LoginLinkRequest, LoginOptions, LoginRequest, Me } from '../contract/index.ts'
import { Describes } from '../http/describes.ts'
import { ProblemError } from '../http/problem.ts'
import { valid } from '../http/zod.pipe.ts'
import { API_OPTIONS, AUTHENTICATOR, COOKIE_SESSIONS, FAILED_ATTEMPTS, LOGIN_LINKS } from '../tokens.ts'
import { addressOf, refuseGuesses, Viewer } from './authentication.guard.ts'
import type { Authenticator } from './authenticator.ts'
import type { CookieSessions } from './cookie-sessions.ts'
import type { FailedAttempts } from './failed-attempts.ts'
import { operatorOf } from './identity.ts'
import type { LoginLinks } from './login-links.ts'
import { SignedIn } from './needs.ts'
import { Public } from './public.ts'
import { samePath } from './same-path.ts'

@Controller('api/v1')
export class LoginController {
  constructor(
    @Inject(AUTHENTICATOR) private readonly authenticator: Authenticator,
    @Inject(COOKIE_SESSIONS) private readonly cookies: CookieSessions,
    @Inject(LOGIN_LINKS) private readonly links: LoginLinks,
    @Inject(FAILED_ATTEMPTS) private readonly failed: FailedAttempts,
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
  ) {}

  @Get('me')
  @SignedIn()
  @Describes({ summary: 'Who am I?', answer: Me })
  me(@Viewer() viewer: Me): Me {
    return viewer
  }

  @Get('login/options')
  @Public()
  @Describes({ summary: 'Which ways there are to sign in', answer: LoginOptions })
  loginOptions(): LoginOptions {
    const oidc = this.options.oidc ?? null
    const device = oidc?.deviceClientId ?? null
    return {
      link: this.options.operatorToken !== null,
      oidc: oidc && { label: oidc.label, url: '/login/oidc' },
      device: device !== null,
      deviceClient: oidc && device !== null ? { issuer: oidc.issuer, clientId: device, scope: oidc.scope } : null,
    }
  }

  @Post('login')
  @HttpCode(204)
  @Public()
  @Describes({ summary: 'Log in with a one-time token or the operator token; sets the login cookie', body: LoginRequest, status: 204 })
  login(
    @Body(valid(LoginRequest)) { token }: LoginRequest,
    @Req() request: IncomingMessage,
    @Res({ passthrough: true }) response: ServerResponse,
  ): void {
    this.guarded(request, response, () => this.links.redeem(token) || this.authenticator.isOperator(token))
    response.setHeader('set-cookie', this.admit(request))
  }

  @Get('login')
  @Public()
  @Describes({ summary: 'Open a one-time login link', query: LoginLinkQuery, status: 303 })
  openLink(
    @Query(valid(LoginLinkQuery)) { token, next }: LoginLinkQuery,
    @Req() request: IncomingMessage,
    @Res() response: ServerResponse,
  ): void {
    // The operator's own token never belongs in a URL.
    this.guarded(request, response, () => this.links.redeem(token))
    response.setHeader('set-cookie', this.admit(request))
    response.writeHead(303, { location: samePath(next) }).end()
  }

  @Post('logout')
  @HttpCode(204)
  @SignedIn()
  @Describes({ summary: 'Log out', status: 204 })
  logout(@Req() request: IncomingMessage, @Res({ passthrough: true }) response: ServerResponse): void {
    response.setHeader('set-cookie', this.cookies.end(this.cookies.in(request.headers.cookie)))
  }

  @Post('login-links')
  @HttpCode(201)
  @SignedIn()
  @Describes({ summary: 'Mint a one-time login link', body: LoginLinkRequest, answer: LoginLink, status: 201 })
  mintLink(@Viewer() viewer: Me, @Body(valid(LoginLinkRequest)) { next }: LoginLinkRequest, @Req() request: IncomingMessage): LoginLink {
    // A link gives every right, so nobody makes one who has less.
    if (viewer.method !== 'bearer' || viewer.via !== 'operator')
      throw new ProblemError('NOT_AUTHORISED', 'Only the operator token mints login links.')
    const { token, expiresAtMs } = this.links.mint()
    const query = new URLSearchParams({ token, ...(next === undefined ? {} : { next: samePath(next) }) })
    return {
      url: `${this.options.publicUrl ?? `http://${request.headers.host}`}/api/v1/login?${query}`,
      expiresAt: new Date(expiresAtMs).toISOString(),
    }
  }

  /** Whoever was signed in in this browser no longer is: a login is never carried over. */
  private admit(request: IncomingMessage): string {
    this.cookies.end(this.cookies.in(request.headers.cookie))
    return this.cookies.issue(operatorOf(this.options.tenant))
  }

  private guarded(request: IncomingMessage, response: ServerResponse, isRight: () => boolean): void {
    const address = addressOf(request)
    refuseGuesses(this.failed, address, response)
    if (isRight()) return
    this.failed.note(address)
    throw wrongToken()
  }
}

function wrongToken(): ProblemError {
  return new ProblemError('NOT_AUTHENTICATED', 'This login link was used already or has expired. `hoptrace login` prints a new one.')
}
