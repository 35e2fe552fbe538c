import { formatDuration, formatPosition } from '../../../format/duration.ts'
import type { LineItem } from './text-pieces.ts'

const WIDTH = 1000
const HEIGHT = 28

type TimelineStripProps = {
  items: readonly LineItem[]
  durationMs: number
  selected: LineItem
  onSelect: (item: LineItem) => void
}

/** The whole session at a glance: when statements ran and how long, which failed, where nothing was recorded. Clicking goes to the nearest. */
export function TimelineStrip({ items, durationMs, selected, onSelect }: TimelineStripProps) {
  const span = Math.max(durationMs, items.at(-1)?.ms ?? 0, 1)
  const x = (ms: number) => (Math.min(ms, span) / span) * WIDTH
  const nearest = (fraction: number) => {
    const ms = fraction * span
    return items.reduce((best, item) => (Math.abs(item.ms - ms) < Math.abs(best.ms - ms) ? item : best), selected)
  }
  const failed = items.filter((item) => item.item === 'statement' && item.state === 'failed').length
  return (
    <figure className="strip">
      <button
        type="button"
        className="strip-button"
        aria-label={`Time line of ${items.length} items over ${formatDuration(span * 1000)}, ${failed} failed; goes to the nearest`}
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect()
          if (event.detail > 0) onSelect(nearest((event.clientX - box.left) / box.width))
        }}
      >
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          <line x1="0" x2={WIDTH} y1={HEIGHT - 4} y2={HEIGHT - 4} className="strip-axis" />
          {items.map((item) => (
            <StripMark key={item.seq} item={item} x={x} />
          ))}
          <rect x={x(selected.ms) - 1} y="0" width="2" height={HEIGHT} className="strip-now" />
        </svg>
      </button>
      <figcaption className="faint strip-scale">
        <span>{formatPosition(0)}</span>
        <span className="strip-here" style={{ left: `clamp(112px, ${(selected.ms / span) * 100}%, calc(100% - 112px))` }}>
          {formatPosition(selected.ms)}
        </span>
        <span>{formatPosition(span)}</span>
      </figcaption>
    </figure>
  )
}

function StripMark({ item, x }: { item: LineItem; x: (ms: number) => number }) {
  if (item.item === 'gap') return <rect x={x(item.ms) - 3} y="2" width="6" height={HEIGHT - 6} className="strip-gap" />
  if (item.item !== 'statement') return null
  const width = Math.max(2, x(item.ms + (item.durationMs ?? 0)) - x(item.ms))
  const isFailed = item.state === 'failed'
  return (
    <rect
      x={x(item.ms)}
      y={isFailed ? 4 : 12}
      width={width}
      height={isFailed ? 20 : 12}
      className={isFailed ? 'strip-failed' : 'strip-statement'}
    />
  )
}
