import type { LabelDomain, LabelDomains } from './definition.ts'

/** Stands for every value that a label may not say. */
export const OTHER = 'other'
/** The shape of a code, a topic, a configured name; no recorded sentence has it. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,79}$/

/** Keeps the labels of one metric within their domains, so that no caller can make it grow without end. */
export class LabelGuard {
  private readonly seen = new Map<string, Set<string>>()

  constructor(private readonly domains: LabelDomains) {}

  /** The values that are allowed; `other` for the rest. */
  bound(values: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(Object.entries(this.domains).map(([label, domain]) => [label, this.allowed(label, domain, values[label])]))
  }

  private allowed(label: string, domain: LabelDomain, value: string | undefined): string {
    if (value === undefined) return OTHER
    if (!('atMost' in domain)) return domain.includes(value) ? value : OTHER
    if (!NAME.test(value)) return OTHER
    const seen = this.seen.get(label) ?? new Set<string>()
    this.seen.set(label, seen)
    if (!seen.has(value) && seen.size >= domain.atMost) return OTHER
    seen.add(value)
    return value
  }
}
