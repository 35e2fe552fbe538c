import type { ServiceTokenRow, ServiceTokens as StoredTokens } from '@hoptrace/store'
import { Role } from '../../contract/index.ts'
import type { Identity } from '../identity.ts'
import { hashOfSecret, isSecretOf, newServiceToken, partsOfServiceToken } from './service-secret.ts'

/** A token that another process revoked is known here for so long still. */
const FRESH_MS = 5_000
const USE_NOTED_EVERY_MS = 60_000
const MAX_KNOWN = 10_000

type NewToken = { name: string; roles: readonly Role[]; mayReveal: boolean; ttlMs: number }
type Known = { row: ServiceTokenRow; readAtMs: number; useNotedAtMs: number }

/** Makes, checks and ends the tokens of machines. */
export class ServiceTokens {
  private readonly known = new Map<string, Known>()

  constructor(
    private readonly stored: StoredTokens,
    private readonly pepper: string | null,
    private readonly now: () => number,
  ) {}

  /** @returns the token itself, which nobody can tell again */
  async create(
    by: { tenant: string; subject: string },
    { name, roles, mayReveal, ttlMs }: NewToken,
  ): Promise<{ token: string; row: ServiceTokenRow }> {
    const { tokenId, secret, token } = newServiceToken()
    const createdAtMs = this.now()
    const expiresAtMs = createdAtMs + ttlMs
    const secretHash = hashOfSecret(secret, this.pepper)
    const row = {
      tenant: by.tenant,
      tokenId,
      name,
      roles: roles.join(','),
      mayReveal,
      secretHash,
      createdBy: by.subject,
      createdAtMs,
      expiresAtMs,
    }
    await this.stored.add(row)
    return { token, row: { ...row, lastUsedAtMs: 0, revokedAtMs: 0 } }
  }

  /** Whose token it is; null when it is nobody's, or was revoked, or has expired. */
  async identify(token: string): Promise<Identity | null> {
    const parts = partsOfServiceToken(token)
    if (!parts) return null
    const known = await this.find(parts.tokenId)
    // An unknown id costs the comparison too.
    const isRight = isSecretOf(known?.row.secretHash ?? '0'.repeat(64), parts.secret, this.pepper)
    if (!known || !isRight || known.row.revokedAtMs > 0 || known.row.expiresAtMs <= this.now()) return null
    this.noteUse(known)
    const { tenant, tokenId, name, mayReveal } = known.row
    return { subject: `service:${tokenId}`, name, tenant, roles: rolesOf(known.row), mayReveal, via: 'service' }
  }

  list(tenant: string): Promise<ServiceTokenRow[]> {
    return this.stored.list(tenant)
  }

  /** False when the tenant has no such token. */
  async revoke(tenant: string, tokenId: string): Promise<boolean> {
    const row = await this.stored.find(tokenId)
    if (row?.tenant !== tenant) return false
    if (row.revokedAtMs === 0) await this.stored.revoke(row, this.now())
    this.known.delete(tokenId)
    return true
  }

  private async find(tokenId: string): Promise<Known | null> {
    const found = this.known.get(tokenId)
    if (found && this.now() - found.readAtMs < FRESH_MS) return found
    const row = await this.stored.find(tokenId)
    if (!row) return null
    const [oldest] = this.known.keys()
    if (this.known.size >= MAX_KNOWN && oldest !== undefined) this.known.delete(oldest)
    const known = { row, readAtMs: this.now(), useNotedAtMs: found?.useNotedAtMs ?? row.lastUsedAtMs }
    this.known.set(tokenId, known)
    return known
  }

  private noteUse(known: Known): void {
    const now = this.now()
    if (now - known.useNotedAtMs < USE_NOTED_EVERY_MS) return
    known.useNotedAtMs = now
    // Of interest, and no reason to hold up or fail a request.
    this.stored.noteUse(known.row, now).catch(() => undefined)
  }
}

export function rolesOf({ roles }: Pick<ServiceTokenRow, 'roles'>): Role[] {
  return roles.split(',').flatMap((role) => Role.safeParse(role).data ?? [])
}
