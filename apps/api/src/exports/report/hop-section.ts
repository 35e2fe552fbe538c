import { instant } from '../instant.ts'
import type { ChainReport, Moment, ReportEvidence, ReportHop, ReportNode } from './chain-report.ts'
import type { Excerpt } from './excerpt.ts'
import { laneClass } from './graph.ts'
import { type Html, html } from './html.ts'
import { CLASS_WORDS, counted, durationOf, scoreOf } from './words.ts'

/** One hop: its sentence, both moments with what was recorded there, what else speaks for it, and what else may have led there. */
export function hopSection(hop: ReportHop, report: ChainReport): Html {
  const [strongest, ...others] = hop.evidence
  const nodeAt = (number: number | null) => report.nodes.find((node) => node.number === number) ?? null
  const [from, to] = [nodeAt(hop.from), nodeAt(hop.to)]
  return html`<article class="step" id="hop-${hop.number}" aria-label="Hop ${hop.number}"><header>
<span class="disc" aria-hidden="true">${hop.number}</span><h3>${hop.sentence === '' ? `${nameOf(from)} → ${nameOf(to)}` : hop.sentence}</h3>
<span class="score">${scoreOf(hop.score)} <small>log-odds</small></span>
<p class="why">${hop.class}: ${CLASS_WORDS[hop.class] ?? ''}${strongest?.observable ? html`. ${flowed(strongest)}` : ''}</p></header>
${strongest && html`<div class="moments">${moment('Seen in', strongest.from, from)}${moment('Then in', strongest.to, to, strongest.from)}</div>`}
${others.length > 0 && evidenceList(others)}
${alternatives(hop, nodeAt)}</article>`
}

function flowed({ observable }: ReportEvidence): Html | null {
  if (!observable) return null
  const { kind, value, digest } = observable
  return html`The ${kind}${value === null ? '’s ' : html` <code>${value}</code>, `}keyed digest <code>${digest}</code>`
}

function moment(title: string, at: Moment, node: ReportNode | null, before: Moment | null = null): Html {
  const time = instant(String(at.us))
  const later = before && at.us > before.us ? `, ${durationOf(at.us - before.us)} later` : ''
  const isUnseen = node?.kind === 'unseen'
  return html`<section class="moment p-${laneClass(node?.protocol ?? 'unknown')}"><header>
<b>${isUnseen ? 'Named, and not seen:' : title} ${node ? `${node.number}. ${nameOf(node)}` : 'an access that this page does not tell'}</b>
<span>${time.slice(0, 10)} ${time.slice(11, 26)} UTC${later}</span>
${at.excerpt && html`<span class="where"> · ${at.type}, ${at.excerpt.where}</span>`}</header>
${at.excerpt ? recorded(at.excerpt) : html`<p class="none">${at.note}</p>`}
<footer>${at.excerpt && at.note !== '' && html`<span>${at.note} </span>`}<code>session ${at.session} seq ${at.seq}${at.ms > 0 && `, ${durationOf(Math.round(at.ms * 1000))} in`}</code>
${at.hash && html`<code>hash ${at.hash}</code><code>prevHash ${at.prevHash}</code>`}
${at.isMasked && html`<span>Secrets in this event are hidden: its hash is of what was recorded.</span>`}</footer></section>`
}

function recorded({ before, marked, after, isCutBefore, isCutAfter, row }: Excerpt): Html {
  const text = html`${isCutBefore && '…'}${before}<mark>${marked}</mark>${after}${isCutAfter && '…'}`
  if (row === null || row.length < 2) return html`<pre>${text}</pre>`
  return html`<div class="cells"><table><thead><tr>${row.map(({ column }) => html`<th>${column}</th>`)}</tr></thead>
<tbody><tr>${row.map(({ value, isMarked }) => html`<td>${isMarked ? text : value}</td>`)}</tr></tbody></table></div>`
}

function evidenceList(all: readonly ReportEvidence[]): Html {
  return html`<details class="more" open><summary>${counted(all.length, 'more class', 'more classes')} of evidence</summary><ul>
${all.map(
  (
    item,
  ) => html`<li><span class="score">${scoreOf(item.score)}</span><span><b>${item.class}</b>${item.isLink ? ', links alone' : ''}: ${item.sentence || (CLASS_WORDS[item.class] ?? '')}
<code>${item.from.session}#${item.from.seq} → ${item.to.session}#${item.to.seq}</code></span></li>`,
)}</ul></details>`
}

function alternatives(hop: ReportHop, nodeAt: (number: number | null) => ReportNode | null): Html {
  if (hop.alternatives.length === 0) return html`<p class="more">No other access could have led to it.</p>`
  return html`<details class="more" open><summary>${counted(hop.alternatives.length, 'other access', 'other accesses')} may have led to it instead</summary><ul>
${hop.alternatives.map(({ node, access, class: name, score }) => {
  const known = nodeAt(node)
  return html`<li><span class="score">${scoreOf(score)}</span><span><b>${known ? `${known.number}. ${nameOf(known)}` : 'outside of this chain'}</b>, ${name} <code>${access}</code></span></li>`
})}</ul></details>`
}

export function nameOf(node: ReportNode | null): string {
  if (!node) return 'an access that is not told here'
  return `${node.account === null ? '' : `${node.account}@`}${node.target}`
}
