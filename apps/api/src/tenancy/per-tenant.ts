/** Tenants come from an identity provider, so what is kept for each has a bound: the oldest goes first. */
const MAX_KEPT = 1000

/** One of something for each tenant, made when it is first asked for. Whoever reads the store names the tenant this way. */
export class PerTenant<T> {
  private readonly kept = new Map<string, T>()

  constructor(private readonly make: (tenant: string) => T) {}

  of(tenant: string): T {
    const known = this.kept.get(tenant)
    if (known !== undefined) return known
    const made = this.make(tenant)
    const [oldest] = this.kept.keys()
    if (this.kept.size >= MAX_KEPT && oldest !== undefined) this.kept.delete(oldest)
    this.kept.set(tenant, made)
    return made
  }
}
