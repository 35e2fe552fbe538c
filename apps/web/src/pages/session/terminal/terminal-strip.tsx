import type { EventItem, SessionCommand, SessionDetail } from '@hoptrace/api'

const WIDTH = 1000
const HEIGHT = 20

type TerminalStripProps = {
  commands: readonly SessionCommand[]
  gaps: SessionDetail['gaps']['declared']
  /** Input typed while echo was off. */
  silent: readonly EventItem[]
  /** Where on the player's time line a moment of the session lies, 0 to 1. */
  fraction: (ms: number) => number
}

/** Commands, marks, gaps and unechoed input on the player's time line. The slider under it says the position. */
export function TerminalStrip({ commands, gaps, silent, fraction }: TerminalStripProps) {
  const x = (ms: number) => fraction(ms) * WIDTH
  return (
    <div className="strip-frame" aria-hidden="true">
      <svg aria-hidden="true" className="terminal-strip" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
        {commands.map((command) => (
          <rect
            key={`${command.seq}/${command.ms}`}
            x={x(command.ms) - 1}
            y={markTop(command)}
            width="2"
            height={HEIGHT - markTop(command)}
            className={markClass(command)}
          />
        ))}
        {gaps.map((gap) => (
          <rect key={gap.seq} x={x(gap.ms) - 4} y="0" width="8" height={HEIGHT} className="strip-gap" />
        ))}
      </svg>
      {silent.map((item) => (
        <span key={item.seq} className="strip-silent" style={{ left: `${fraction(item.ms) * 100}%` }}>
          ◆
        </span>
      ))}
    </div>
  )
}

const markTop = (command: SessionCommand) => (command.kind === 'marker' ? 2 : 8)
const markClass = (command: SessionCommand) =>
  command.exitStatus !== null && command.exitStatus !== 0 ? 'strip-failed' : command.kind === 'marker' ? 'strip-mark' : 'strip-statement'
