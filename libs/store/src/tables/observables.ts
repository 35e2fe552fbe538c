import { ObservableKind, ObservableRole } from '@hoptrace/events'
import { z } from 'zod'
import type { InsertRow } from '../rows.ts'
import type { InsertOptions, Store } from '../store.ts'

/** A row of `observables` as it is inserted. */
export type ObservableInsert = {
  tenant: string
  digest: string
  kind: string
  key_id: string
  role: string
  value: string | null
  session_id: string
  seq: number
  hash: string
  ts: string
  elapsed_us: number
  at: string
  offset: number | null
  run: string | null
  principal: string | null
  root_principal: string | null
  target_name: string
  target_protocol: string
  type: string
  /** Absent: `capture`. */
  digested_at?: 'capture' | 'ingest'
}

export const ObservableRow = z.object({
  digest: z.string(),
  kind: ObservableKind,
  keyId: z.string(),
  role: ObservableRole,
  value: z.string().nullable(),
  sessionId: z.string(),
  seq: z.int(),
  hash: z.string(),
  ts: z.string(),
  elapsedUs: z.int(),
  at: z.string(),
  offset: z.int().nullable(),
  run: z.string().nullable(),
  principal: z.string().nullable(),
  rootPrincipal: z.string().nullable(),
  targetName: z.string(),
  targetProtocol: z.string(),
  type: z.string(),
  /** `capture`: the event carries the digest, and its hash proves it. `ingest`: it was made when the event was taken in. */
  digestedAt: z.enum(['capture', 'ingest']),
})
export type ObservableRow = z.infer<typeof ObservableRow>

/** Where each value was seen. */
export class Observables {
  constructor(private readonly store: Store) {}

  insert(rows: readonly InsertRow[], options?: InsertOptions): Promise<void> {
    return this.store.insert('observables', rows, options)
  }

  /** Every sighting of these digests, in event time. */
  findByDigests(tenant: string, digests: readonly string[], limit = 10_000): Promise<ObservableRow[]> {
    return this.store.query({
      name: 'observables.findByDigests',
      sql: `SELECT digest, kind, key_id AS keyId, role, value, session_id AS sessionId, seq, hash,
          toString(toUnixTimestamp64Micro(ts)) AS ts, elapsed_us AS elapsedUs, at, offset, run, principal,
          root_principal AS rootPrincipal, target_name AS targetName, target_protocol AS targetProtocol, type, digested_at AS digestedAt
        FROM observables FINAL
        WHERE tenant = {tenant:String} AND digest IN (SELECT toFixedString(arrayJoin({digests:Array(String)}), 32))
        ORDER BY observables.ts, session_id, seq, at LIMIT {limit:UInt32}`,
      params: { tenant, digests, limit },
      row: ObservableRow,
    })
  }
}
