import { instant } from '../../instant.ts'
import type { RecordedStream } from './recorded-stream.ts'

/** What the manifest says of one stream of events: what is in it, what is missing, what was cut, and what is hidden. */
export function streamFacts(stream: RecordedStream) {
  const { facts, stretch, firstPrevHash, wrongHashes } = stream
  const { completeness, missing, declaredGaps, conflicts } = facts.sequence()
  return {
    events: facts.events,
    from: facts.firstTs && instant(facts.firstTs),
    to: facts.lastTs && instant(facts.lastTs),
    seqRanges: facts.seqRanges,
    // A stretch does not begin at 0: what stands before it is not missing.
    ...(stretch.from === 0 ? { completeness } : { isStretch: true }),
    gaps: { missing: missing.filter(([, to]) => to >= stretch.from), declared: declaredGaps },
    conflicts,
    wrongHashes: [...wrongHashes],
    truncations: { count: facts.truncationCount, told: facts.truncations },
    inputsWithoutEcho: facts.hiddenInputs,
    firstPrevHash,
    firstHash: facts.firstHash,
    lastHash: facts.lastHash,
    maskedEvents: facts.maskedEvents,
  }
}
