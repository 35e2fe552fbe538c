import type { RequestItem } from '@hoptrace/api'
import { formatDuration, formatPosition } from '../../../format/duration.ts'
import { plural } from '../../../format/quantity.ts'

const WIDTH = 1000
const HEIGHT = 28

type RequestsStripProps = {
  items: readonly RequestItem[]
  /** Null: until the last of them was over. A session that ended when it was idle did nothing for long at its end. */
  durationMs: number | null
  selected: RequestItem | undefined
  onSelect: (item: RequestItem) => void
}

/** The whole session at a glance: when requests ran and how long, which failed. Clicking goes to the nearest. */
export function RequestsStrip({ items, durationMs, selected, onSelect }: RequestsStripProps) {
  const span = items.reduce((end, item) => Math.max(end, item.ms + (item.durationMs ?? 0)), Math.max(durationMs ?? 0, 1))
  const [first] = items
  if (first === undefined) return null
  const x = (ms: number) => (Math.min(ms, span) / span) * WIDTH
  const nearest = (fraction: number) =>
    items.reduce((best, item) => (Math.abs(item.ms - fraction * span) < Math.abs(best.ms - fraction * span) ? item : best), first)
  const failed = items.filter(isFailed).length
  return (
    <figure className="strip">
      <button
        type="button"
        className="strip-button"
        aria-label={`Time line of ${plural(items.length, 'line')} over ${formatDuration(span * 1000)}, ${failed} failed; goes to the nearest`}
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
          {selected !== undefined && <rect x={x(selected.ms) - 1} y="0" width="2" height={HEIGHT} className="strip-now" />}
        </svg>
      </button>
      <figcaption className="faint strip-scale">
        <span>{formatPosition(0)}</span>
        {selected !== undefined && (
          <span className="strip-here" style={{ left: `clamp(112px, ${(selected.ms / span) * 100}%, calc(100% - 112px))` }}>
            {formatPosition(selected.ms)}
          </span>
        )}
        <span>{formatPosition(span)}</span>
      </figcaption>
    </figure>
  )
}

function StripMark({ item, x }: { item: RequestItem; x: (ms: number) => number }) {
  const width = Math.max(2, x(item.ms + (item.durationMs ?? 0)) - x(item.ms))
  const isStream = item.kind === 'request' && item.stream !== null
  if (isStream) return <rect x={x(item.ms)} y="2" width={width} height="4" className={isFailed(item) ? 'strip-failed' : 'strip-stream'} />
  if (isFailed(item)) return <rect x={x(item.ms)} y="8" width={width} height="16" className="strip-failed" />
  return <rect x={x(item.ms)} y="14" width={width} height="10" className="strip-statement" />
}

function isFailed(item: RequestItem): boolean {
  return item.kind === 'discovery' ? item.failed > 0 : item.state === 'failed' || item.state === 'unanswered'
}
