import type { Store } from '@hoptrace/store'
import { type Log, ProcessOps, type TelemetrySettings } from '@hoptrace/telemetry'
import { z } from 'zod'
import { ConflictWatch } from '../health/conflict-watch.ts'
import { GatewayWatch } from '../health/gateway-watch.ts'
import type { Answered } from './answer-meter.ts'
import { countAnswers, measureHealth } from './api-metrics.ts'
import { logConflicts, logGateways } from './watch-log.ts'

/** How an api is watched, and how it watches the gateways. */
export class ApiOps extends ProcessOps {
  readonly onAnswer: (answered: Answered) => void
  private watches: readonly (GatewayWatch | ConflictWatch)[] = []

  constructor(
    version: string,
    settings: TelemetrySettings,
    private readonly log: Log,
  ) {
    super('api', version, settings)
    this.onAnswer = countAnswers(this.metrics)
  }

  /** Serves probes and metrics where the settings say so, and begins to watch. Rejects when the address cannot be had. */
  async serve(store: Store): Promise<void> {
    const gateways = new GatewayWatch(store, { now: Date.now, onNotice: logGateways(this.log) })
    const conflicts = new ConflictWatch(store, { now: Date.now, onNotice: logConflicts(this.log) })
    measureHealth(this.metrics, gateways, conflicts)
    await this.listen({ store: () => answers(store) })
    this.watches = [gateways, conflicts]
    for (const watch of this.watches) watch.start()
  }

  /** Not ready any more, and the store is read no longer. */
  override async drain(): Promise<void> {
    super.drain()
    await Promise.all(this.watches.map((watch) => watch.stop()))
  }
}

async function answers(store: Store): Promise<true> {
  await store.query({ name: 'api.ready', sql: 'SELECT 1 AS one', row: z.object({ one: z.literal(1) }) })
  return true
}
