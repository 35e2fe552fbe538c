import type { HopEvidence } from '@hoptrace/api'

/** Index of what to show first. Of the strongest evidence, the first that names a value: it can be seen in both moments. */
export function mostTelling(evidence: readonly HopEvidence[]): number {
  const strongest = evidence[0]?.score ?? 0
  const index = evidence.findIndex(({ score, observable }) => observable !== null && score >= strongest)
  return Math.max(0, index)
}
