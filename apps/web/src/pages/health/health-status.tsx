import type { Health } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { formatDuration } from '../../format/duration.ts'
import { formatCount } from '../../format/quantity.ts'
import { Instant } from '../../ui/instant.tsx'
import { Readout } from '../../ui/readout.tsx'
import { State, type Tone } from '../../ui/state.tsx'
import { ConflictsReadout, wordOf } from './conflicts.tsx'
import { ANALYSIS_LAG_MS, INGEST_LAG_MS } from './remedies.ts'

type Recording = NonNullable<Health['recording']>

const WORDS: Record<Recording['state'], { tone: Tone; word: string }> = {
  recording: { tone: 'good', word: 'Recording' },
  degraded: { tone: 'warn', word: 'Recording, not whole' },
  blind: { tone: 'bad', word: 'Blind: what happens now may not be recorded' },
  never: { tone: 'warn', word: 'No gateway was ever heard' },
}
const UNKNOWN = { tone: 'bad', word: 'Not known: the store does not answer' } as const

/** The state in a word, and the figures that it rests on. */
export function HealthStatus({ health: { recording, store, now, version } }: { health: Health }) {
  const { tone, word } = recording === null ? UNKNOWN : wordOf(recording, WORDS[recording.state])
  return (
    <section className={`status ${tone}`} aria-label="Recording status">
      <div className="status-word" role={tone === 'bad' ? 'alert' : 'status'}>
        <State tone={tone}>{word}</State>
        <p>
          As of <Instant at={now} form="clock" />, api {version}
        </p>
      </div>
      <dl className="readouts">
        {recording !== null && <Figures recording={recording} />}
        <Readout label="Store" isBad={!store.reachable}>
          {store.reachable ? 'reachable' : `not reachable${store.fault === null ? '' : `: ${store.fault}`}`}
        </Readout>
      </dl>
    </section>
  )
}

function Figures({ recording }: { recording: Recording }) {
  const { storedTo, ingestLagMs, analysedTo, analysisLagMs, gaps, deadLetters, conflicts, openSessions } = recording
  return (
    <>
      <Readout label="Stored up to" isBad={(ingestLagMs ?? 0) > INGEST_LAG_MS}>
        <UpTo at={storedTo} lagMs={ingestLagMs} behind="ago" />
      </Readout>
      <Readout label="Analysed up to" isBad={(analysisLagMs ?? 0) > ANALYSIS_LAG_MS}>
        <UpTo at={analysedTo} lagMs={analysisLagMs} behind="behind" />
      </Readout>
      <Readout label="Open sessions">
        <Link to="/sessions" search={{ outcome: ['open'] }}>
          {formatCount(openSessions)}
        </Link>
      </Readout>
      <Readout label="Gaps, 24 h" isBad={gaps > 0}>
        <Link to="/sessions" search={{ completeness: ['gap'] }}>
          {formatCount(gaps)}
        </Link>
      </Readout>
      <ConflictsReadout conflicts={conflicts} />
      <Readout label="Open dead letters" isBad={deadLetters > 0}>
        {formatCount(deadLetters)}
      </Readout>
    </>
  )
}

function UpTo({ at, lagMs, behind }: { at: string | null; lagMs: number | null; behind: string }): ReactNode {
  if (at === null) return 'nothing yet'
  return (
    <>
      <Instant at={at} form="clock" />
      {lagMs !== null && (
        <span className="faint">
          {' '}
          {formatDuration(lagMs * 1000)} {behind}
        </span>
      )}
    </>
  )
}
