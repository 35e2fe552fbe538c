import { z } from 'zod'
import type { Store } from '../store.ts'

/** A token of a machine. Moments are milliseconds since the epoch; 0 where it has not come. */
export const ServiceTokenRow = z.object({
  tenant: z.string(),
  tokenId: z.string(),
  name: z.string(),
  /** Separated by commas. */
  roles: z.string(),
  mayReveal: z.boolean(),
  secretHash: z.string(),
  createdBy: z.string(),
  createdAtMs: z.int(),
  expiresAtMs: z.int(),
  lastUsedAtMs: z.int(),
  revokedAtMs: z.int(),
})
export type ServiceTokenRow = z.infer<typeof ServiceTokenRow>

export type NewServiceToken = Omit<ServiceTokenRow, 'lastUsedAtMs' | 'revokedAtMs'>
type TokenKey = Pick<ServiceTokenRow, 'tenant' | 'tokenId'>

const TOKENS = `SELECT tenant, token_id AS tokenId, max(name) AS name, max(roles) AS roles, toBool(max(may_reveal)) AS mayReveal,
    max(secret_hash) AS secretHash, max(created_by) AS createdBy, toUnixTimestamp64Milli(max(created_at)) AS createdAtMs,
    toUnixTimestamp64Milli(max(expires_at)) AS expiresAtMs, toUnixTimestamp64Milli(max(last_used_at)) AS lastUsedAtMs,
    toUnixTimestamp64Milli(max(revoked_at)) AS revokedAtMs
  FROM service_tokens`
// A row that revokes or tells of a use may come without the one that made the token.
const KNOWN = "HAVING secretHash != ''"

/** Tokens of machines that ask the api, as hashes. */
export class ServiceTokens {
  constructor(private readonly store: Store) {}

  add({ tenant, tokenId, name, roles, mayReveal, secretHash, createdBy, createdAtMs, expiresAtMs }: NewServiceToken): Promise<void> {
    const row = { tenant, token_id: tokenId, name, roles, may_reveal: mayReveal ? 1 : 0, secret_hash: secretHash, created_by: createdBy }
    return this.store.insert('service_tokens', [{ ...row, created_at: createdAtMs, expires_at: expiresAtMs }])
  }

  /** Whose tenant it is stands in the answer: the token says nothing of it. */
  async find(tokenId: string): Promise<ServiceTokenRow | null> {
    const rows = await this.store.query({
      name: 'serviceTokens.find',
      sql: `${TOKENS} WHERE token_id = {tokenId:String} GROUP BY tenant, token_id ${KNOWN} LIMIT 1`,
      params: { tokenId },
      row: ServiceTokenRow,
    })
    return rows[0] ?? null
  }

  /** Newest first. */
  list(tenant: string, limit = 1000): Promise<ServiceTokenRow[]> {
    return this.store.query({
      name: 'serviceTokens.list',
      sql: `${TOKENS} WHERE tenant = {tenant:String} GROUP BY tenant, token_id ${KNOWN} ORDER BY createdAtMs DESC, tokenId LIMIT {limit:UInt32}`,
      params: { tenant, limit },
      row: ServiceTokenRow,
    })
  }

  noteUse({ tenant, tokenId }: TokenKey, atMs: number): Promise<void> {
    return this.store.insert('service_tokens', [{ tenant, token_id: tokenId, last_used_at: atMs }])
  }

  revoke({ tenant, tokenId }: TokenKey, atMs: number): Promise<void> {
    return this.store.insert('service_tokens', [{ tenant, token_id: tokenId, revoked_at: atMs }])
  }
}
