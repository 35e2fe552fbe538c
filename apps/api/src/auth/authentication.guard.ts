import type { IncomingMessage, ServerResponse } from 'node:http'
import { type CanActivate, createParamDecorator, type ExecutionContext, Inject, Injectable } from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import type { Me, Right } from '../contract/index.ts'
import { ProblemError } from '../http/problem.ts'
import { AUTHENTICATOR, FAILED_ATTEMPTS } from '../tokens.ts'
import { may } from './access.ts'
import type { Authenticator } from './authenticator.ts'
import type { FailedAttempts } from './failed-attempts.ts'
import { NEEDS } from './needs.ts'
import { IS_PUBLIC } from './public.ts'

type Request = IncomingMessage & { ip?: string }

const viewers = new WeakMap<IncomingMessage, Me>()

/** Lets nobody in whom the authenticator does not know, and nobody where they have no right, except to public routes. */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    @Inject(AUTHENTICATOR) private readonly authenticator: Authenticator,
    @Inject(FAILED_ATTEMPTS) private readonly failed: FailedAttempts,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.get<boolean | undefined>(IS_PUBLIC, context.getHandler())) return true
    const http = context.switchToHttp()
    const request = http.getRequest<Request>()
    const me = await this.viewerOf(request, http.getResponse<ServerResponse>())
    viewers.set(request, me)
    const needs = this.reflector.get<readonly Right[] | undefined>(NEEDS, context.getHandler())
    // Boot refuses a route that states nothing; if one came by another way, nobody gets through.
    if (needs === undefined) throw new ProblemError('NOT_AUTHORISED')
    if (needs.length === 0 || needs.some((right) => may(me, right))) return true
    throw new ProblemError('NOT_AUTHORISED', `This needs the right ${needs.join(' or ')}.`)
  }

  private async viewerOf(request: Request, response: ServerResponse): Promise<Me> {
    const address = addressOf(request)
    const guesses = request.headers.authorization !== undefined
    if (guesses) refuseGuesses(this.failed, address, response)
    const me = await this.authenticator.viewerOf(request)
    if (me && me.rights.length > 0) return me
    if (me) throw new ProblemError('NOT_AUTHORISED', 'You are known here, but no role was given to you.')
    if (guesses) this.failed.note(address)
    throw new ProblemError('NOT_AUTHENTICATED', 'Sign in, open a login link (`hoptrace login` prints one), or send a token.')
  }
}

export function addressOf(request: Request): string {
  return request.ip ?? request.socket.remoteAddress ?? ''
}

/** @throws ProblemError TOO_MANY_ATTEMPTS */
export function refuseGuesses(failed: FailedAttempts, address: string, response: ServerResponse): void {
  const seconds = failed.lockedForSeconds(address)
  if (seconds === 0) return
  response.setHeader('retry-after', String(seconds))
  throw new ProblemError('TOO_MANY_ATTEMPTS', `Too many wrong tokens came from here. Try again in ${seconds} s.`)
}

/** Who asks, as the guard found. */
export const Viewer = createParamDecorator((_: unknown, context: ExecutionContext): Me => {
  const viewer = viewers.get(context.switchToHttp().getRequest<IncomingMessage>())
  if (!viewer) throw new ProblemError('NOT_AUTHENTICATED')
  return viewer
})
