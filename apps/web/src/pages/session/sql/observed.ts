import type { StatementResult } from '@hoptrace/api'

type Observables = StatementResult['observables']

/** A value in one field that is known in clear and followed across sessions; null when there is none. */
export function observedIn(observables: Observables, at: string): string | null {
  return observables.find((observable) => observable.at === at && observable.value !== undefined)?.value ?? null
}

/** Cells of a sampled answer that hold a followed value, as `row/column`, from JSON pointers like `/sample/0/2`. */
export function followedCells(observables: Observables): Set<string> {
  const cells = observables.map(({ at }) => /^\/sample\/(\d+)\/(\d+)$/.exec(at))
  return new Set(cells.flatMap((cell) => (cell === null ? [] : [`${cell[1]}/${cell[2]}`])))
}
