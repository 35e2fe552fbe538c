import { instant } from '../instant.ts'
import type { ChainReport, ReportNode } from './chain-report.ts'
import { laneClass } from './graph.ts'
import { type Html, html } from './html.ts'
import { bytesOf, counted, durationOf, protocolName, WORDS } from './words.ts'

/** Every access, and what was reached by it. */
export function accessesOf({ nodes, untold }: ChainReport): Html {
  return html`<section aria-labelledby="accesses"><h2 id="accesses">${counted(nodes.length, 'access', 'accesses')}, and what each reached</h2>
<div class="table stack"><table><thead><tr><th class="n">No.</th><th>Target</th><th>Began, UTC</th><th>Principal</th><th>Run</th>
<th>Outcome</th><th class="n">Commands</th><th class="n">Rows</th><th class="n">Answered</th></tr></thead>
<tbody>${nodes.map(row)}</tbody></table></div>
${untold.nodes > 0 && html`<p class="gone">${counted(untold.nodes, 'more access', 'more accesses')} of this chain: see the archive.</p>`}</section>`
}

function row(node: ReportNode): Html {
  const { number, target, account, address, protocol, principal, rootPrincipal, run, runDepth, firstUs, lastUs, facts } = node
  const time = instant(String(firstUs))
  return html`<tr><td class="n none">${number}</td>
<td class="full" data-is="Access ${number}">${account === null ? '' : `${account}@`}${target}<small><span class="proto p-${laneClass(protocol ?? 'unknown')}">${protocolName(protocol ?? '')}</span> ${address}</small></td>
<td class="t" data-is="Began, UTC">${time.slice(0, 10)} ${time.slice(11, 23)}<small>${lastUs > firstUs ? `for ${durationOf(lastUs - firstUs)}` : ''}</small></td>
<td data-is="Principal">${principal ?? 'unknown'}<small>on behalf of ${rootPrincipal ?? 'unknown'}</small></td>
<td data-is="Run">${run === null ? '–' : html`<code>${run.slice(-12)}</code>`}<small>${runDepth === 0 ? '' : `delegated, ${counted(runDepth, 'step')} deep`}</small></td>
<td data-is="Outcome">${outcome(node)}</td>
<td class="n" data-is="Commands">${facts ? html`${facts.commands}<small>${facts.failures === 0 ? '' : `${facts.failures} failed`}</small>` : '–'}</td>
<td class="n" data-is="Rows">${facts ? facts.rows : '–'}</td><td class="n" data-is="Answered">${facts ? bytesOf(facts.bytes) : '–'}</td></tr>`
}

function outcome({ kind, denyReason, facts, isOpen }: ReportNode): Html {
  if (kind === 'refused') return html`<span class="state bad">${WORDS.refused}</span><small>${denyReason}</small>`
  if (kind === 'unseen') return html`<span class="state warn">${WORDS.unseen}</span><small>at any gateway</small>`
  if (kind === 'use') return html`${WORDS.use}<small>inside of an open session</small>`
  const isWhole = facts === null || facts.completeness === 'complete' || facts.completeness === 'unfinished'
  return html`${facts?.outcome ?? (isOpen ? 'open' : 'ended')}<small>${isWhole ? (facts?.completeness ?? '') : html`<span class="gone">${facts?.completeness}</span>`}</small>`
}
