import type { NestExpressApplication } from '@nestjs/platform-express'
import type { ApiOptions } from './api-options.ts'

export type { ApiOptions, Changes, StoredBatch } from './api-options.ts'
export * from './contract/index.ts'
export { GatewayClient } from './gateway/gateway-client.ts'
export { ProblemError } from './http/problem.ts'
export { clientCommands, TOKEN_PLACEHOLDER } from './runs/client-commands.ts'
export { summaryOfGatewayRun } from './runs/run-list.ts'

/** The api as a Nest application, not listening yet. Loaded when it is asked for: clients of this door need none of it. */
export async function createApi(options: ApiOptions): Promise<NestExpressApplication> {
  return (await import('./create-api.ts')).createApi(options)
}
