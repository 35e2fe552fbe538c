import type { SessionVerdict } from '@hoptrace/api'

type Findings = Pick<SessionVerdict, 'missing' | 'conflicts' | 'declaredGaps' | 'wrongHashes'>

/** What keeps a recording from being complete, in words; empty when nothing does. */
export function reasonsOf({ missing, conflicts, declaredGaps, wrongHashes }: Findings): string {
  return [
    ...missing.map(([from, to]) => (from === to ? `seq ${from} missing` : `seq ${from} to ${to} missing`)),
    ...conflicts.map((seq) => `conflict at ${seq}`),
    ...wrongHashes.map((seq) => `wrong hash at ${seq}`),
    ...declaredGaps.map((seq) => `gap declared at ${seq}`),
  ].join(' · ')
}
