import type { IncomingMessage } from 'node:http'
import { type CanActivate, createParamDecorator, type ExecutionContext, Inject, Injectable } from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import type { Me } from '../contract/index.ts'
import { ProblemError } from '../http/problem.ts'
import { AUTHENTICATOR } from '../tokens.ts'
import type { Authenticator } from './authenticator.ts'
import { IS_PUBLIC } from './public.ts'

const viewers = new WeakMap<IncomingMessage, Me>()

/** Lets nobody in whom the authenticator does not know, except to public routes. */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    @Inject(AUTHENTICATOR) private readonly authenticator: Authenticator,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.get<boolean | undefined>(IS_PUBLIC, context.getHandler())) return true
    const request = context.switchToHttp().getRequest<IncomingMessage>()
    const viewer = this.authenticator.viewerOf(request)
    if (!viewer) throw new ProblemError('NOT_AUTHENTICATED', 'Open a login link (`hoptrace login` prints one) or send the operator token.')
    viewers.set(request, viewer)
    return true
  }
}

/** Who asks, as the guard found. */
export const Viewer = createParamDecorator((_: unknown, context: ExecutionContext): Me => {
  const viewer = viewers.get(context.switchToHttp().getRequest<IncomingMessage>())
  if (!viewer) throw new ProblemError('NOT_AUTHENTICATED')
  return viewer
})
