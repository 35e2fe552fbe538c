import { Link } from '@tanstack/react-router'
import { formatDuration } from '../../format/duration.ts'
import { protocols, UNKNOWN } from '../../ui/protocol.tsx'
import { type Arrow, AXIS_HEIGHT, type Bar, type ChainLayout, LANE_HEIGHT, ROW_HEIGHT } from './chain-layout.ts'
import type { Piece } from './time-scale.ts'

type ChainPlotProps = { layout: ChainLayout; width: number; selected: string | null; cursorMs: number | null }

/** The picture itself. Everything in it also stands as text beside it, so that it is hidden from assistive technology. */
export function ChainPlot({ layout, width, selected, cursorMs }: ChainPlotProps) {
  const isAnySelected = layout.arrows.some(({ hop }) => hop.id === selected)
  // What is drawn last lies on top.
  const drawn = layout.arrows.toSorted((a, b) => Number(a.hop.id === selected) - Number(b.hop.id === selected))
  return (
    <svg width={width} height={layout.height} aria-hidden="true" className="plot">
      <defs>
        <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M0 0 L8 4 L0 8 z" fill="context-stroke" />
        </marker>
        <pattern id="refused" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line x1="0" y1="0" x2="0" y2="6" className="refused-line" />
        </pattern>
      </defs>
      {layout.lanes.map((lane) => (
        <line key={lane.key} x1="0" x2={width} y1={lane.y + LANE_HEIGHT - 0.5} y2={lane.y + LANE_HEIGHT - 0.5} className="plot-lane" />
      ))}
      {layout.rows.map((row) => (
        <rect
          key={row.node.id}
          x="0"
          y={row.y}
          width={width}
          height={ROW_HEIGHT}
          className={`plot-band ${row.node.protocol ?? 'unknown'}`}
        />
      ))}
      {layout.pieces.map((piece) => (
        <PieceMark key={piece.from} piece={piece} height={layout.height} startMs={layout.pieces[0]?.from ?? 0} />
      ))}
      {layout.bars.map((bar) => (
        <BarMark key={bar.node.id} bar={bar} />
      ))}
      {drawn.map((arrow) => (
        <ArrowMark key={arrow.hop.id} arrow={arrow} state={arrow.hop.id === selected ? 'on' : isAnySelected ? 'off' : ''} />
      ))}
      {cursorMs !== null && <path d={`M${layout.x(cursorMs)} ${AXIS_HEIGHT} V${layout.height}`} className="plot-cursor" />}
    </svg>
  )
}

function PieceMark({ piece, height, startMs }: { piece: Piece; height: number; startMs: number }) {
  const middle = piece.x + piece.width / 2
  if (piece.isIdle) {
    return (
      <g>
        <path d={`M${middle - 3} ${AXIS_HEIGHT} V${height} M${middle + 3} ${AXIS_HEIGHT} V${height}`} className="plot-idle" />
        <text x={middle} y="15" textAnchor="middle" className="plot-text">
          {formatDuration((piece.to - piece.from) * 1000)}
        </text>
      </g>
    )
  }
  return (
    <g>
      <line x1={piece.x} x2={piece.x + piece.width} y1={AXIS_HEIGHT - 0.5} y2={AXIS_HEIGHT - 0.5} className="plot-axis" />
      {piece.width > 60 && (
        <text x={piece.x + 4} y="15" className="plot-text">
          {piece.from === startMs ? '0' : `+${formatDuration((piece.from - startMs) * 1000)}`}
        </text>
      )}
      {piece.width > 150 && (
        <text x={piece.x + piece.width} y="15" textAnchor="end" className="plot-text">
          +{formatDuration((piece.to - startMs) * 1000)}
        </text>
      )}
    </g>
  )
}

function BarMark({ bar }: { bar: Bar }) {
  const { node, x, y, width, height } = bar
  const { letter } = node.protocol === null ? UNKNOWN : protocols[node.protocol]
  if (node.isRefused) {
    const [cx, cy, r] = [x + 8, y + height / 2, 5]
    return (
      <g className="refused-mark">
        <rect x={x + 0.5} y={y} width="15" height={height} fill="url(#refused)" className="refused-box" />
        <path d={`M${cx - r} ${cy - r} l${2 * r} ${2 * r} M${cx + r} ${cy - r} l${-2 * r} ${2 * r}`} />
      </g>
    )
  }
  if (node.kind === 'unseen') {
    return (
      <g className="unseen-mark">
        <rect x={x + 0.5} y={y + 0.5} width={width - 1} height={height - 1} rx="8" />
        <text x={x + width / 2} y={y + 12} textAnchor="middle" className="bar-letter">
          ?
        </text>
      </g>
    )
  }
  return (
    <g className={`bar-mark ${node.protocol ?? 'unknown'}`}>
      <rect x={x} y={y} width={width} height={height} rx="2" />
      {bar.isOpen && <path d={`M${x + width - 1} ${y} l6 ${height / 2} l-6 ${height / 2} z`} className="bar-open" />}
      {width >= 14 && (
        <text x={x + 4} y={y + 12} className="bar-letter">
          {letter}
        </text>
      )}
    </g>
  )
}

function ArrowMark({ arrow, state }: { arrow: Arrow; state: string }) {
  return (
    <Link
      from="/chains/$chainId"
      to="."
      search={(previous) => ({ ...previous, hop: arrow.hop.id })}
      replace
      resetScroll={false}
      tabIndex={-1}
      className={`arrow ${state} ${arrow.hop.alerts.length > 0 ? 'alerted' : ''}`}
    >
      <path d={arrow.path} className="arrow-touch" />
      <path d={arrow.path} markerEnd="url(#tip)" className="arrow-line" />
    </Link>
  )
}
