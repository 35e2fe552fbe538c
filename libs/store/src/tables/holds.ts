import { z } from 'zod'
import type { Store } from '../store.ts'

/** What a hold keeps from expiring. Moments are microseconds since the epoch, in decimal; a range is `[fromUs, toUs)`. */
export type HoldScope =
  | { kind: 'session'; sessionId: string }
  | { kind: 'chain'; chainId: string }
  | { kind: 'range'; fromUs: string; toUs: string }

export type Hold = {
  id: string
  scope: HoldScope
  reason: string
  placedBy: string
  placedAtMs: number
  /** Null while it holds. */
  released: { by: string; atMs: number } | null
}
export type NewHold = Omit<Hold, 'released'>

const Stored = z.object({
  id: z.string(),
  kind: z.enum(['session', 'chain', 'range']),
  subject: z.string(),
  fromUs: z.string(),
  toUs: z.string(),
  reason: z.string(),
  placedBy: z.string(),
  placedAtMs: z.int(),
  releasedBy: z.string().nullable(),
  releasedAtMs: z.int().nullable(),
})
type Stored = z.infer<typeof Stored>

const EPOCH = '1970-01-01 00:00:00'
const SELECT = `SELECT id, kind, subject, toString(toUnixTimestamp64Micro(from_ts)) AS fromUs, toString(toUnixTimestamp64Micro(to_ts)) AS toUs,
    reason, placed_by AS placedBy, toUnixTimestamp64Milli(placed_at) AS placedAtMs, released_by AS releasedBy,
    toUnixTimestamp64Milli(released_at) AS releasedAtMs
  FROM holds FINAL WHERE tenant = {tenant:String}`

/** Holds on what would otherwise expire. */
export class Holds {
  constructor(private readonly store: Store) {}

  place(tenant: string, hold: NewHold): Promise<void> {
    return this.store.insert('holds', [rowOf(tenant, { ...hold, released: null })])
  }

  /** Releasing it again changes nothing. @returns false when there is no such hold */
  async release(tenant: string, id: string, by: string, atMs: number): Promise<boolean> {
    const hold = await this.find(tenant, id)
    if (!hold) return false
    if (!hold.released) await this.store.insert('holds', [rowOf(tenant, { ...hold, released: { by, atMs } })])
    return true
  }

  async find(tenant: string, id: string): Promise<Hold | null> {
    const sql = `${SELECT} AND id = {id:UUID}`
    const rows = await this.store.query({ name: 'holds.find', sql, params: { tenant, id }, row: Stored })
    return rows[0] ? holdOf(rows[0]) : null
  }

  /** Latest first. @param isOpen those alone that still hold */
  async list(tenant: string, { isOpen = false, limit = 10_000 } = {}): Promise<Hold[]> {
    const sql = `${SELECT} ${isOpen ? 'AND released_at IS NULL' : ''} ORDER BY placed_at DESC, id LIMIT {limit:UInt32}`
    const rows = await this.store.query({ name: 'holds.list', sql, params: { tenant, limit }, row: Stored })
    return rows.map(holdOf)
  }
}

function holdOf({ id, reason, placedBy, placedAtMs, releasedBy, releasedAtMs, ...scope }: Stored): Hold {
  const released = releasedAtMs === null ? null : { by: releasedBy ?? '', atMs: releasedAtMs }
  return { id, scope: scopeOf(scope), reason, placedBy, placedAtMs, released }
}

function scopeOf({ kind, subject, fromUs, toUs }: Pick<Stored, 'kind' | 'subject' | 'fromUs' | 'toUs'>): HoldScope {
  if (kind === 'session') return { kind, sessionId: subject }
  return kind === 'chain' ? { kind, chainId: subject } : { kind, fromUs, toUs }
}

function rowOf(tenant: string, { id, scope, reason, placedBy, placedAtMs, released }: Hold): object {
  const subject = scope.kind === 'session' ? scope.sessionId : scope.kind === 'chain' ? scope.chainId : ''
  return {
    tenant,
    id,
    kind: scope.kind,
    subject,
    from_ts: scope.kind === 'range' ? scope.fromUs : EPOCH,
    to_ts: scope.kind === 'range' ? scope.toUs : EPOCH,
    reason,
    placed_by: placedBy,
    placed_at: placedAtMs,
    released_by: released?.by ?? null,
    released_at: released?.atMs ?? null,
    version: released ? 2 : 1,
  }
}
