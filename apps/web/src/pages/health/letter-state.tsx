import type { DeadLetterSummary } from '@hoptrace/api'
import { Instant } from '../../ui/instant.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { State } from '../../ui/state.tsx'

/** Does a letter still need somebody, and what came of its replay: when, and by whom. */
export function LetterState({ letter: { state, replayed } }: { letter: Pick<DeadLetterSummary, 'state' | 'replayed'> }) {
  const tone = state === 'settled' ? 'good' : 'warn'
  if (replayed === null) return <State tone={tone}>open</State>
  return (
    <>
      <State tone={tone}>{state === 'settled' ? 'replayed, stored' : `open, ${replayed.outcome}`}</State>{' '}
      <span className="faint">
        <Instant at={replayed.at} /> by <Recorded text={replayed.by} limit={60} />
      </span>
    </>
  )
}
