import type { IncomingMessage, ServerResponse } from 'node:http'
import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common'
import { SignInQuery } from '../../contract/index.ts'
import { Describes } from '../../http/describes.ts'
import { notFound, ProblemError } from '../../http/problem.ts'
import { valid } from '../../http/zod.pipe.ts'
import { COOKIE_SESSIONS, LOGIN_ATTEMPTS, OIDC_PROVIDER, VIEW_LOG } from '../../tokens.ts'
import type { ViewLog } from '../../viewed/view-log.ts'
import type { CookieSessions } from '../cookie-sessions.ts'
import { meOf } from '../identity.ts'
import { Public } from '../public.ts'
import { samePath } from '../same-path.ts'
import { type Claimed, personIn } from './claims.ts'
import type { LoginAttempts } from './login-attempts.ts'
import type { OidcProvider } from './oidc-provider.ts'
import { answerRefusal, refusals } from './refusal-page.ts'

/** The provider, and whose tenant everybody is where it names none. */
export type SignIn = { provider: OidcProvider; tenant: string }

@Controller('login/oidc')
export class OidcController {
  constructor(
    @Inject(OIDC_PROVIDER) private readonly signIn: SignIn | null,
    @Inject(LOGIN_ATTEMPTS) private readonly attempts: LoginAttempts,
    @Inject(COOKIE_SESSIONS) private readonly cookies: CookieSessions,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
  ) {}

  @Get()
  @Public()
  @Describes({ summary: 'Sign in at the identity provider', query: SignInQuery, status: 303 })
  async begin(@Query(valid(SignInQuery)) { to }: SignInQuery, @Res() response: ServerResponse): Promise<void> {
    const { provider } = this.offered()
    try {
      const { url, attempt } = await provider.begin()
      response.setHeader('set-cookie', await this.attempts.seal({ ...attempt, to: samePath(to) }))
      response.writeHead(303, { location: url.href, 'cache-control': 'no-store' }).end()
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      answerRefusal(response, refusals.unavailable)
    }
  }

  @Get('callback')
  @Public()
  @Describes({ summary: 'Where the identity provider sends the browser back to', status: 303 })
  async finish(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    const { provider, tenant } = this.offered()
    const attempt = await this.attempts.open(request.headers.cookie)
    // One attempt, one answer: whatever comes of it.
    response.setHeader('set-cookie', this.attempts.clear())
    if (!attempt) {
      answerRefusal(response, refusals['not-begun'])
      return
    }
    try {
      const { search } = new URL(request.url ?? '/', 'http://hoptrace.invalid')
      await this.admit(personIn(await provider.finish(search, attempt), provider.options, tenant), attempt.to, request, response)
    } catch (error) {
      // The provider's words may quote codes and tokens: they are nobody's to read.
      answerRefusal(response, error instanceof ProblemError ? refusals.unavailable : refusals.refused)
    }
  }

  private async admit(claimed: Claimed, to: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (claimed.kind === 'refused') {
      answerRefusal(response, refusals[claimed.reason])
      return
    }
    await this.views.note(meOf(claimed.identity, 'cookie'), { resource: 'sign-in', id: '', span: 'with the provider', isContent: false })
    // Whoever was signed in here before is no longer: a login is never carried over.
    this.cookies.end(this.cookies.in(request.headers.cookie))
    response.setHeader('set-cookie', [this.attempts.clear(), this.cookies.issue(claimed.identity)])
    response.writeHead(303, { location: to, 'cache-control': 'no-store' }).end()
  }

  private offered(): SignIn {
    if (!this.signIn) throw notFound('sign-in')
    return this.signIn
  }
}
