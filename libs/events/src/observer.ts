import type { FoundObservables } from './chain.ts'
import { type DigestKey, observe } from './digest.ts'
import type { Observable, ObservableRole } from './observable.ts'
import { type FoundValue, scanCell, scanText } from './scan.ts'

/** An event carries at most this many observables. */
export const MAX_OBSERVABLES = 256

/** Gathers the observables of one event: each value once a role, counted past the limit. */
export class Observer {
  private readonly found = new Map<string, Observable>()
  private total = 0

  constructor(private readonly key: DigestKey) {}

  text(text: string, role: ObservableRole, at: string): this {
    for (const value of scanText(text)) this.add(value, value.isNamedSecret && role === 'asked' ? 'presented' : role, at)
    return this
  }

  cell(cell: string, role: ObservableRole, at: string): this {
    for (const value of scanCell(cell)) this.add(value, role, at)
    return this
  }

  add(value: FoundValue, role: ObservableRole, at: string): this {
    const id = `${value.kind}\0${role}\0${value.canonical}`
    if (this.found.has(id)) return this
    this.total += 1
    if (this.found.size < MAX_OBSERVABLES) this.found.set(id, observe(this.key, { ...value, role, at }))
    return this
  }

  /** A secret that was offered to the gateway: digested, never recorded. */
  presented(secret: string): this {
    return this.add({ kind: 'credential', canonical: secret, offset: 0 }, 'presented', '')
  }

  result(): FoundObservables {
    const observables = [...this.found.values()]
    if (this.total <= MAX_OBSERVABLES) return { observables }
    return { observables, truncated: { kept: observables.length, total: this.total } }
  }
}
