import type { Store } from '../store.ts'
import { type AlertRow, Alerts } from '../tables/alerts.ts'
import type { HoldScope } from '../tables/holds.ts'

/** Alerts asked for at once. */
const PAGE = 500

/**
 * What alerts that nobody closed hold: their chains, and the sessions that their findings rest on. Nobody closes an alert whose
 * evidence is gone.
 */
export async function heldByOpenAlerts(store: Store, tenant: string): Promise<HoldScope[]> {
  const alerts = new Alerts(store)
  const scopes: HoldScope[] = []
  let after: { firstTs: number; id: string } | null = null
  for (;;) {
    const page: AlertRow[] = await alerts.list(tenant, {
      states: ['open', 'acknowledged'],
      limit: PAGE,
      ...(after === null ? {} : { after }),
    })
    scopes.push(...page.flatMap(scopesOf))
    const last = page.at(-1)
    if (page.length < PAGE || !last) return scopes
    after = { firstTs: last.firstTs, id: last.id }
  }
}

function scopesOf({ chainId, content }: AlertRow): HoldScope[] {
  const sessions = content.findings.flatMap(({ at, refs }) => [at.session, ...refs.flatMap(sessionsOfRef)])
  const held = [...new Set(sessions)].map((sessionId) => ({ kind: 'session', sessionId }) as const)
  return chainId === null ? held : [{ kind: 'chain', chainId }, ...held]
}

/** An event that a finding rests on is called `event:SESSION/SEQ`. */
function sessionsOfRef(ref: string): string[] {
  const session = /^event:([0-9a-f-]{36})\/\d+$/.exec(ref)?.[1]
  return session === undefined ? [] : [session]
}
