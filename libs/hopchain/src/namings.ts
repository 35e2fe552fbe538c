import { type Access, callerOf, compareSightings, type Sighting } from './access.ts'
import { pushTo } from './lists.ts'
import { comparePivots, type Pivot } from './pivot.ts'
import { countBefore, type Place } from './place.ts'

/** A command or a statement that named a destination (role `named`). */
export type Naming = { access: Access; sighting: Sighting }

/** What commands and statements named. Every list is in the order of places once `sort` was called. */
export class Namings {
  /** `digest NUL access` → where that access named the value. */
  private readonly byAccess = new Map<string, Sighting[]>()
  /** `digest NUL caller` → that caller's accesses which named the value, each once. */
  private readonly ofCaller = new Map<string, Access[]>()
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
    const key = `${sighting.digest}\0${access.id}`
    if (!this.byAccess.has(key)) pushTo(this.ofCaller, `${sighting.digest}\0${callerOf(access)}`, access)
    pushTo(this.byAccess, key, sighting)
    pushTo(this.byEvent, placeKey(sighting), sighting)
  }

  sort(): void {
    for (const lists of [this.byAccess, this.byEvent]) for (const list of lists.values()) list.sort(compareSightings)
  }

  /** Accesses of one caller that named a value as a destination. */
  accessesOf(caller: string, digest: string): readonly Access[] {
    return this.ofCaller.get(`${digest}\0${caller}`) ?? []
  }

  /** Where an access named the value last before that place. */
  lastIn(access: Access, digest: string, before: Place): Naming | null {
    const sightings = this.byAccess.get(`${digest}\0${access.id}`) ?? []
    const sighting = sightings[countBefore(sightings, before, (each) => each) - 1]
    return sighting ? { access, sighting } : null
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
