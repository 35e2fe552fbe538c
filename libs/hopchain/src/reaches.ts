import { type Access, callerOf, compareSightings, type Sighting } from './access.ts'
import { pushTo } from './lists.ts'
import { countBefore, type Place } from './place.ts'

/** An access that went to some value, or a refused attempt that asked for it. */
export type Reach = { access: Access; sighting: Sighting }

/** Who went where. Every list is in the order of places once `sort` was called. */
export class Reaches {
  private readonly byValue = new Map<string, Reach[]>()
  /** Digest → caller → where that caller went to the value. */
  private readonly byCaller = new Map<string, Map<string, Sighting[]>>()
  /** Digest → sessions over HTTP that went there. */
  private readonly lasting = new Map<string, Access[]>()

  add(access: Access, sighting: Sighting): void {
    const { digest } = sighting
    pushTo(this.byValue, digest, { access, sighting })
    const callers = this.byCaller.get(digest) ?? new Map<string, Sighting[]>()
    this.byCaller.set(digest, callers)
    pushTo(callers, callerOf(access), sighting)
    const isLasting = access.kind === 'session' && (access.protocol === 'http' || access.protocol === 'kubernetes')
    if (isLasting && this.lasting.get(digest)?.at(-1) !== access) pushTo(this.lasting, digest, access)
  }

  sort(): void {
    for (const list of this.byValue.values()) list.sort((a, b) => compareSightings(a.sighting, b.sighting))
    for (const callers of this.byCaller.values()) for (const list of callers.values()) list.sort(compareSightings)
  }

  /** Where an access went to a value, or was refused it, from that place on. */
  *from(digest: string, place: Place): Generator<Reach> {
    const reaches = this.byValue.get(digest) ?? []
    for (let at = countBefore(reaches, place, ({ sighting }) => sighting); at < reaches.length; at += 1) {
      const reach = reaches[at]
      if (reach) yield reach
    }
  }

  /** Sessions over HTTP that went to a value: one lasts as long as its run's requests follow each other. */
  lastingAt(digest: string): readonly Access[] {
    return this.lasting.get(digest) ?? []
  }

  /** How many callers but this one went to a value before that place, at most so long before. Counts no further than `enough`. */
  countOthers(digest: string, caller: string, before: Place & { withinUs: number; enough: number }): number {
    let others = 0
    for (const [other, places] of this.byCaller.get(digest) ?? []) {
      const last = other === caller ? undefined : places[countBefore(places, before, (place) => place) - 1]
      if (last && before.tsUs - last.tsUs <= before.withinUs) others += 1
      if (others >= before.enough) return others
    }
    return others
  }
}
