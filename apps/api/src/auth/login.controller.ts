import type { IncomingMessage, ServerResponse } from 'node:http'
import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req, Res } from '@nestjs/common'
import type { ApiOptions } from '../api-options.ts'
import { Health, LoginLink, LoginLinkQuery, LoginLinkRequest, LoginRequest, Me } from '../contract/index.ts'
import { Describes } from '../http/describes.ts'
import { ProblemError } from '../http/problem.ts'
import { valid } from '../http/zod.pipe.ts'
import { API_OPTIONS, AUTHENTICATOR, COOKIE_SESSIONS, LOGIN_LINKS } from '../tokens.ts'
import { Viewer } from './authentication.guard.ts'
import type { Authenticator } from './authenticator.ts'
import { type CookieSessions, cookieIn } from './cookie-sessions.ts'
import type { LoginLinks } from './login-links.ts'
import { Public } from './public.ts'
import { samePath } from './same-path.ts'

@Controller('api/v1')
export class LoginController {
  constructor(
    @Inject(AUTHENTICATOR) private readonly authenticator: Authenticator,
    @Inject(COOKIE_SESSIONS) private readonly cookies: CookieSessions,
    @Inject(LOGIN_LINKS) private readonly links: LoginLinks,
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
  ) {}

  @Get('me')
  @Describes({ summary: 'Who am I?', answer: Me })
  me(@Viewer() viewer: Me): Me {
    return viewer
  }

  @Get('health')
  @Public()
  @Describes({ summary: 'Is the server up?', answer: Health })
  health(): Health {
    return { status: 'ok', version: this.options.version }
  }

  @Post('login')
  @HttpCode(204)
  @Public()
  @Describes({ summary: 'Log in with a one-time token or the operator token; sets the login cookie', body: LoginRequest, status: 204 })
  login(@Body(valid(LoginRequest)) { token }: LoginRequest, @Res({ passthrough: true }) response: ServerResponse): void {
    this.admit(token)
    response.setHeader('set-cookie', this.cookies.issue())
  }

  @Get('login')
  @Public()
  @Describes({ summary: 'Open a one-time login link', query: LoginLinkQuery, status: 303 })
  openLink(@Query(valid(LoginLinkQuery)) { token, next }: LoginLinkQuery, @Res() response: ServerResponse): void {
    // The operator's own token never belongs in a URL.
    if (!this.links.redeem(token)) throw wrongToken()
    response.setHeader('set-cookie', this.cookies.issue())
    response.writeHead(303, { location: samePath(next) }).end()
  }

  @Post('logout')
  @HttpCode(204)
  @Describes({ summary: 'Log out', status: 204 })
  logout(@Req() request: IncomingMessage, @Res({ passthrough: true }) response: ServerResponse): void {
    response.setHeader('set-cookie', this.cookies.end(cookieIn(request.headers.cookie)))
  }

  @Post('login-links')
  @HttpCode(201)
  @Describes({ summary: 'Mint a one-time login link', body: LoginLinkRequest, answer: LoginLink, status: 201 })
  mintLink(@Viewer() viewer: Me, @Body(valid(LoginLinkRequest)) { next }: LoginLinkRequest, @Req() request: IncomingMessage): LoginLink {
    if (viewer.method !== 'bearer') throw new ProblemError('NOT_AUTHORISED', 'Only the operator token mints login links.')
    const { token, expiresAtMs } = this.links.mint()
    const query = new URLSearchParams({ token, ...(next === undefined ? {} : { next: samePath(next) }) })
    return { url: `http://${request.headers.host}/api/v1/login?${query}`, expiresAt: new Date(expiresAtMs).toISOString() }
  }

  private admit(token: string): void {
    if (!this.links.redeem(token) && !this.authenticator.isOperator(token)) throw wrongToken()
  }
}

function wrongToken(): ProblemError {
  return new ProblemError('NOT_AUTHENTICATED', 'This login link was used already or has expired. `hoptrace login` prints a new one.')
}
