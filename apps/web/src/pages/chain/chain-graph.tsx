import type { ChainDetail } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useState } from 'react'
import { shortId } from '../../format/identifier.ts'
import { plainRecorded } from '../../format/recorded.ts'
import { Instant } from '../../ui/instant.tsx'
import { Protocol } from '../../ui/protocol.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { evidenceLetters, evidenceNames } from '../chains/evidence.ts'
import { AccessName } from './access-name.tsx'
import { AXIS_HEIGHT, type ChainLayout, LANE_HEIGHT, type Lane, type LanesBy, layoutChain, ROW_HEIGHT, type Row } from './chain-layout.ts'
import { ChainPlot } from './chain-plot.tsx'
import { worstAlert } from './worst-alert.ts'

type ChainGraphProps = {
  chain: ChainDetail
  selected: string | null
  onSelect: (hop: string) => void
  /** Where open sessions end, and where the clock stands, in milliseconds since the epoch. */
  nowMs: number
  cursorMs: number | null
  lanesBy: LanesBy
}

/** The chain on a time axis: who on the left, when in the middle, why on the right. */
export function ChainGraph({ chain, selected, onSelect, nowMs, cursorMs, lanesBy }: ChainGraphProps) {
  const plot = useRef<HTMLDivElement>(null)
  const width = useWidth(plot)
  const layout = useMemo(() => layoutChain(chain, width, nowMs, lanesBy), [chain, width, nowMs, lanesBy])
  const hop = chain.edges.find((edge) => edge.id === selected)
  const isLit = (row: Row) => row.node.id === hop?.from || row.node.id === hop?.to
  return (
    <section className="graph" aria-label="The chain on a time axis" style={{ height: layout.height + 8 }}>
      <Who layout={layout} isLit={isLit} />
      <div ref={plot} className="graph-plot">
        <ChainPlot layout={layout} width={width} selected={selected} cursorMs={cursorMs} />
      </div>
      <ol className="graph-why" aria-label="Hops">
        {layout.rows.map((row) => (
          <li key={row.node.id} className={isLit(row) ? 'lit' : undefined} style={{ top: row.y, height: ROW_HEIGHT }}>
            <Why row={row} selected={selected} onSelect={onSelect} chain={chain} />
          </li>
        ))}
      </ol>
    </section>
  )
}

function Who({ layout, isLit }: { layout: ChainLayout; isLit: (row: Row) => boolean }) {
  return (
    <div className="graph-who">
      <span className="graph-from faint" style={{ height: AXIS_HEIGHT }}>
        {layout.pieces[0] !== undefined && <Instant at={layout.pieces[0].from} form="clock" />}
      </span>
      {layout.lanes.map((lane) => (
        <div key={lane.key} className="graph-lane" style={{ top: lane.y, height: LANE_HEIGHT, paddingInlineStart: lane.depth * 16 }}>
          <LaneName lane={lane} />
        </div>
      ))}
      {layout.lanes
        .filter((lane) => lane.depth > 0)
        .map((lane) => (
          <span
            key={lane.key}
            aria-hidden="true"
            className="graph-bracket"
            style={{ top: lane.y + 6, height: lane.endY - lane.y - 12, left: lane.depth * 16 - 4 }}
          />
        ))}
      <ul aria-label="Accesses">
        {layout.rows.map((row) => (
          <li
            key={row.node.id}
            className={`graph-row ${isLit(row) ? 'lit' : ''} ${row.node.isRefused ? 'refused' : ''} ${row.node.kind === 'unseen' ? 'unseen' : ''}`}
            style={{ top: row.y, height: ROW_HEIGHT, paddingInlineStart: 16 + row.depth * 16 }}
          >
            {layout.by === 'protocol' && row.depth > 0 && (
              <span className="faint" aria-hidden="true">
                └
              </span>
            )}
            <AccessName node={row.node} />
            {layout.by === 'protocol' && !row.node.isRefused && row.node.kind !== 'unseen' && row.node.principal !== null && (
              <span className="faint">
                <Recorded text={row.node.principal} limit={40} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}

function LaneName({ lane }: { lane: Lane }) {
  if (lane.run === null && lane.principal === null && lane.key !== 'principal unknown') return <Protocol protocol={lane.protocol} isNamed />
  return (
    <>
      {lane.depth > 0 && (
        <span className="faint" aria-hidden="true">
          └{' '}
        </span>
      )}
      <strong>{lane.principal === null ? 'Principal unknown' : <Recorded text={lane.principal} limit={40} />}</strong>
      {lane.depth > 0 && <span className="visually-hidden"> delegated, depth {lane.depth}</span>}
      {lane.run !== null && (
        <Link to="/runs/$runId" params={{ runId: lane.run }} className="faint">
          <code>{shortId(lane.run)}</code>
        </Link>
      )}
    </>
  )
}

function Why({ row, chain, selected, onSelect }: { row: Row } & Pick<ChainGraphProps, 'chain' | 'selected' | 'onSelect'>) {
  const [hop, ...others] = row.incoming
  if (hop === undefined) return <span className="faint">{row.node.depth === 0 ? 'first access' : ''}</span>
  const from = chain.nodes.find((node) => node.id === hop.from)?.target ?? 'an access that is not in this chain'
  const worst = worstAlert(hop.alerts)
  const alerted = worst === null ? '' : `; an alert of severity ${worst.severity} rests on it`
  return (
    <button
      type="button"
      className={`hop-button ${hop.id === selected ? 'selected' : ''}`}
      aria-pressed={hop.id === selected}
      aria-label={`Hop from ${plainRecorded(from)} to ${plainRecorded(row.node.target)}: ${evidenceNames[hop.class]}, score ${hop.score}${alerted}`}
      onClick={() => onSelect(hop.id)}
    >
      <span className="hop-letter" aria-hidden="true">
        {evidenceLetters[hop.class]}
      </span>
      <span className="hop-name">{evidenceNames[hop.class]}</span>
      {worst !== null && (
        <span className="hop-alert" title={worst.sentence} aria-hidden="true">
          ! <span className="hop-alert-word">alert</span>
        </span>
      )}
      <span className="hop-score">{hop.score}</span>
      {others.length > 0 && <span className="faint">+{others.length}</span>}
    </button>
  )
}

function useWidth(ref: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(640)
  useEffect(() => {
    const element = ref.current
    if (element === null) return
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [ref])
  return width
}
