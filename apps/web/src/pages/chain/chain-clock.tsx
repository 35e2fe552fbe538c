import type { ChainDetail } from '@hoptrace/api'
import { formatPosition } from '../../format/duration.ts'
import { ChainStand } from './chain-stand.tsx'
import type { ChainClockState } from './use-chain-clock.ts'

const SPEEDS = [1, 10, 60] as const

/** Replays all sessions of a chain on one clock: the line in the picture above, and what each access was doing then. */
export function ChainClock({ chain, clock }: { chain: ChainDetail; clock: ChainClockState }) {
  const { atMs, startMs, endMs, scale } = clock
  const position = formatPosition((atMs ?? startMs) - startMs)
  return (
    <section className="chain-clock" aria-label="Replay on one clock">
      <div className="chain-clock-keys">
        <button type="button" className="button primary play" onClick={clock.toggle}>
          {clock.isPlaying ? 'Pause' : 'Play'}
        </button>
        <output className="position" aria-label="Now">
          {position} <span className="faint">/ {formatPosition(endMs - startMs)}</span>
        </output>
      </div>
      <input
        type="range"
        className="seek"
        aria-label="Position"
        aria-valuetext={`${position} of ${formatPosition(endMs - startMs)}`}
        min={0}
        max={1000}
        step={0.1}
        value={scale.x(atMs ?? startMs)}
        onChange={(event) => clock.seek(scale.at(Number(event.target.value)))}
      />
      <label className="choice">
        <span className="faint">Speed</span>
        <select className="input" value={clock.speed} onChange={(event) => clock.setSpeed(Number(event.target.value))}>
          {SPEEDS.map((speed) => (
            <option key={speed} value={speed}>
              {speed}×
            </option>
          ))}
        </select>
      </label>
      {atMs !== null && <ChainStand chain={chain} atMs={atMs} />}
    </section>
  )
}
