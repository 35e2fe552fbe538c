import { type Axis, axisOf } from './axis.ts'
import type { ChainReport, ReportHop, ReportNode } from './chain-report.ts'

export const CARD = { width: 190, height: 46 } as const
const GAP = { x: 18, row: 22 } as const
export const LANE = { label: 104, padding: 16 } as const

export type Placed = { node: ReportNode; x: number; y: number; width: number }
export type Lane = { name: string; y: number; height: number }
export type Line = { hop: ReportHop; from: Placed; to: Placed }
export type Layout = {
  axis: Axis
  lanes: readonly Lane[]
  placed: readonly Placed[]
  lines: readonly Line[]
  width: number
  height: number
}

const LANES = ['postgres', 'ssh', 'kubernetes', 'http']
const OTHER = 'unknown'

/** Where each access of a chain stands: along by when it began, in the lane of its protocol, below what overlaps it there. */
export function layoutOf({ nodes, hops }: Pick<ChainReport, 'nodes' | 'hops'>): Layout {
  const moments = nodes.flatMap(({ firstUs, lastUs }) => [firstUs, lastUs])
  const axis = axisOf(
    moments,
    nodes.map(({ firstUs }) => firstUs),
    LANE.label + LANE.padding,
  )
  const lanes: Lane[] = []
  const placed: Placed[] = []
  let y = 0
  for (const name of [...LANES, OTHER]) {
    const own = nodes.filter(({ protocol }) => (LANES.includes(protocol ?? '') ? protocol : OTHER) === name)
    if (own.length === 0) continue
    const rows = placeIn(own, axis, y + LANE.padding, placed)
    const height = 2 * LANE.padding + rows * CARD.height + (rows - 1) * GAP.row
    lanes.push({ name, y, height })
    y += height
  }
  const byNumber = new Map(placed.map((each) => [each.node.number, each]))
  const lines = hops.flatMap((hop): Line[] => {
    const [from, to] = [byNumber.get(hop.from ?? 0), byNumber.get(hop.to ?? 0)]
    return from && to ? [{ hop, from, to }] : []
  })
  const width = Math.max(...placed.map((each) => each.x + each.width), axis.width, 560) + LANE.padding
  return { axis, lanes, placed, lines, width, height: y }
}

/** @returns how many rows it took */
function placeIn(nodes: readonly ReportNode[], axis: Axis, top: number, placed: Placed[]): number {
  const ends: number[] = []
  for (const node of nodes.toSorted((a, b) => a.firstUs - b.firstUs || a.number - b.number)) {
    const x = axis.x(node.firstUs)
    const width = Math.max(CARD.width, axis.x(node.lastUs) - x)
    const free = ends.findIndex((end) => end + GAP.x <= x)
    const row = free < 0 ? ends.length : free
    ends[row] = x + width
    placed.push({ node, x, y: top + row * (CARD.height + GAP.row), width })
  }
  return ends.length
}
