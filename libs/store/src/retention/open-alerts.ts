import type { Store } from '../store.ts'
import type { HoldScope } from '../tables/holds.ts'

/**
 * What open alerts hold: nobody closes an alert whose evidence is gone. There are no alerts yet. This is the one place
 * where they become holds: return `{ kind: 'chain' }` or `{ kind: 'session' }` for each alert that is not closed.
 */
export async function heldByOpenAlerts(_store: Store, _tenant: string): Promise<HoldScope[]> {
  return []
}
