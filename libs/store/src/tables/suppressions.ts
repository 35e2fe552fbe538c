import { z } from 'zod'
import type { Store } from '../store.ts'

/** Of what nobody is told. Parts that are not null must all fit. Moments are microseconds since the epoch. */
export const SuppressionRow = z.object({
  id: z.string(),
  /** A rule's id. */
  rule: z.string().nullable(),
  principal: z.string().nullable(),
  target: z.string().nullable(),
  reason: z.string(),
  owner: z.string(),
  createdBy: z.string(),
  createdAtUs: z.int(),
  untilUs: z.int(),
  liftedBy: z.string().nullable(),
  liftedAtUs: z.int().nullable(),
})
export type SuppressionRow = z.infer<typeof SuppressionRow>
export type NewSuppression = Omit<SuppressionRow, 'liftedBy' | 'liftedAtUs'>

const SELECT = `SELECT toString(suppressions.id) AS id, rule, principal, target, reason, owner, created_by AS createdBy,
    toUnixTimestamp64Micro(created_at) AS createdAtUs, toUnixTimestamp64Micro(until) AS untilUs, lifted_by AS liftedBy,
    toUnixTimestamp64Micro(lifted_at) AS liftedAtUs
  FROM suppressions FINAL WHERE tenant = {tenant:String}`

/** What an alert is held against a suppression by. */
export type Suppressible = {
  rules: readonly string[]
  principal: string | null
  rootPrincipal: string | null
  targets: readonly string[]
  /** What the accesses that it is about, and those that followed from them, reached. */
  content: { reach: { targets: readonly { target: string }[] } }
}

export class Suppressions {
  constructor(private readonly store: Store) {}

  add(tenant: string, suppression: NewSuppression): Promise<void> {
    return this.store.insert('suppressions', [insertOf(tenant, { ...suppression, liftedBy: null, liftedAtUs: null })])
  }

  /** Lifting it again changes nothing. @returns false when there is no such suppression */
  async lift(tenant: string, id: string, by: string, atUs: number): Promise<boolean> {
    const found = await this.find(tenant, id)
    if (!found) return false
    if (found.liftedAtUs === null) await this.store.insert('suppressions', [insertOf(tenant, { ...found, liftedBy: by, liftedAtUs: atUs })])
    return true
  }

  async find(tenant: string, id: string): Promise<SuppressionRow | null> {
    const sql = `${SELECT} AND suppressions.id = {id:UUID}`
    const rows = await this.store.query({ name: 'suppressions.find', sql, params: { tenant, id }, row: SuppressionRow })
    return rows[0] ?? null
  }

  /** Latest first. @param atUs those alone that hold at this moment */
  list(tenant: string, { atUs, limit = 1000 }: { atUs?: number; limit?: number } = {}): Promise<SuppressionRow[]> {
    const holds = atUs === undefined ? '' : 'AND lifted_at IS NULL AND until > fromUnixTimestamp64Micro({atUs:Int64})'
    return this.store.query({
      name: 'suppressions.list',
      sql: `${SELECT} ${holds} ORDER BY created_at DESC, suppressions.id LIMIT {limit:UInt32}`,
      params: { tenant, limit, ...(atUs === undefined ? {} : { atUs }) },
      row: SuppressionRow,
    })
  }
}

/**
 * The suppression that covers an alert, if one does. One that names a rule covers it where that rule alone found the alert:
 * what another rule says of it is still told. One that names a target covers it where that target alone was reached: nobody passes by a
 * noisy place to go on unseen.
 */
export function suppressionOf(alert: Suppressible, suppressions: readonly SuppressionRow[]): SuppressionRow | null {
  const { rules, principal, rootPrincipal, targets, content } = alert
  const reached = content.reach.targets.length > 0 ? content.reach.targets.map(({ target }) => target) : targets
  const covers = (wanted: SuppressionRow) =>
    (wanted.rule === null || rules.every((rule) => rule === wanted.rule)) &&
    (wanted.principal === null || wanted.principal === principal || wanted.principal === rootPrincipal) &&
    (wanted.target === null || (reached.length > 0 && reached.every((target) => target === wanted.target)))
  return suppressions.find(covers) ?? null
}

function insertOf(tenant: string, row: SuppressionRow): object {
  const { createdBy, createdAtUs, untilUs, liftedBy, liftedAtUs, ...own } = row
  const lifted = { lifted_by: liftedBy, lifted_at: liftedAtUs === null ? null : String(liftedAtUs), version: liftedAtUs === null ? 1 : 2 }
  return { tenant, ...own, created_by: createdBy, created_at: String(createdAtUs), until: String(untilUs), ...lifted }
}
