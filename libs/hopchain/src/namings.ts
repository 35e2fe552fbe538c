import { type Access, compareSightings, type Sighting } from './access.ts'
import { pushTo } from './lists.ts'
import { comparePivots, type Pivot } from './pivot.ts'
import type { Place } from './place.ts'

/** A command or a statement that named a destination (role `named`). */
export type Naming = { access: Access; sighting: Sighting }

/** What commands and statements named. Every list is in the order of places once `sort` was called. */
export class Namings {
  private readonly byValue = new Map<string, Naming[]>()
  private readonly byEvent = new Map<string, Sighting[]>()
  private readonly bySession = new Map<string, Pivot[]>()
  private readonly byPlace = new Map<string, Pivot>()

  constructor(pivots: readonly Pivot[]) {
    for (const pivot of [...pivots].sort(comparePivots)) {
      const place = placeKey(pivot)
      // Two contents under one seq: the first in order stands.
      if (this.byPlace.has(place)) continue
      this.byPlace.set(place, pivot)
      pushTo(this.bySession, pivot.stream, pivot)
    }
  }

  add(access: Access, sighting: Sighting): void {
    pushTo(this.byValue, sighting.digest, { access, sighting })
    pushTo(this.byEvent, placeKey(sighting), sighting)
  }

  sort(): void {
    for (const list of this.byValue.values()) list.sort((a, b) => compareSightings(a.sighting, b.sighting))
    for (const list of this.byEvent.values()) list.sort(compareSightings)
  }

  /** Where a value was named as a destination. */
  of(digest: string): readonly Naming[] {
    return this.byValue.get(digest) ?? []
  }

  /** What commands in a session named, in their order. */
  pivotsIn(session: string): readonly Pivot[] {
    return this.bySession.get(session) ?? []
  }

  pivotAt(place: Pick<Place, 'stream' | 'seq'>): Pivot | undefined {
    return this.byPlace.get(placeKey(place))
  }

  /** The forms of the destination that stand on a `pivot.named`. */
  formsAt(place: Pick<Place, 'stream' | 'seq'>): readonly Sighting[] {
    return this.byEvent.get(placeKey(place)) ?? []
  }
}

function placeKey({ stream, seq }: Pick<Place, 'stream' | 'seq'>): string {
  return `${stream}.${seq}`
}
