import { instant } from '../instant.ts'
import { accessesOf } from './accesses-table.ts'
import type { ChainReport } from './chain-report.ts'
import { graphOf } from './graph.ts'
import { hopSection } from './hop-section.ts'
import { Html, html } from './html.ts'
import { STYLE } from './style.ts'
import { verifySection } from './verify-section.ts'
import { counted, durationOf, protocolName, scoreOf } from './words.ts'

/** A chain as one page of HTML that needs nothing else: no script, no request, and nothing recorded is markup in it. */
export function renderReport(report: ChainReport): string {
  return `<!doctype html>\n${page(report).text}\n`
}

function page(report: ChainReport): Html {
  return html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>Chain ${report.chain.slice(0, 8)}: ${report.sentence.slice(0, 200)}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
${head(report)}
<main>
${alerts(report)}
<section aria-labelledby="chain"><h2 id="chain">The chain</h2>${graphOf(report)}</section>
<section aria-labelledby="hops"><h2 id="hops">${counted(report.hops.length, 'hop')}, and what ${report.hops.length === 1 ? 'it' : 'each'} rests on</h2>
${report.hops.map((hop) => hopSection(hop, report))}
${report.untold.hops > 0 && html`<p class="gone">${counted(report.untold.hops, 'more hop')} of this chain: see the archive.</p>`}</section>
${accessesOf(report)}
${missing(report)}
${verifySection(report)}
</main>
</body>
</html>`
}

function head(report: ChainReport): Html {
  const { nodes, firstUs, lastUs } = report
  const refused = nodes.filter(({ kind }) => kind === 'refused').length
  const unseen = nodes.filter(({ kind }) => kind === 'unseen').length
  const protocols = [...new Set(nodes.map(({ protocol }) => protocolName(protocol ?? '')))]
  const more = [refused > 0 ? `${refused} refused` : '', unseen > 0 ? `${unseen} not seen` : ''].filter((part) => part !== '')
  const accesses = [counted(nodes.length + report.untold.nodes, 'access', 'accesses'), ...more].join(', ')
  return html`<header>
<p class="over"><b>Hoptrace</b><span>Hop chain <code>${report.chain}</code></span><span class="unsigned">This report is not signed</span></p>
<h1>${report.sentence}</h1>
<dl class="facts">
${fact('On behalf of', report.rootPrincipals.length === 1 ? (report.rootPrincipals[0] ?? '') : `unknown (${report.rootPrincipals.join(', ') || 'nobody named'})`)}
${fact('Acted', report.principals.join(', '))}
${fact('Began, UTC', `${instant(String(firstUs)).slice(0, 10)} ${instant(String(firstUs)).slice(11, 23)}`)}
${fact('Took', durationOf(lastUs - firstUs))}
${fact('Reached', accesses)}
${fact('Over', protocols.join(', '))}
${fact('Weakest hop', `${scoreOf(report.weakestScore)} log-odds`)}
</dl>
</header>`
}

function fact(title: string, value: string): Html {
  return html`<div><dt>${title}</dt><dd>${value}</dd></div>`
}

function alerts({ alerts: all, hasContent }: ChainReport): Html | null {
  if (all.length === 0) return null
  return html`<section aria-labelledby="alerts"><h2 id="alerts">${counted(all.length, 'alert')} about it</h2>
${all.map(
  ({ sentence, severity, response, firstAt, rules }) => html`<div class="alert ${severityClass(severity)}">
<p>${hasContent ? sentence : [...new Set(rules)].join('; ')}</p><small>${severity}, ${response}, ${firstAt}${hasContent && `: ${[...new Set(rules)].join('; ')}`}</small></div>`,
)}</section>`
}

/** A class of the style sheet, never a stored word. */
function severityClass(severity: string): string {
  return ['informational', 'low', 'medium', 'high', 'critical'].includes(severity) ? severity : ''
}

function missing({ missing: all, hasContent, isRevealed, nodes }: ChainReport): Html {
  const left = [
    ...(hasContent ? [] : ['What was said is left out: the report was asked for without it.']),
    ...(hasContent && !isRevealed ? ['Secrets are hidden behind • and *; the hashes are those of what was recorded.'] : []),
    ...(nodes.some(({ kind }) => kind === 'unseen')
      ? ['What was not seen at a gateway is known by the command that named it, and by nothing else.']
      : []),
  ]
  const rows = all.map(
    ({ kind, what, from, to }) =>
      html`<tr><td class="gone full">${kind}</td><td class="full">${what}</td><td class="t full">${from}${from === to ? '' : html`<small>to ${to}</small>`}</td></tr>`,
  )
  return html`<section aria-labelledby="missing"><h2 id="missing">What is missing</h2>
${
  rows.length === 0
    ? html`<p class="prose"><span class="fine">Nothing that is known of.</span> No gap, no conflict, and no gateway that fell silent is on record for its time.</p>`
    : html`<div class="table stack"><table><thead><tr><th>Kind</th><th>What</th><th>When, UTC</th></tr></thead><tbody>${rows}</tbody></table></div>`
}
<div class="prose">${left.map((line) => html`<p class="legend">${line}</p>`)}</div></section>`
}
