import { randomBytes } from 'node:crypto'
import { hrtime } from 'node:process'
import { uuidv7 } from '@hoptrace/events'
import { type DynamicModule, Inject, Module, type OnModuleDestroy, type Provider, type Type } from '@nestjs/common'
import { APP_FILTER, APP_GUARD } from '@nestjs/core'
import { AlertsController } from './alerts/alerts.controller.ts'
import { TenantAlerts } from './alerts/tenant-alerts.ts'
import type { ApiOptions } from './api-options.ts'
import { authProviders } from './auth/auth-providers.ts'
import { AuthenticationGuard } from './auth/authentication.guard.ts'
import { LoginController } from './auth/login.controller.ts'
import { OidcController } from './auth/oidc/oidc.controller.ts'
import { ServiceTokensController } from './auth/service/service-tokens.controller.ts'
import { ChainsController } from './chains/chains.controller.ts'
import { ChainsQueries } from './chains/chains.queries.ts'
import { UnseenQueries } from './chains/unseen.queries.ts'
import { CommandsController } from './commands/commands.controller.ts'
import { ContractDocumentsController } from './contract-documents/contract-documents.controller.ts'
import { DeadLettersController } from './dead-letters/dead-letters.controller.ts'
import { DeadLettersQueries } from './dead-letters/dead-letters.queries.ts'
import { DeadLetterReplay } from './dead-letters/replay.ts'
import { ExportController } from './download/export.controller.ts'
import { PackageController } from './download/package.controller.ts'
import { ReportController } from './download/report.controller.ts'
import { EventsController } from './events/events.controller.ts'
import { EventsQueries } from './events/events.queries.ts'
import { GatewayClient } from './gateway/gateway-client.ts'
import { TargetsController } from './gateway/targets.controller.ts'
import { AliveController } from './health/alive.controller.ts'
import { HealthController } from './health/health.controller.ts'
import { RecentConflicts } from './health/recent-conflicts.ts'
import { TenantHolds } from './holds/held.ts'
import { HoldsController } from './holds/holds.controller.ts'
import { instantOf } from './http/instant.ts'
import { OpenApiController } from './http/openapi.controller.ts'
import { ProblemFilter } from './http/problem.filter.ts'
import { ObservablesController } from './observables/observables.controller.ts'
import { ObservablesQueries } from './observables/observables.queries.ts'
import { PrincipalsController } from './principals/principals.controller.ts'
import { PrincipalsQueries } from './principals/principals.queries.ts'
import { PublishController } from './publish/publish.controller.ts'
import { ReplayController } from './replay/replay.controller.ts'
import { Replays } from './replay/replays.ts'
import { RequestsController } from './requests/requests.controller.ts'
import { RequestsQueries } from './requests/requests.queries.ts'
import { ResourcesController } from './resources/resources.controller.ts'
import { ResourcesQueries } from './resources/resources.queries.ts'
import { RulesController } from './rules/rules.controller.ts'
import { TenantRules } from './rules/tenant-rules.ts'
import { RunList } from './runs/run-list.ts'
import { RunsController } from './runs/runs.controller.ts'
import { RunsQueries } from './runs/runs.queries.ts'
import { SearchController } from './search/search.controller.ts'
import { SearchQueries } from './search/search.queries.ts'
import { MissingSessions } from './sessions/missing-session.ts'
import { SessionDetails } from './sessions/session-details.ts'
import { SessionsController } from './sessions/sessions.controller.ts'
import { SessionsQueries } from './sessions/sessions.queries.ts'
import { AlertWatch } from './stream/alert-watch.ts'
import { ChangeStream } from './stream/change-stream.ts'
import { StreamController } from './stream/stream.controller.ts'
import { SuppressionsController } from './suppressions/suppressions.controller.ts'
import { TargetActivityController } from './targets/target-activity.controller.ts'
import { TargetActivityQueries } from './targets/target-activity.queries.ts'
import { PerTenant } from './tenancy/per-tenant.ts'
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
const LOOK_AT_ALERTS_EVERY_MS = 2000

export const controllers: Type[] = [
  LoginController,
  OidcController,
  ServiceTokensController,
  OpenApiController,
  AliveController,
  HealthController,
  TriageController,
  SessionsController,
  EventsController,
  TimelineController,
  RequestsController,
  ResourcesController,
  CommandsController,
  ReplayController,
  ExportController,
  PackageController,
  ReportController,
  AlertsController,
  SuppressionsController,
  RulesController,
  ObservablesController,
  PrincipalsController,
  ChainsController,
  RunsController,
  TargetsController,
  TargetActivityController,
  SearchController,
  ImportsController,
  VerificationController,
  DeadLettersController,
  HoldsController,
  PublishController,
  ContractDocumentsController,
  AccessLogController,
  StreamController,
]

@Module({})
export class ApiModule implements OnModuleDestroy {
  constructor(
    @Inject(token.STREAM) private readonly changes: ChangeStream,
    @Inject(token.ALERT_WATCH) private readonly alerts: AlertWatch,
  ) {}

  async onModuleDestroy(): Promise<void> {
    this.changes.close()
    await this.alerts.close()
  }
}

/** The api over the given store, publisher and gateway. */
export function apiModule(options: ApiOptions): DynamicModule {
  return {
    module: ApiModule,
    controllers,
    providers: [...httpProviders(options), ...storeProviders(options), ...liveProviders(options)],
  }
}

function httpProviders(options: ApiOptions): Provider[] {
  return [
    { provide: token.API_OPTIONS, useValue: options },
    { provide: token.CONTROLLERS, useValue: controllers },
    ...authProviders(options),
    { provide: APP_GUARD, useClass: AuthenticationGuard },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ]
}

function storeProviders(options: ApiOptions): Provider[] {
  const { store } = options
  const sessions = new PerTenant((tenant) => new SessionsQueries(store, tenant))
  const events = new PerTenant((tenant) => new EventsQueries(store, tenant))
  const chains = new PerTenant((tenant) => new ChainsQueries(store, tenant))
  const runs = new PerTenant((tenant) => new RunsQueries(store, tenant))
  const gateways = new PerTenant((tenant) => gatewayOf(options, tenant))
  const nowUs = () => BigInt(Date.now()) * 1000n
  const detailsOf = (tenant: string) =>
    new SessionDetails(sessions.of(tenant), events.of(tenant), runs.of(tenant), (id) => chains.of(tenant).ofSession(id))
  return [
    { provide: token.GATEWAY, useValue: gateways },
    { provide: token.SESSIONS, useValue: sessions },
    { provide: token.EVENTS, useValue: events },
    { provide: token.REQUESTS, useValue: new PerTenant((tenant) => new RequestsQueries(store, tenant)) },
    { provide: token.RESOURCES, useValue: new PerTenant((tenant) => new ResourcesQueries(store, tenant)) },
    { provide: token.REPLAYS, useFactory: () => new Replays(events) },
    { provide: token.HOLDS, useValue: new PerTenant((tenant) => new TenantHolds(store, tenant)) },
    { provide: token.MISSING_SESSIONS, useValue: new MissingSessions(store) },
    { provide: token.RECENT_CONFLICTS, useValue: new PerTenant((tenant) => new RecentConflicts(store, tenant)) },
    { provide: token.CHAINS, useValue: chains },
    { provide: token.UNSEEN, useValue: new PerTenant((tenant) => new UnseenQueries(store, tenant)) },
    { provide: token.ALERTS, useValue: new PerTenant((tenant) => new TenantAlerts(store, tenant)) },
    { provide: token.OBSERVABLES, useValue: new PerTenant((tenant) => new ObservablesQueries(store, tenant)) },
    { provide: token.PRINCIPALS, useValue: new PerTenant((tenant) => new PrincipalsQueries(store, tenant)) },
    { provide: token.TARGET_ACTIVITY, useValue: new PerTenant((tenant) => new TargetActivityQueries(store, tenant)) },
    { provide: token.RULES, useValue: new PerTenant((tenant) => new TenantRules(store, tenant)) },
    { provide: token.SESSION_DETAILS, useValue: new PerTenant(detailsOf) },
    { provide: token.RUNS, useValue: new PerTenant((tenant) => new RunList(runs.of(tenant), gateways.of(tenant), nowUs)) },
    { provide: token.TRIAGE, useValue: new PerTenant((tenant) => new TriageQueries(store, tenant)) },
    { provide: token.SEARCH, useValue: new PerTenant((tenant) => new SearchQueries(store, tenant)) },
    { provide: token.ACCESS_LOG, useValue: new PerTenant((tenant) => new AccessLogQueries(store, tenant)) },
    { provide: token.DEAD_LETTERS, useValue: new PerTenant((tenant) => new DeadLettersQueries(store, tenant)) },
    { provide: token.DEAD_LETTER_REPLAY, useFactory: () => new DeadLetterReplay(store, options.publisher) },
  ]
}

// A gateway serves one tenant. Whose gateway is not known here has none: another's is never asked.
function gatewayOf({ gateways, gatewayUrl, operatorToken, tenant: own }: ApiOptions, tenant: string): GatewayClient {
  const named = gateways?.get(tenant)
  if (named) return new GatewayClient(named.url, named.token)
  return tenant === own && operatorToken !== null ? new GatewayClient(gatewayUrl, operatorToken) : new GatewayClient(null, '')
}

function liveProviders({ publisher, changes, gatewayId, store }: ApiOptions): Provider[] {
  const startedAt = hrtime.bigint()
  const wallUs = () => BigInt(Date.now()) * 1000n
  const clock = { wallUs, elapsedUs: () => Number((hrtime.bigint() - startedAt) / 1000n) }
  const views = new ViewLog(publisher, clock, gatewayId, () => uuidv7(Date.now(), randomBytes(10)))
  return [
    { provide: token.VIEW_LOG, useValue: views },
    {
      provide: token.STREAM,
      useFactory: () => {
        const isOwnStream = (sessionId: string) => views.isOwnStream(sessionId)
        const stream = new ChangeStream({ isOwnStream, everyMs: TICK_EVERY_MS, now: () => instantOf(wallUs()) })
        changes.onStored((batch) => stream.note(batch))
        return stream
      },
    },
    {
      provide: token.ALERT_WATCH,
      inject: [token.STREAM],
      useFactory: (stream: ChangeStream) => {
        const onChange = (tenant: string) => stream.noteAlerts(tenant)
        const watch = new AlertWatch(store, { everyMs: LOOK_AT_ALERTS_EVERY_MS, tenants: () => stream.tenants(), onChange })
        watch.start()
        return watch
      },
    },
  ]
}
