import { DAY_US } from './policy.ts'

/** How common values were on one closed day of event time. */
export type Baseline = {
  /** Days since the epoch, UTC. */
  day: number
  /** Callers with at least one access on that day. */
  callers: number
  /** Digest → callers that were answered it on that day. What is absent was answered to none. */
  callersOfValue: ReadonlyMap<string, number>
}

export function dayOf(tsUs: number): number {
  return Math.floor(tsUs / DAY_US)
}

/** The name that a score keeps of the baseline it rests on. */
export function baselineId(day: number): string {
  return `day:${day}`
}
