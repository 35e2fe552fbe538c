import type { Workbench } from '../workbench.e2e.ts'

/** What the claims need to know of what was stored. */
export type AlertsStory = {
  /** The most urgent one: it pages, is about a chain, and a session of its run is open. */
  paging: { id: string; rule: { id: string; title: string } }
  /** Others, of the queue; the second is on nobody's mind yet. */
  queued: readonly [string, string]
  /** An address that leads to `paging` now. */
  oldId: string
  /** Its first hop carried a credential; its last leads to a pivot that was not seen. */
  chain: { id: string; hop: string; unseenHop: string; unseenTarget: string }
  secret: { kind: string; digest: string; value: string; owner: string }
  principal: string
  target: string
}

export type AlertsClaim = { name: string; run: (workbench: Workbench, story: AlertsStory) => Promise<void> }
