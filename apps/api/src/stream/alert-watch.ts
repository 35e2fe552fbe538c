import type { Store } from '@hoptrace/store'
import { z } from 'zod'

/** Tells that alerts of a tenant changed, by whichever process, while somebody listens. */
export class AlertWatch {
  private readonly marks = new Map<string, string>()
  private timer: NodeJS.Timeout | null = null
  private looking: Promise<void> = Promise.resolve()
  private isClosed = false

  constructor(
    private readonly store: Store,
    private readonly options: { everyMs: number; tenants: () => readonly string[]; onChange: (tenant: string) => void },
  ) {}

  start(): void {
    if (this.isClosed) return
    this.timer = setTimeout(() => this.look().then(() => this.start()), this.options.everyMs)
    // Nothing waits for a look.
    this.timer.unref()
  }

  /** One look. Never rejects: a store that does not answer is asked again. */
  look(): Promise<void> {
    this.looking = this.read().catch(() => undefined)
    return this.looking
  }

  /** Resolves when the store is no longer read. */
  async close(): Promise<void> {
    this.isClosed = true
    if (this.timer) clearTimeout(this.timer)
    await this.looking
  }

  private async read(): Promise<void> {
    const tenants = this.options.tenants()
    for (const known of this.marks.keys()) if (!tenants.includes(known)) this.marks.delete(known)
    if (tenants.length === 0) return
    const found = await this.marksOf(tenants)
    for (const tenant of tenants) {
      const mark = found.get(tenant) ?? ''
      const before = this.marks.get(tenant)
      this.marks.set(tenant, mark)
      // Whoever begins to listen has just fetched what there is.
      if (before !== undefined && before !== mark) this.options.onChange(tenant)
    }
  }

  // A sum of hashes over what counts: a merge changes nothing of it.
  private async marksOf(tenants: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.store.query({
      name: 'api.stream.alertMarks',
      sql: `SELECT toString(tenant) AS tenant, toString(sum(mark)) AS mark FROM (
          SELECT tenant, cityHash64('alert', toString(id), version) AS mark FROM alerts FINAL WHERE has({tenants:Array(String)}, toString(tenant))
          UNION ALL SELECT DISTINCT tenant, cityHash64('action', toString(id)) AS mark FROM alert_actions
            WHERE has({tenants:Array(String)}, toString(tenant))
          UNION ALL SELECT tenant, cityHash64('suppression', toString(id), version) AS mark FROM suppressions FINAL
            WHERE has({tenants:Array(String)}, toString(tenant))) GROUP BY tenant`,
      params: { tenants },
      row: z.object({ tenant: z.string(), mark: z.string() }),
    })
    return new Map(rows.map(({ tenant, mark }) => [tenant, mark]))
  }
}
