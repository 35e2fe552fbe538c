import type { SessionCommand, SessionDetail } from '@hoptrace/api'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import * as queries from '../../../api/queries.ts'
import { formatPosition } from '../../../format/duration.ts'
import { plural } from '../../../format/quantity.ts'
import type { PlayerClock } from './player-clock.ts'
import { TerminalStrip } from './terminal-strip.tsx'
import type { PlayerState } from './use-player.ts'

const route = getRouteApi('/sessions/$sessionId')

type TransportProps = {
  session: SessionDetail
  commands: readonly SessionCommand[]
  clock: PlayerClock
  state: PlayerState
  durationSeconds: number
  onToggle: () => void
  onSeek: (seconds: number) => void
  onStep: (by: number) => void
  /** Of one terminal beside what opened it: neither another nor its pauses can be chosen. */
  isInDetail: boolean
}

export function Transport({ session, commands, clock, state, durationSeconds, onToggle, onSeek, onStep, isInDetail }: TransportProps) {
  const inputs = useQuery(queries.someEvents(session.id, 'terminal.input'))
  const silent = inputs.data?.items.filter(({ event }) => event.type === 'terminal.input' && !event.body.isEchoed) ?? []
  const nowMs = clock.toSession(state.seconds)
  // Terminals of a session of requests end before it does.
  const endMs = session.protocol === 'kubernetes' ? clock.toSession(durationSeconds) : session.durationMs
  return (
    <fieldset className="transport">
      <legend className="visually-hidden">Playback</legend>
      <div className="transport-line">
        <TerminalStrip
          commands={commands}
          gaps={session.gaps.declared}
          silent={silent}
          fraction={(ms) => (durationSeconds > 0 ? Math.min(1, clock.toPlayer(ms) / durationSeconds) : 0)}
        />
        <input
          type="range"
          className="seek"
          aria-label="Position"
          aria-valuetext={`${formatPosition(nowMs)} of ${formatPosition(clock.toSession(durationSeconds))}`}
          min={0}
          max={durationSeconds}
          step={0.001}
          value={Math.min(state.seconds, durationSeconds)}
          onChange={(event) => onSeek(Number(event.target.value))}
        />
      </div>
      <div className="transport-keys">
        <button type="button" className="button" aria-label="Previous command" onClick={() => onStep(-1)}>
          ◂
        </button>
        <button type="button" className="button primary play" onClick={onToggle}>
          {state.isPlaying ? 'Pause' : 'Play'}
        </button>
        <button type="button" className="button" aria-label="Next command" onClick={() => onStep(1)}>
          ▸
        </button>
        <output className="position" aria-label="Now">
          {formatPosition(nowMs)} <span className="faint">/ {formatPosition(endMs)}</span>
        </output>
        <PlaybackChoices session={session} isInDetail={isInDetail} />
        {silent.length > 0 && (
          <span className="warn-text nowrap" title="Drawn on the time line">
            <span aria-hidden="true">◆ </span>
            {plural(silent.length, 'input')} typed without echo
          </span>
        )}
      </div>
    </fieldset>
  )
}

function PlaybackChoices({ session, isInDetail }: Pick<TransportProps, 'session' | 'isInDetail'>) {
  const { speed = '1', idle, channel } = route.useSearch()
  const navigate = route.useNavigate()
  const set = (change: Partial<ReturnType<typeof route.useSearch>>) =>
    void navigate({ to: '.', search: (previous) => ({ ...previous, ...change }), replace: true, resetScroll: false })
  return (
    <>
      <label className="choice">
        <span className="faint">Speed</span>
        <select className="input" value={speed} onChange={(event) => set({ speed: event.target.value as '1' })}>
          {['0.5', '1', '2', '4', '8'].map((value) => (
            <option key={value} value={value}>
              {value}×
            </option>
          ))}
        </select>
      </label>
      {!isInDetail && (
        <label className="choice">
          <span className="faint">Pauses</span>
          <select
            className="input"
            value={idle ?? ''}
            onChange={(event) => set({ idle: (event.target.value || undefined) as '1' | undefined })}
          >
            <option value="">as they were</option>
            {['1', '2', '5'].map((value) => (
              <option key={value} value={value}>
                at most {value} s
              </option>
            ))}
          </select>
        </label>
      )}
      {!isInDetail && session.channels.length > 1 && (
        <label className="choice">
          <span className="faint">Channel</span>
          <select
            className="input"
            value={channel ?? session.channels[0]}
            onChange={(event) => set({ channel: Number(event.target.value) })}
          >
            {session.channels.map((value) => (
              <option key={value} value={value}>
                {value}
              </option>
            ))}
          </select>
        </label>
      )}
    </>
  )
}
