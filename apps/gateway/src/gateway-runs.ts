import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { announceRuns, stopEnded } from './access/run-announcer.ts'
import { RunLog } from './access/run-log.ts'
import { RunRegistry } from './access/run-registry.ts'
import { tokenHashOf } from './access/run-set.ts'
import { RunsAlone, RunsFollowed, type RunsRoom, RunsWritten } from './access/runs-room.ts'
import type { RunsTopic } from './access/runs-topic.ts'
import type { GatewayConfig } from './config.ts'
import { logRuns } from './gateway-log.ts'
import type { Clock } from './recording/clock.ts'
import type { Recordings } from './recording/recordings.ts'

export type GatewayRunsOptions = {
  config: GatewayConfig
  bootId: string
  operatorToken: string
  clock: Clock
  recordings: Recordings
  /** Null where there are no other gateways. */
  topic: RunsTopic | null
}

/** What this gateway knows of runs: its own log, published where there is a topic; or what the writer tells. */
export function openRuns(options: GatewayRunsOptions): RunsRoom {
  const { config, topic, clock, recordings } = options
  if (config.gateway.runs.role === 'reader' && topic) {
    return new RunsFollowed(config.tenant, topic, clock, (runs, state) => stopEnded(recordings, runs, state), logRuns)
  }
  const log = new RunLog(join(config.dataDir, 'runs.log'))
  const registry = new RunRegistry(log, clock, randomBytes)
  announceRuns(registry, recordings)
  if (!topic) return new RunsAlone(registry, log)
  const { bootId, operatorToken } = options
  const identity = { tenant: config.tenant, gatewayId: config.gateway.id, bootId, operatorHash: tokenHashOf(operatorToken) }
  return new RunsWritten(identity, registry, log, topic, () => clock.monotonicUs() / 1000, logRuns)
}
