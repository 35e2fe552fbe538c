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

/** A page's width: what needs less is stretched to it, within reason. */
const PAGE = 1054
const MOST_STRETCHED = 2.5

/** Where each access of a chain stands: along by when it began, in the lane of its protocol, below what overlaps it there. */
export function layoutOf({ nodes, hops }: Pick<ChainReport, 'nodes' | 'hops'>): Layout {
  const least = lanesOf(nodes, 1)
  const left = LANE.label + LANE.padding
  const moving = Math.max(1, ...least.placed.map(({ x }) => x - left))
  const room = PAGE - widthOf(least)
  const { axis, lanes, placed } = room > 0 ? lanesOf(nodes, Math.min(MOST_STRETCHED, 1 + room / moving)) : least
  const byNumber = new Map(placed.map((each) => [each.node.number, each]))
  const lines = hops.flatMap((hop): Line[] => {
    const [from, to] = [byNumber.get(hop.from ?? 0), byNumber.get(hop.to ?? 0)]
    return from && to ? [{ hop, from, to }] : []
  })
  const height = lanes.reduce((sum, lane) => sum + lane.height, 0)
  return { axis, lanes, placed, lines, width: Math.max(PAGE, widthOf({ axis, placed })), height }
}

function lanesOf(nodes: readonly ReportNode[], stretch: number): Pick<Layout, 'axis' | 'lanes' | 'placed'> {
  const moments = nodes.flatMap(({ firstUs, lastUs }) => [firstUs, lastUs])
  const begun = nodes.map(({ firstUs }) => firstUs)
  const axis = axisOf(moments, begun, LANE.label + LANE.padding, stretch)
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
  return { axis, lanes, placed }
}

function widthOf({ axis, placed }: Pick<Layout, 'axis' | 'placed'>): number {
  return Math.max(axis.width, ...placed.map((each) => each.x + each.width)) + LANE.padding
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
