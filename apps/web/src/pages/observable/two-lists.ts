import type { Sighting } from '@hoptrace/api'

/** To have it is one thing, to act with it another: an answer, or a question that held it, against a use and an access. */
const USES: ReadonlySet<Sighting['role']> = new Set(['presented', 'target', 'named'])

/** Sightings as two lists, each in time: who saw the value, who used it. */
export function twoLists(sightings: readonly Sighting[]): { saw: Sighting[]; used: Sighting[] } {
  const inTime = [...sightings].sort((a, b) => (a.seenAt < b.seenAt ? -1 : a.seenAt > b.seenAt ? 1 : a.at.seq - b.at.seq))
  return { saw: inTime.filter(({ role }) => !USES.has(role)), used: inTime.filter(({ role }) => USES.has(role)) }
}

/** How the value stood there, in words. */
export const roleWords: Record<Sighting['role'], string> = {
  answered: 'in an answer',
  asked: 'in a request',
  presented: 'presented',
  target: 'went there',
  named: 'named as the way',
}
