import type { Store } from '@hoptrace/store'
import type { NestExpressApplication } from '@nestjs/platform-express'
import type { ApiOptions } from './api-options.ts'

export type { ApiOptions, Changes, GatewayAccess, StoredBatch } from './api-options.ts'
export type { ClaimNames, GroupGrant, OidcOptions } from './auth/oidc/oidc-options.ts'
export * from './contract/index.ts'
export { GatewayClient } from './gateway/gateway-client.ts'
export { type ConflictNotice, ConflictWatch, type ConflictWatchOptions } from './health/conflict-watch.ts'
export { type GatewayNotice, GatewayWatch, type GatewayWatchOptions, type WatchedGateway } from './health/gateway-watch.ts'
export { ProblemError } from './http/problem.ts'
export type { Answered } from './ops/answer-meter.ts'
export { countAnswers, measureHealth } from './ops/api-metrics.ts'
export { logConflicts, logGateways } from './ops/watch-log.ts'
export { OidcSection, oidcOptionsIn } from './process/oidc-section.ts'
export { clientCommands, httpAddress, reachedTargets, TOKEN_PLACEHOLDER } from './runs/client-commands.ts'
export { kubeconfigOf } from './runs/kubeconfig.ts'
export { summaryOfGatewayRun } from './runs/run-list.ts'

/** The api as a Nest application, not listening yet. Loaded when it is asked for: clients of this door need none of it. */
export async function createApi(options: ApiOptions): Promise<NestExpressApplication> {
  return (await import('./create-api.ts')).createApi(options)
}

/** The queries behind lists and searches, for whoever measures them. */
export async function listQueries(store: Store, tenant: string) {
  const [{ SessionsQueries }, { SearchQueries }] = await Promise.all([
    import('./sessions/sessions.queries.ts'),
    import('./search/search.queries.ts'),
  ])
  return { sessions: new SessionsQueries(store, tenant), search: new SearchQueries(store, tenant) }
}
