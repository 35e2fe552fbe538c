import type { AccessFacts, ChainFacts } from '../facts/facts.ts'
import { accessesInOrder, type Link, linksOf } from '../records/order.ts'

/** Ways through a chain: what led to an access, and what followed from it. */
export class ChainWalk {
  private readonly links: readonly Link[]
  private readonly into = new Map<string, Link>()
  private readonly outOf = new Map<string, Link[]>()
  private readonly inOrder: readonly AccessFacts[]
  private readonly byId: ReadonlyMap<string, AccessFacts>

  constructor(chain: ChainFacts) {
    this.links = linksOf(chain)
    this.inOrder = accessesInOrder(chain)
    this.byId = new Map(this.inOrder.map((access) => [access.id, access]))
    for (const link of this.links) {
      this.into.set(link.to.id, link)
      const after = this.outOf.get(link.from.id)
      if (after) after.push(link)
      else this.outOf.set(link.from.id, [link])
    }
  }

  access(id: string | null): AccessFacts | undefined {
    return id === null ? undefined : this.byId.get(id)
  }

  /** The hops that lead to these accesses from the first one, each once, in their order. */
  leadingTo(ids: Iterable<string>): Link[] {
    const found = new Set<Link>()
    for (const id of ids) {
      for (let link = this.into.get(id); link && !found.has(link); link = this.into.get(link.from.id)) found.add(link)
    }
    return this.links.filter((link) => found.has(link))
  }

  /** These accesses and all that followed from them, in the order in which they began. */
  from(ids: Iterable<string>): AccessFacts[] {
    const found = new Set(ids)
    // The set grows as it is walked.
    for (const id of found) for (const { to } of this.outOf.get(id) ?? []) found.add(to.id)
    return this.inOrder.filter(({ id }) => found.has(id))
  }
}
