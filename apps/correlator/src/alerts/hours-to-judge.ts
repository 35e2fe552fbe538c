import { EventFacts, type Span, type Store } from '@hoptrace/store'
import type { Fitting } from './event-looker.ts'

export const HOUR_US = 3_600_000_000
/** Hours that are remembered, of all tenants. */
const MAX_SETTLED = 10_000
const EVER: Span = { fromUs: 0, toUs: Number.MAX_SAFE_INTEGER }

/** Which hours of event time are to be judged: those of which something changed, and those that this process has not judged yet. */
export class HoursToJudge {
  private readonly facts: EventFacts
  private readonly settled = new Set<string>()

  /** @param onChanged what was found in that hour, and is remembered, may be another now */
  constructor(
    store: Store,
    private readonly onChanged: (tenant: string, hour: number) => void,
  ) {
    this.facts = new EventFacts(store)
  }

  /**
   * The hours whose findings may rest on these events.
   * @param longestUs the longest timespan of a correlation: an event tells for that long, in both directions
   */
  async around(tenant: string, { all, changed }: Fitting, longestUs: number): Promise<number[]> {
    for (const hour of hoursOf(changed, longestUs)) {
      this.settled.delete(`${tenant} ${hour}`)
      this.onChanged(tenant, hour)
    }
    const near = hoursOf([...all, ...changed], longestUs)
    const open = new Set([...near].filter((hour) => !this.settled.has(`${tenant} ${hour}`)))
    if (open.size === 0) return []
    const [first, last] = extentOf(open)
    const span = { fromUs: first * HOUR_US, toUs: (last + 1) * HOUR_US - 1 }
    const matching = await this.facts.matchHours(tenant, span)
    // Where events ceased to fit, alerts may have to go.
    return [...new Set([...matching.filter((hour) => open.has(hour)), ...hoursOf(changed, 0)])]
  }

  /** Hours in which events of these sessions fit rules. */
  ofSessions(tenant: string, sessions: readonly string[], span: Span = EVER): Promise<number[]> {
    return this.facts.matchHoursOf(tenant, sessions, span)
  }

  /** As `ofSessions`, those alone that this process has not judged yet. */
  async unsettledOf(tenant: string, sessions: readonly string[]): Promise<number[]> {
    return (await this.ofSessions(tenant, sessions)).filter((hour) => !this.settled.has(`${tenant} ${hour}`))
  }

  /** What was found in this hour is stored. */
  settle(tenant: string, hour: number): void {
    if (this.settled.size >= MAX_SETTLED) this.settled.clear()
    this.settled.add(`${tenant} ${hour}`)
  }

  /** A pass failed: what it stored may ask for more than the next one finds changed. */
  unsettle(): void {
    this.settled.clear()
  }
}

// Clocks may say anything: more hours than a call takes arguments.
function extentOf(hours: Iterable<number>): [first: number, last: number] {
  let [first, last] = [Number.POSITIVE_INFINITY, 0]
  for (const hour of hours) [first, last] = [Math.min(first, hour), Math.max(last, hour)]
  return [first, last]
}

function hoursOf(moments: readonly number[], aroundUs: number): Set<number> {
  const hours = new Set<number>()
  for (const tsUs of new Set(moments)) {
    const last = Math.floor((tsUs + aroundUs) / HOUR_US)
    for (let hour = Math.floor(Math.max(0, tsUs - aroundUs) / HOUR_US); hour <= last; hour += 1) hours.add(hour)
  }
  return hours
}
