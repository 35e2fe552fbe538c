import { z } from 'zod'
import type { Store } from '../store.ts'

/**
 * How far event time has come: the latest heartbeat of any gateway, and never beyond the store's own clock. One gateway whose clock is years
 * ahead, or that lies, would otherwise settle for all what nobody has had the time to follow. Fed from `gateway.heartbeat` events by a view.
 */
export class GatewayTimes {
  constructor(private readonly store: Store) {}

  /** Tenant → microseconds since the epoch; of all tenants, or of one. A tenant of which no gateway ever spoke is left out. */
  async reached(tenant?: string): Promise<Map<string, number>> {
    const rows = await this.store.query({
      name: 'gatewayTimes.reached',
      sql: `SELECT tenant, toUnixTimestamp64Micro(least(max(g.ts), now64(6, 'UTC'))) AS reachedUs FROM gateway_times AS g
        WHERE ({any:Bool} OR tenant = {tenant:String}) GROUP BY tenant ORDER BY tenant`,
      params: { tenant: tenant ?? '', any: tenant === undefined },
      row: z.object({ tenant: z.string(), reachedUs: z.int() }),
    })
    return new Map(rows.map((row) => [row.tenant, row.reachedUs]))
  }
}
