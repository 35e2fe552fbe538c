import { instant } from '../instant.ts'
import type { ChainReport } from './chain-report.ts'
import { type Html, html } from './html.ts'
import { CARD, type Lane, type Layout, type Line, layoutOf, type Placed } from './layout.ts'
import { durationOf, protocolName, scoreOf, WORDS } from './words.ts'

const AXIS_HEIGHT = 56
/** A character's width at most, of the common faces at the sizes of the style sheet. Letters that are wider are cut late, not early. */
const BOLD = 9
const PLAIN = 7.2
const CAPITAL = 9
const DIGIT = 9

/** The chain as a drawing: protocol lanes, time from left to right, shapes and words for what is no ordinary session. */
export function graphOf(report: ChainReport): Html {
  const layout = layoutOf(report)
  const height = layout.height + AXIS_HEIGHT
  return html`<div class="graph" tabindex="0" role="group" aria-label="The chain, drawn; it can be scrolled">
<svg viewBox="0 0 ${Math.ceil(layout.width)} ${height}" style="--width:${Math.ceil(layout.width)}px" role="img" aria-labelledby="graph-title">
<title id="graph-title">${report.nodes.length} accesses and ${report.hops.length} hops over time; each is told in words below</title>
<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="tip" d="M0 0.5L7.5 4L0 7.5Z"/></marker></defs>
${layout.lanes.map((lane) => laneOf(lane, layout.width))}
${axisLines(layout)}
${layout.lines.map((line) => path(line))}
${layout.placed.map(card)}
${layout.lines.map((line) => tag(line))}
</svg></div>
<p class="legend">Left to right is time in its order; distances are the logarithm of what lay between. ${legend(report)}</p>`
}

function legend({ nodes }: ChainReport): string {
  const kinds = new Set(nodes.map(({ kind }) => kind))
  const told = [
    ...(kinds.has('refused') ? ['Cut corners and a dashed edge: refused.'] : []),
    ...(kinds.has('unseen') ? ['Dotted and slanted: named by a command, and never seen at a gateway.'] : []),
    ...(kinds.has('use') ? ['Round ends: a secret named inside of an open session.'] : []),
  ]
  return told.join(' ')
}

function laneOf({ name, y, height }: Lane, width: number): Html {
  return html`<g class="lane p-${laneClass(name)}"><rect class="band" x="0" y="${y}" width="${Math.ceil(width)}" height="${height}"/>
<rect class="edge" x="0" y="${y}" width="3" height="${height}"/><text class="lane-name" x="14" y="${y + 28}">${protocolName(name)}</text></g>`
}

function axisLines({ axis, placed, height }: Layout): Html {
  let last = Number.NEGATIVE_INFINITY
  const first = axis.ticks[0]?.us ?? 0
  const marks = axis.ticks.map(({ us, x }) => {
    // Text needs room; the line stays.
    const isTold = x - last >= 92
    if (isTold) last = x
    const label = isTold
      ? html`<text class="tick" x="${x}" y="${height + 20}">${instant(String(us)).slice(11, 23)}</text>
<text class="tick since" x="${x}" y="${height + 36}">${us === first ? instant(String(us)).slice(0, 10) : `+${durationOf(us - first)}`}</text>`
      : ''
    const top = Math.min(...placed.filter((each) => each.x === x).map(({ y }) => y + CARD.height))
    return html`<line class="rule" x1="${x}" x2="${x}" y1="${Number.isFinite(top) ? top : 0}" y2="${height + 6}"/>${label}`
  })
  return html`<g class="axis">${marks}</g>`
}

function card(placed: Placed): Html {
  const { node, x, y, width } = placed
  const word = WORDS[node.kind]
  const account = node.account === null ? '' : `${node.account}@`
  const indent = 23 + DIGIT * String(node.number).length
  return html`<g class="node k-${node.kind} p-${laneClass(node.protocol ?? 'unknown')}"><path class="card" d="${shape(placed)}"/>
<text class="number" x="${x + 12}" y="${y + 19}">${node.number}</text>
<text class="target" x="${x + indent}" y="${y + 19}">${shortened(account + node.target, (width - indent - 10) / BOLD)}</text>
${word === '' ? '' : html`<text class="word" x="${x + width - 12}" y="${y + 36}">${word}</text>`}
<text class="who" x="${x + indent}" y="${y + 36}">${shortened(node.principal ?? 'unknown', (width - indent - 12 - word.length * CAPITAL) / PLAIN)}</text>
<title>${node.number}. ${account}${node.target}, ${node.principal ?? 'unknown'}${word === '' ? '' : `, ${word}`}</title></g>`
}

function shape({ node, x, y, width }: Placed): string {
  const [right, bottom] = [x + width, y + CARD.height]
  if (node.kind === 'refused') {
    const cut = 9
    return `M${x + cut} ${y}H${right - cut}L${right} ${y + cut}V${bottom - cut}L${right - cut} ${bottom}H${x + cut}L${x} ${bottom - cut}V${y + cut}Z`
  }
  if (node.kind === 'unseen') return `M${x + 10} ${y}H${right}L${right - 10} ${bottom}H${x}Z`
  const r = node.kind === 'use' ? CARD.height / 2 : 4
  return `M${x + r} ${y}H${right - r}A${r} ${r} 0 0 1 ${right} ${y + r}V${bottom - r}A${r} ${r} 0 0 1 ${right - r} ${bottom}H${x + r}A${r} ${r} 0 0 1 ${x} ${bottom - r}V${y + r}A${r} ${r} 0 0 1 ${x + r} ${y}Z`
}

type Ends = { x1: number; y1: number; x2: number; y2: number }

function endsOf({ from, to }: Line): Ends {
  const isSameRow = from.y === to.y
  const x1 = isSameRow ? from.x + from.width : Math.min(from.x + from.width - 16, Math.max(from.x + 24, to.x - 28))
  if (isSameRow && to.x > x1) return { x1, y1: from.y + CARD.height / 2, x2: to.x, y2: to.y + CARD.height / 2 }
  const isDown = to.y > from.y
  return { x1, y1: isDown ? from.y + CARD.height : from.y, x2: to.x, y2: to.y + CARD.height / 2 }
}

function path(line: Line): Html {
  const { x1, y1, x2, y2 } = endsOf(line)
  const d = y1 === y2 ? `M${x1} ${y1}L${x2} ${y2}` : `M${x1} ${y1}C${x1} ${y2} ${x1} ${y2} ${x2} ${y2}`
  const isWeak = line.hop.score < 3
  return html`<path class="hop${isWeak ? ' weak' : ''}" d="${d}" marker-end="url(#arrow)"/>`
}

function tag(line: Line): Html {
  const { x1, y1, x2, y2 } = endsOf(line)
  const [x, y] = y1 === y2 ? [(x1 + x2) / 2, y1] : [x1, (y1 + y2) / 2]
  const text = `${line.hop.number}`
  return html`<g class="tag"><circle cx="${x}" cy="${y}" r="10"/><text x="${x}" y="${y + 4}">${text}</text>
<title>Hop ${line.hop.number}: ${line.hop.class}, ${scoreOf(line.hop.score)}</title></g>`
}

/** A class of the style sheet, never a recorded word. */
export function laneClass(protocol: string): string {
  return ['postgres', 'ssh', 'kubernetes', 'http'].includes(protocol) ? protocol : 'unknown'
}

function shortened(text: string, room: number): string {
  const [all, characters] = [[...text], Math.max(4, Math.floor(room))]
  return all.length <= characters ? text : `${all.slice(0, characters - 1).join('')}…`
}
