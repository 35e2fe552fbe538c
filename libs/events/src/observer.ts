import { canonicalAddress, canonicalHost } from './canonical-value.ts'
import type { FoundObservables } from './chain.ts'
import { type DigestKey, observe } from './digest.ts'
import { looksLikeJson } from './json-reader.ts'
import { canonicalPods, serviceHost } from './kubernetes/names.ts'
import type { Observable, ObservableRole } from './observable.ts'
import { type FoundValue, scanCell, scanText } from './scan.ts'
import { type JsonContext, scanJson } from './scan-json.ts'
import { scanPairs } from './scan-pairs.ts'

/** An event carries at most this many observables. */
export const MAX_OBSERVABLES = 256

const MIN_JSON = 8

/** Gathers the observables of one event: each value once a role, counted past the limit. */
export class Observer {
  private readonly found = new Map<string, Observable>()
  private total = 0

  constructor(private readonly key: DigestKey) {}

  text(text: string, role: ObservableRole, at: string): this {
    return this.addAll(scanText(text), role, at)
  }

  /** JSON text, whole or cut. */
  json(text: string, role: ObservableRole, at: string, context: JsonContext = {}): this {
    return this.addAll(scanJson(text, context), role, at)
  }

  /** A form, or the query of a URL. */
  pairs(text: string, role: ObservableRole, at: string, offset = 0): this {
    return this.addAll(scanPairs(text, offset), role, at)
  }

  /** A body over HTTP as its media type has it; what says nothing of itself, or something wrong, by its looks. */
  body(text: string, mediaType: string | null, role: ObservableRole, at: string, context: JsonContext = {}): this {
    if (mediaType?.startsWith('application/x-www-form-urlencoded')) return this.pairs(text, role, at)
    return looksLikeJson(text) ? this.json(text, role, at, context) : this.text(text, role, at)
  }

  /** One value standing alone, which may be JSON. */
  cell(cell: string, role: ObservableRole, at: string): this {
    const isJson = cell.length >= MIN_JSON && (cell.startsWith('{') || cell.startsWith('['))
    for (const value of isJson ? scanJson(cell) : scanCell(cell)) this.add(value, role, at)
    return this
  }

  add({ kind, canonical, offset }: FoundValue, role: ObservableRole, at: string): this {
    // A trace is what a request belongs to. One that stands in an answer is of another.
    if (kind === 'trace' && role !== 'asked') return this
    const id = `${kind}\0${role}\0${canonical}`
    if (this.found.has(id)) return this
    this.total += 1
    if (this.found.size < MAX_OBSERVABLES) this.found.set(id, observe(this.key, { kind, canonical, role, at, offset }))
    return this
  }

  /** Values that were found already. A secret that a request names is a use of it. */
  addAll(values: Iterable<FoundValue>, role: ObservableRole, at: string): this {
    for (const value of values) this.add(value, value.isNamedSecret && role === 'asked' ? 'presented' : role, at)
    return this
  }

  pod(namespace: string | null, name: string, role: ObservableRole, at: string, offset = 0): this {
    for (const canonical of canonicalPods(namespace, name)) this.add({ kind: 'pod', canonical, offset }, role, at)
    return this
  }

  /** A host as a destination is written: a name, or an address. */
  place(host: string, role: ObservableRole, at: string, offset = 0): this {
    const address = canonicalAddress(host)
    const canonical = address ?? canonicalHost(host)
    return canonical === null ? this : this.add({ kind: address ? 'address' : 'host', canonical, offset }, role, at)
  }

  /** A service of Kubernetes, as the host that it is in its cluster. */
  service(namespace: string | null, name: string, role: ObservableRole, at: string, offset = 0): this {
    const canonical = namespace === null ? null : serviceHost(namespace, name)
    return canonical === null ? this : this.add({ kind: 'host', canonical, offset }, role, at)
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
