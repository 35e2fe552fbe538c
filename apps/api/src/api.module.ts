import { randomBytes } from 'node:crypto'
import { hrtime } from 'node:process'
import { uuidv7 } from '@hoptrace/events'
import { type DynamicModule, Inject, Module, type OnModuleDestroy, type Provider, type Type } from '@nestjs/common'
import { APP_FILTER, APP_GUARD } from '@nestjs/core'
import type { ApiOptions } from './api-options.ts'
import { AuthenticationGuard } from './auth/authentication.guard.ts'
import { Authenticator } from './auth/authenticator.ts'
import { CookieSessions } from './auth/cookie-sessions.ts'
import { LoginController } from './auth/login.controller.ts'
import { LoginLinks } from './auth/login-links.ts'
import { ChainsController } from './chains/chains.controller.ts'
import { ChainsQueries } from './chains/chains.queries.ts'
import { CommandsController } from './commands/commands.controller.ts'
import { DeadLettersController } from './dead-letters/dead-letters.controller.ts'
import { DeadLettersQueries } from './dead-letters/dead-letters.queries.ts'
import { ExportController } from './download/export.controller.ts'
import { EventsController } from './events/events.controller.ts'
import { EventsQueries } from './events/events.queries.ts'
import { GatewayClient } from './gateway/gateway-client.ts'
import { TargetsController } from './gateway/targets.controller.ts'
import { instantOf } from './http/instant.ts'
import { OpenApiController } from './http/openapi.controller.ts'
import { ProblemFilter } from './http/problem.filter.ts'
import { ReplayController } from './replay/replay.controller.ts'
import { Replays } from './replay/replays.ts'
import { RunList } from './runs/run-list.ts'
import { RunsController } from './runs/runs.controller.ts'
import { RunsQueries } from './runs/runs.queries.ts'
import { SearchController } from './search/search.controller.ts'
import { SearchQueries } from './search/search.queries.ts'
import { SessionDetails } from './sessions/session-details.ts'
import { SessionsController } from './sessions/sessions.controller.ts'
import { SessionsQueries } from './sessions/sessions.queries.ts'
import { ChangeStream } from './stream/change-stream.ts'
import { StreamController } from './stream/stream.controller.ts'
import { TimelineController } from './timeline/timeline.controller.ts'
import * as token from './tokens.ts'
import { TriageController } from './triage/triage.controller.ts'
import { TriageQueries } from './triage/triage.queries.ts'
import { ImportsController } from './upload/imports.controller.ts'
import { VerificationController } from './verification/verification.controller.ts'
import { AccessLogController } from './viewed/access-log.controller.ts'
import { AccessLogQueries } from './viewed/access-log.queries.ts'
import { ViewLog } from './viewed/view-log.ts'

const TICK_EVERY_MS = 500

export const controllers: Type[] = [
  LoginController,
  OpenApiController,
  TriageController,
  SessionsController,
  EventsController,
  TimelineController,
  CommandsController,
  ReplayController,
  ExportController,
  ChainsController,
  RunsController,
  TargetsController,
  SearchController,
  ImportsController,
  VerificationController,
  DeadLettersController,
  AccessLogController,
  StreamController,
]

@Module({})
export class ApiModule implements OnModuleDestroy {
  constructor(@Inject(token.STREAM) private readonly changes: ChangeStream) {}

  onModuleDestroy(): void {
    this.changes.close()
  }
}

/** The api over the given store, publisher and gateway. */
export function apiModule(options: ApiOptions): DynamicModule {
  const bootId = uuidv7(Date.now(), randomBytes(10))
  return {
    module: ApiModule,
    controllers,
    providers: [...httpProviders(options), ...storeProviders(options), ...liveProviders(options, bootId)],
  }
}

function httpProviders(options: ApiOptions): Provider[] {
  const { operatorToken, tenant } = options
  const cookies = new CookieSessions(operatorToken, Date.now)
  return [
    { provide: token.API_OPTIONS, useValue: options },
    { provide: token.CONTROLLERS, useValue: controllers },
    { provide: token.LOGIN_LINKS, useFactory: () => new LoginLinks(Date.now) },
    { provide: token.COOKIE_SESSIONS, useValue: cookies },
    { provide: token.AUTHENTICATOR, useFactory: () => new Authenticator(operatorToken, tenant, cookies) },
    { provide: APP_GUARD, useClass: AuthenticationGuard },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ]
}

function storeProviders({ store, tenant, gatewayUrl, operatorToken }: ApiOptions): Provider[] {
  const sessions = new SessionsQueries(store, tenant)
  const events = new EventsQueries(store, tenant)
  const chains = new ChainsQueries(store, tenant)
  const runs = new RunsQueries(store, tenant)
  const gateway = new GatewayClient(gatewayUrl, operatorToken)
  return [
    { provide: token.GATEWAY, useValue: gateway },
    { provide: token.SESSIONS, useValue: sessions },
    { provide: token.EVENTS, useValue: events },
    { provide: token.REPLAYS, useFactory: () => new Replays(events) },
    { provide: token.CHAINS, useValue: chains },
    { provide: token.SESSION_DETAILS, useFactory: () => new SessionDetails(sessions, events, runs, (id) => chains.ofSession(id)) },
    { provide: token.RUNS, useFactory: () => new RunList(runs, gateway, () => BigInt(Date.now()) * 1000n) },
    { provide: token.TRIAGE, useFactory: () => new TriageQueries(store, tenant) },
    { provide: token.SEARCH, useFactory: () => new SearchQueries(store, tenant) },
    { provide: token.ACCESS_LOG, useFactory: () => new AccessLogQueries(store, tenant) },
    { provide: token.DEAD_LETTERS, useFactory: () => new DeadLettersQueries(store, tenant) },
  ]
}

function liveProviders({ publisher, changes, tenant, gatewayId }: ApiOptions, bootId: string): Provider[] {
  const startedAt = hrtime.bigint()
  const wallUs = () => BigInt(Date.now()) * 1000n
  const clock = { wallUs, elapsedUs: () => Number((hrtime.bigint() - startedAt) / 1000n) }
  return [
    { provide: token.VIEW_LOG, useFactory: () => new ViewLog(publisher, clock, { tenant, gatewayId, bootId }) },
    {
      provide: token.STREAM,
      useFactory: () => {
        const stream = new ChangeStream({ tenant, ownStream: bootId, everyMs: TICK_EVERY_MS, now: () => instantOf(wallUs()) })
        changes.onStored((batch) => stream.note(batch))
        return stream
      },
    },
  ]
}
