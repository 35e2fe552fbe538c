import type { Triage } from '@hoptrace/api'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { triage } from '../api/queries.ts'
import type { Tone } from '../ui/state.tsx'

const LAMPS: Record<string, { tone: Tone; word: string }> = {
  recording: { tone: 'good', word: 'Recording' },
  degraded: { tone: 'warn', word: 'Degraded' },
  blind: { tone: 'bad', word: 'Blind' },
  never: { tone: 'quiet', word: 'No gateway' },
}
const CONFLICT = { tone: 'bad', word: 'Conflict' } as const
const UNREACHABLE = { tone: 'bad', word: 'No answer' } as const

/** Are we recording? On every page, since a quiet page of a blind gateway looks like a quiet night. */
export function RecordingLamp() {
  const { data, isError, isPending } = useQuery(triage())
  if (isPending) return <span className="lamp quiet">…</span>
  const { tone, word } = isError ? UNREACHABLE : lampOf(data.recording)
  return (
    <Link to="/health" className={`lamp ${tone}`} title={data?.recording.reasons.join(' ') ?? 'The platform does not answer'}>
      <span className="lamp-dot" aria-hidden="true" />
      {word}
    </Link>
  )
}

// A blind gateway is the more urgent of the two.
function lampOf({ state, conflicts }: Triage['recording']): { tone: Tone; word: string } {
  if (conflicts.count > 0 && state !== 'blind') return CONFLICT
  return LAMPS[state] ?? UNREACHABLE
}
