import type { AccessNode, ChainDetail, Hop } from '@hoptrace/api'
import { millisOf } from '../../format/instant.ts'
import { mostTelling } from './most-telling.ts'
import { type Piece, type Span, timeScale } from './time-scale.ts'

export const ROW_HEIGHT = 36
export const LANE_HEIGHT = 28
export const AXIS_HEIGHT = 24
const BAR_HEIGHT = 16
const MIN_BAR = 16

/** What a lane holds: the accesses of one run, or those over one protocol. */
export type LanesBy = 'run' | 'protocol'
export type Lane = {
  key: string
  principal: string | null
  run: string | null
  /** Null in lanes of runs, and of what named no protocol. */
  protocol: AccessNode['protocol']
  depth: number
  y: number
  /** Where its last row ends. */
  endY: number
}
export type Bar = { node: AccessNode; x: number; y: number; width: number; height: number; isOpen: boolean }
export type Row = { node: AccessNode; y: number; depth: number; incoming: Hop[] }
export type Arrow = { hop: Hop; path: string; tipX: number; tipY: number }
export type ChainLayout = {
  by: LanesBy
  lanes: Lane[]
  rows: Row[]
  bars: Bar[]
  arrows: Arrow[]
  pieces: Piece[]
  x: (ms: number) => number
  height: number
}

/**
 * A chain on a time axis: one lane a run, nested as the runs were delegated, one row an access, one arrow a hop.
 * Pure: the same chain and width give the same picture.
 * @param width pixels of the plot
 * @param nowMs where bars of open sessions end
 * @param by lanes of runs, nested as they were delegated, or of protocols
 */
export function layoutChain(chain: ChainDetail, width: number, nowMs: number, by: LanesBy = 'run'): ChainLayout {
  const { lanes, rows, height } = stackRows(chain, by)
  const { pieces, x } = timeScale(spansOf(chain, nowMs), axisWidth(width))
  const bars = rows.map(({ node, y }) => {
    const start = x(millisOf(node.startedAt))
    const isOpen = node.endedAt === null && hasLength(node)
    return {
      node,
      x: start,
      y: y + (ROW_HEIGHT - BAR_HEIGHT) / 2,
      width: Math.max(MIN_BAR, x(endOf(node, nowMs)) - start),
      height: BAR_HEIGHT,
      isOpen,
    }
  })
  const barOf = new Map(bars.map((bar) => [bar.node.id, bar]))
  const arrows = chain.edges.flatMap((hop) => {
    const [from, to] = [barOf.get(hop.from), barOf.get(hop.to)]
    return from === undefined || to === undefined ? [] : [arrowOf(hop, from, to, x)]
  })
  return { by, lanes, rows, bars, arrows, pieces, x, height }
}

/** Pixels of a plot's width that the axis takes: what happens at its end still needs a bar's width. */
export function axisWidth(width: number): number {
  return Math.max(1, width - MIN_BAR)
}

/** When the accesses of a chain went on, in milliseconds since the epoch. */
export function spansOf(chain: ChainDetail, nowMs: number): Span[] {
  return chain.nodes.map((node) => ({ from: millisOf(node.startedAt), to: endOf(node, nowMs) }))
}

function endOf(node: AccessNode, nowMs: number): number {
  if (node.endedAt !== null) return millisOf(node.endedAt)
  return hasLength(node) ? nowMs : millisOf(node.startedAt)
}

/** What was refused, or never seen, is a moment: there is no session that could go on. */
function hasLength(node: AccessNode): boolean {
  return !node.isRefused && node.kind !== 'unseen'
}

const laneOf = (node: AccessNode) => node.run ?? `principal ${node.principal ?? 'unknown'}`

const overProtocol = (node: AccessNode) => node.protocol ?? 'unknown'

type LaneOrder = { key: string; depth: number }

/** Lanes in the order of their first access, each delegated run below the run that minted it. */
function orderLanes({ nodes, edges }: ChainDetail): LaneOrder[] {
  const sorted = byStart(nodes)
  const keyOf = new Map(nodes.map((node) => [node.id, laneOf(node)]))
  const keys = [...new Set(sorted.map(laneOf))]
  const parents = new Map<string, string>()
  for (const edge of edges) {
    const [from, to] = [keyOf.get(edge.from), keyOf.get(edge.to)]
    const isDelegated = edge.evidence.some((evidence) => evidence.class === 'delegation')
    if (isDelegated && from !== undefined && to !== undefined && from !== to && !isAbove(parents, to, from) && !parents.has(to))
      parents.set(to, from)
  }
  const below = (key: string, depth: number): LaneOrder[] => [
    { key, depth },
    ...keys.filter((child) => parents.get(child) === key).flatMap((child) => below(child, depth + 1)),
  ]
  return keys.filter((key) => !parents.has(key)).flatMap((key) => below(key, 0))
}

function isAbove(parents: ReadonlyMap<string, string>, key: string, below: string): boolean {
  for (let at: string | undefined = below; at !== undefined; at = parents.get(at)) if (at === key) return true
  return false
}

function byStart(nodes: readonly AccessNode[]): AccessNode[] {
  return [...nodes].sort((a, b) => (a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : a.id < b.id ? -1 : 1))
}

function stackRows(chain: ChainDetail, by: LanesBy): { lanes: Lane[]; rows: Row[]; height: number } {
  const runs = orderLanes(chain)
  const order = by === 'run' ? runs : orderProtocols(chain)
  const inLane = by === 'run' ? laneOf : overProtocol
  const depthOf = new Map(runs.map(({ key, depth }) => [key, depth]))
  const lanes: Lane[] = []
  const rows: Row[] = []
  let y = AXIS_HEIGHT
  for (const { key, depth } of order) {
    const nodes = byStart(chain.nodes.filter((node) => inLane(node) === key))
    lanes.push({ key, ...nameOf(nodes[0], by), depth, y, endY: y + LANE_HEIGHT + nodes.length * ROW_HEIGHT })
    y += LANE_HEIGHT
    for (const node of nodes) {
      const incoming = chain.edges.filter((edge) => edge.to === node.id).sort((a, b) => b.score - a.score)
      rows.push({ node, y, depth: depthOf.get(laneOf(node)) ?? depth, incoming })
      y += ROW_HEIGHT
    }
  }
  return { lanes, rows, height: y }
}

function nameOf(node: AccessNode | undefined, by: LanesBy): Pick<Lane, 'principal' | 'run' | 'protocol'> {
  if (by === 'protocol') return { principal: null, run: null, protocol: node?.protocol ?? null }
  return { principal: node?.principal ?? null, run: node?.run ?? null, protocol: null }
}

/** Protocols in the order in which the chain first reached over them. */
function orderProtocols({ nodes }: ChainDetail): LaneOrder[] {
  return [...new Set(byStart(nodes).map(overProtocol))].map((key) => ({ key, depth: 0 }))
}

function arrowOf(hop: Hop, from: Bar, to: Bar, x: (ms: number) => number): Arrow {
  const moment = hop.evidence[mostTelling(hop.evidence)]?.from ?? null
  const at = moment === null || moment.sessionId !== from.node.at.sessionId ? null : x(millisOf(from.node.startedAt) + moment.ms)
  const startX = Math.min(Math.max(at ?? from.x, from.x + 2), from.x + from.width - 2)
  const isDown = to.y >= from.y
  const startY = isDown ? from.y + from.height : from.y
  const tipY = to.y + to.height / 2
  const tipX = to.x - 2
  // At the very left there is no room to turn before the bar.
  const turn = Math.max(1, Math.min(startX, tipX - 10))
  const path =
    turn === startX
      ? `M${startX} ${startY} V${tipY} H${tipX}`
      : `M${startX} ${startY} V${startY + (isDown ? 6 : -6)} H${turn} V${tipY} H${tipX}`
  return { hop, path, tipX, tipY }
}
