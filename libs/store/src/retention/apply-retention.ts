import type { Store } from '../store.ts'
import { ExpiredSessions } from '../tables/expired-sessions.ts'
import { deleteExpired } from './delete-expired.ts'
import { findHeld, isHeld, type OldSession } from './held-sessions.ts'
import { oldSessions, tenantsOf } from './old-sessions.ts'
import { daysOf, type RetentionPolicy } from './policy.ts'

const DAY_US = 24 * 3600 * 1_000_000
/** Sessions of which one insert tells. */
const BATCH = 5_000

/** What one run did to one tenant. */
export type TenantRetention = { tenant: string; days: number; expired: number; events: number; held: number; droppedDays: number }

/**
 * Deletes, whole and from every table, the sessions whose last event is older than their tenant's limit, unless a hold or an
 * open alert needs them. Whole days go by partition. What goes is written down before it goes, so that a run that was cut
 * short is finished by the next one. One run at a time.
 * @param nowMs milliseconds since the epoch
 */
export async function applyRetention(store: Store, policy: RetentionPolicy, nowMs: number): Promise<TenantRetention[]> {
  const done: TenantRetention[] = []
  for (const tenant of await tenantsOf(store)) {
    const days = daysOf(policy, tenant)
    if (days !== null) done.push(await applyToTenant(store, { tenant, days, nowMs }))
  }
  return done
}

type Run = { tenant: string; days: number; nowMs: number }

async function applyToTenant(store: Store, run: Run): Promise<TenantRetention> {
  const { tenant, days, nowMs } = run
  const held = await findHeld(store, tenant)
  const told: TenantRetention = { tenant, days, expired: 0, events: 0, held: 0, droppedDays: 0 }
  let batch: OldSession[] = []
  for await (const session of oldSessions(store, tenant, nowMs * 1000 - days * DAY_US)) {
    if (isHeld(session, held)) {
      told.held += 1
      continue
    }
    told.expired += 1
    told.events += session.events
    batch.push(session)
    if (batch.length < BATCH) continue
    await writeDown(store, run, batch)
    batch = []
  }
  await writeDown(store, run, batch)
  if (told.expired > 0) told.droppedDays = await deleteExpired(store, tenant, nowMs)
  return told
}

function writeDown(store: Store, { tenant, days, nowMs }: Run, sessions: readonly OldSession[]): Promise<void> {
  const about = { policy: `${days} days`, expiredAtMs: nowMs }
  return new ExpiredSessions(store).insert(
    tenant,
    sessions.map(({ sessionId, lastUs, lastSeq, events }) => ({ sessionId, lastTs: `${lastUs}`, lastSeq, events, ...about })),
  )
}
