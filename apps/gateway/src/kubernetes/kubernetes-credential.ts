import { readFileSync } from 'node:fs'
import type { KubernetesTarget, SecretSource } from '../access/target.ts'
import type { UpstreamTarget } from '../http/index.ts'

/** A token is read again after so long: it can be rotated, and requests need not each read a file. */
const KEPT_US = 1_000_000

export type TokenField = { name: 'authorization'; value: string }

/** The gateway's own credentials at its clusters. */
export class KubernetesCredentials {
  /** Read once: connections are kept, and so is the certificate that they were made with. */
  private readonly upstreams = new Map<string, UpstreamTarget>()
  private readonly kept = new Map<string, { field: TokenField | null; atUs: number }>()

  constructor(
    private readonly resolveSecret: (source: SecretSource) => string,
    private readonly nowUs: () => number,
  ) {}

  /** What goes with each request. @throws what `resolveSecret` throws, which names the source and never the secret */
  fieldFor(target: KubernetesTarget): TokenField | null {
    const nowUs = this.nowUs()
    const kept = this.kept.get(target.name)
    if (kept && nowUs - kept.atUs < KEPT_US) return kept.field
    const { credential } = target
    const isToken = credential !== 'caller' && 'token' in credential
    const field: TokenField | null = isToken ? { name: 'authorization', value: `Bearer ${this.resolveSecret(credential.token)}` } : null
    this.kept.set(target.name, { field, atUs: nowUs })
    return field
  }

  /** How the target is reached, with the certificate that the gateway has for it. @throws when a file cannot be read */
  upstreamOf(target: KubernetesTarget): UpstreamTarget {
    const known = this.upstreams.get(target.name)
    if (known) return known
    const { name, address, tls, ca, serverName, credential } = target
    const isCertificate = credential !== 'caller' && 'clientCertificate' in credential
    const clientCertificate = isCertificate
      ? { cert: readFileSync(credential.clientCertificate), key: this.resolveSecret(credential.clientKey) }
      : undefined
    const upstream = { name, address, tls, ca, serverName, clientCertificate, isPerSession: credential === 'caller' }
    this.upstreams.set(name, upstream)
    return upstream
  }
}
