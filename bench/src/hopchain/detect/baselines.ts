import { type Access, type Baseline, callerOf, dayOf } from '@hoptrace/hopchain'

/** What the correlator counts of every closed day: callers that began a session, and callers that were answered each value. */
export function baselinesOf(accesses: readonly Access[]): Baseline[] {
  const callers = new Map<number, Set<string>>()
  const values = new Map<number, Map<string, Set<string>>>()
  for (const access of accesses) {
    const caller = callerOf(access)
    if (access.kind === 'session') inside(callers, dayOf(access.start.tsUs), () => new Set<string>()).add(caller)
    for (const { role, digest, tsUs } of access.sightings) {
      if (role !== 'answered') continue
      const ofDay = inside(values, dayOf(tsUs), () => new Map<string, Set<string>>())
      inside(ofDay, digest, () => new Set<string>()).add(caller)
    }
  }
  const days = [...new Set([...callers.keys(), ...values.keys()])].sort((a, b) => a - b)
  return days.map((day) => ({
    day,
    callers: callers.get(day)?.size ?? 0,
    callersOfValue: new Map([...(values.get(day) ?? [])].map(([digest, { size }]) => [digest, size])),
  }))
}

function inside<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key) ?? make()
  map.set(key, found)
  return found
}
