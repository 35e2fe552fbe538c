import type { AccessFacts, ChainFacts } from '../facts/facts.ts'
import { accessesInOrder, compareText, type Link, linksOf } from '../records/order.ts'

/** Hops before an alert, and accesses after it, that are listed. */
const MAX_WALKED = 512

/** What accesses and all that followed from them amount to. */
export type Sums = { writes: number; rows: number; bytes: number }

/** Ways through a chain: what led to an access, and what followed from it. What is asked of all of it is summed up once. */
export class ChainWalk {
  private readonly into = new Map<string, Link>()
  private readonly outOf = new Map<string, Link[]>()
  private readonly byId: ReadonlyMap<string, AccessFacts>
  private readonly places: ReadonlyMap<string, number>
  private readonly sums = new Map<string, Sums>()
  private readonly weakest = new Map<string, Link>()

  constructor(chain: ChainFacts) {
    const inOrder = accessesInOrder(chain)
    this.byId = new Map(inOrder.map((access) => [access.id, access]))
    this.places = new Map(inOrder.map(({ id }, place) => [id, place]))
    const links = linksOf(chain)
    for (const link of links) {
      this.into.set(link.to.id, link)
      const after = this.outOf.get(link.from.id)
      if (after) after.push(link)
      else this.outOf.set(link.from.id, [link])
    }
    this.sumUp(
      inOrder,
      links.sort((a, b) => a.to.depth - b.to.depth),
    )
  }

  access(id: string | null): AccessFacts | undefined {
    return id === null ? undefined : this.byId.get(id)
  }

  /** The hops that lead to these accesses, each once, earliest first: their own, and the nearest before those. */
  leadingTo(ids: Iterable<string>): Link[] {
    const found = new Set<Link>()
    // The set grows as it is walked: first the hops of all, then one step before each.
    for (const id of ids) this.lead(id, found)
    for (const { from } of found) this.lead(from.id, found)
    return this.ordered([...found], ({ to }) => to.id)
  }

  /** The weakest hop on the way from the chain's first access to any of these; of equals the one with the lesser id. */
  weakestTo(ids: Iterable<string>): Link | null {
    const all = [...ids].flatMap((id) => this.weakest.get(id) ?? [])
    return all.reduce<Link | null>((least, link) => (least && !isWeaker(link, least) ? least : link), null)
  }

  /** These accesses and what followed from them first, in the order in which they began. */
  from(ids: Iterable<string>): AccessFacts[] {
    const found = new Set<string>()
    for (const id of ids) if (found.size < MAX_WALKED && this.byId.has(id)) found.add(id)
    for (const id of found) {
      for (const { to } of this.outOf.get(id) ?? []) if (found.size < MAX_WALKED) found.add(to.id)
    }
    return this.ordered(
      [...found].flatMap((id) => this.byId.get(id) ?? []),
      ({ id }) => id,
    )
  }

  /** What these accesses and all that followed from them amount to, however many there are. */
  sumFrom(ids: ReadonlySet<string>): Sums {
    const total = { writes: 0, rows: 0, bytes: 0 }
    for (const id of ids) if (!this.isBelow(id, ids)) add(total, this.sums.get(id))
    return total
  }

  private isBelow(id: string, ids: ReadonlySet<string>): boolean {
    for (let link = this.into.get(id); link; link = this.into.get(link.from.id)) if (ids.has(link.from.id)) return true
    return false
  }

  private lead(id: string, found: Set<Link>): void {
    const link = this.into.get(id)
    if (link && found.size < MAX_WALKED) found.add(link)
  }

  // `links` are in the order of depth.
  private sumUp(accesses: readonly AccessFacts[], links: readonly Link[]): void {
    for (const { id, writes, rows, bytes } of accesses) this.sums.set(id, { writes, rows, bytes })
    for (const { from, to } of [...links].reverse()) add(this.sums.get(from.id), this.sums.get(to.id))
    for (const link of links) {
      const before = this.weakest.get(link.from.id)
      this.weakest.set(link.to.id, before && !isWeaker(link, before) ? before : link)
    }
  }

  private ordered<T>(items: T[], idOf: (item: T) => string): T[] {
    const placeOf = (item: T) => this.places.get(idOf(item)) ?? 0
    return items.sort((a, b) => placeOf(a) - placeOf(b))
  }
}

function add(to: Sums | undefined, more: Sums | undefined): void {
  if (!to || !more) return
  to.writes += more.writes
  to.rows += more.rows
  to.bytes += more.bytes
}

function isWeaker({ hop: a }: Link, { hop: b }: Link): boolean {
  return a.score - b.score < 0 || (a.score === b.score && compareText(a.id, b.id) < 0)
}
