import type { AlertResponse, AlertState, Severity } from '@hoptrace/api'
import { State, type Tone } from './state.tsx'

const WORDS: Record<Severity, string> = { informational: 'info', low: 'low', medium: 'medium', high: 'high', critical: 'critical' }

/** How bad: a meter of four, a word, and only then a colour. */
export function SeverityMark({ value }: { value: Severity }) {
  return (
    <span className={`severity ${value}`} title={`severity ${value}`}>
      <span className="severity-meter" aria-hidden="true">
        <i />
        <i />
        <i />
        <i />
      </span>
      {WORDS[value]}
    </span>
  )
}

export const responses: Record<AlertResponse, { word: string; means: string }> = {
  page: { word: 'pages', means: 'A person is told at once' },
  queue: { word: 'queue', means: 'Whoever looks at the queue sees it' },
  log: { word: 'log', means: 'Kept, and nobody is told' },
}

/** Who is told, apart from how bad it is. */
export function ResponseMark({ value }: { value: AlertResponse }) {
  const { word, means } = responses[value]
  return (
    <span className={`response to-${value}`} title={means}>
      {word}
    </span>
  )
}

const STATES: Record<AlertState, Tone> = { open: 'accent', acknowledged: 'good', closed: 'quiet' }

export function AlertStateMark({ value }: { value: AlertState }) {
  return <State tone={STATES[value]}>{value}</State>
}
