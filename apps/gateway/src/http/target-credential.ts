import type { HttpTarget, SecretSource } from '../access/target.ts'

/** What the gateway adds to each request. Null where it holds no credential for the target. */
export type CredentialField = { name: string; value: string }

/** A credential is read again after so long: it can be rotated, and requests need not each read a file. */
const KEPT_US = 1_000_000

/** The gateway's own credentials at its HTTP targets. */
export class TargetCredentials {
  private readonly kept = new Map<string, { field: CredentialField | null; atUs: number }>()

  constructor(
    private readonly resolveSecret: (source: SecretSource) => string,
    private readonly nowUs: () => number,
  ) {}

  /** @throws what `resolveSecret` throws, which names the source and never the secret */
  fieldFor(target: HttpTarget): CredentialField | null {
    const nowUs = this.nowUs()
    const kept = this.kept.get(target.name)
    if (kept && nowUs - kept.atUs < KEPT_US) return kept.field
    const field = this.read(target)
    this.kept.set(target.name, { field, atUs: nowUs })
    return field
  }

  private read({ credential, account }: HttpTarget): CredentialField | null {
    if (typeof credential === 'string') return null
    if ('bearer' in credential) return { name: 'authorization', value: `Bearer ${this.resolveSecret(credential.bearer)}` }
    if ('header' in credential) return { name: credential.header, value: this.resolveSecret(credential.value) }
    const pair = `${account}:${this.resolveSecret(credential.basic.password)}`
    return { name: 'authorization', value: `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` }
  }
}
