import { randomBytes } from 'node:crypto'
import { hrtime } from 'node:process'
import { uuidv7 } from '@hoptrace/events'
import { type DynamicModule, Module, type Type } from '@nestjs/common'
import { APP_FILTER, APP_GUARD } from '@nestjs/core'
import type { ApiOptions } from './api-options.ts'
import { AuthenticationGuard } from './auth/authentication.guard.ts'
import { Authenticator } from './auth/authenticator.ts'
import { CookieSessions } from './auth/cookie-sessions.ts'
import { LoginController } from './auth/login.controller.ts'
import { LoginLinks } from './auth/login-links.ts'
import { GatewayClient } from './gateway/gateway-client.ts'
import { TargetsController } from './gateway/targets.controller.ts'
import { OpenApiController } from './http/openapi.controller.ts'
import { ProblemFilter } from './http/problem.filter.ts'
import { API_OPTIONS, AUTHENTICATOR, CONTROLLERS, COOKIE_SESSIONS, GATEWAY, LOGIN_LINKS, VIEW_LOG } from './tokens.ts'
import { ViewLog } from './viewed/view-log.ts'

export const controllers: Type[] = [LoginController, OpenApiController, TargetsController]

@Module({})
export class ApiModule {}

export function apiModule(options: ApiOptions): DynamicModule {
  return {
    module: ApiModule,
    controllers,
    providers: [
      { provide: API_OPTIONS, useValue: options },
      { provide: CONTROLLERS, useValue: controllers },
      { provide: LOGIN_LINKS, useFactory: () => new LoginLinks(Date.now) },
      { provide: COOKIE_SESSIONS, useFactory: () => new CookieSessions(options.operatorToken, Date.now) },
      {
        provide: AUTHENTICATOR,
        useFactory: (cookies: CookieSessions) => new Authenticator(options.operatorToken, options.tenant, cookies),
        inject: [COOKIE_SESSIONS],
      },
      { provide: VIEW_LOG, useFactory: () => viewLogOf(options) },
      { provide: GATEWAY, useFactory: () => new GatewayClient(options.gatewayUrl, options.operatorToken) },
      { provide: APP_GUARD, useClass: AuthenticationGuard },
      { provide: APP_FILTER, useClass: ProblemFilter },
    ],
  }
}

function viewLogOf({ publisher, tenant, gatewayId }: ApiOptions): ViewLog {
  const startedAt = hrtime.bigint()
  const clock = {
    wallUs: () => BigInt(Date.now()) * 1000n,
    elapsedUs: () => Number((hrtime.bigint() - startedAt) / 1000n),
  }
  return new ViewLog(publisher, clock, { tenant, gatewayId, bootId: uuidv7(Date.now(), randomBytes(10)) })
}
