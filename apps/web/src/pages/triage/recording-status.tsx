import type { Triage } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { formatAgo, formatDuration } from '../../format/duration.ts'
import { millisOf } from '../../format/instant.ts'
import { formatCount, plural } from '../../format/quantity.ts'
import { Instant } from '../../ui/instant.tsx'
import { Readout } from '../../ui/readout.tsx'
import { State, type Tone } from '../../ui/state.tsx'
import { ConflictsReadout, wordOf } from '../health/conflicts.tsx'

type Recording = Triage['recording']
const WORDS: Record<Recording['state'], { tone: Tone; word: string }> = {
  recording: { tone: 'good', word: 'Recording' },
  degraded: { tone: 'warn', word: 'Recording, not whole' },
  blind: { tone: 'bad', word: 'Blind: what happens now may not be recorded' },
  never: { tone: 'warn', word: 'No gateway was ever heard' },
}

/** Are we recording? Red when blind. */
export function RecordingStatus({ recording, now }: { recording: Recording; now: string }) {
  const { tone, word } = wordOf(recording, WORDS[recording.state])
  const nowMs = millisOf(now)
  return (
    <section className={`status ${tone}`} aria-label="Recording status">
      <div className="status-word" role={tone === 'bad' ? 'alert' : 'status'}>
        <State tone={tone}>{word}</State>
        {recording.reasons.map((reason) => (
          <p key={reason}>{reason}</p>
        ))}
      </div>
      <dl className="readouts">
        {recording.gateways.map((gateway) => (
          <Readout key={gateway.bootId} label={`Gateway ${gateway.gatewayId}`} isBad={gateway.isSilent}>
            {gateway.isSilent ? 'silent for ' : 'heard '}
            {formatDuration(gateway.ageMs * 1000)}
            {gateway.isSilent ? '' : ' ago'}
            <span className="faint"> · {plural(gateway.openSessions, 'open session')}</span>
          </Readout>
        ))}
        <Readout label="Gaps, 24 h" isBad={recording.gaps > 0}>
          <Link to="/sessions" search={{ completeness: ['gap'] }}>
            {formatCount(recording.gaps)}
          </Link>
        </Readout>
        <ConflictsReadout conflicts={recording.conflicts} />
        <Readout label="Open dead letters" isBad={recording.deadLetters > 0}>
          <Link to="/health">{formatCount(recording.deadLetters)}</Link>
        </Readout>
        <Readout label="Stored up to">
          {recording.ingestedTo === null ? 'nothing' : <Behind at={recording.ingestedTo} nowMs={nowMs} />}
        </Readout>
        <Readout label="Analysed up to">
          {recording.analysedTo === null ? 'nothing' : <Behind at={recording.analysedTo} nowMs={nowMs} />}
        </Readout>
      </dl>
    </section>
  )
}

function Behind({ at, nowMs }: { at: string; nowMs: number }) {
  return (
    <>
      <Instant at={at} form="clock" /> <span className="faint">{formatAgo(millisOf(at), nowMs)}</span>
    </>
  )
}
