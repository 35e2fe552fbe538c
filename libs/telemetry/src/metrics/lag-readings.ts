/** How far a consumer's partitions are behind, as labelled readings; a partition whose lag is not known yet has none. */
export function lagReadings(
  positions: readonly { topic: string; partition: number; lag: number | null }[],
): [labels: { partition: string }, lag: number][] {
  return positions.flatMap(({ topic, partition, lag }) => (lag === null ? [] : [[{ partition: `${topic}.${partition}` }, lag]]))
}
