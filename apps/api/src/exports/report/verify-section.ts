import type { ChainReport } from './chain-report.ts'
import { type Html, html } from './html.ts'
import { counted } from './words.ts'

/** What this page is worth, and how to hold it against the recording. */
export function verifySection({ chain, nodes, madeAt, madeBy, version }: ChainReport): Html {
  const heads = nodes.filter(({ facts }) => facts?.lastHash)
  const [first] = heads
  return html`<section aria-labelledby="verify"><h2 id="verify">How to verify</h2><div class="prose">
<p>This report is not signed: nothing in it proves who made it. Each moment above names its session, its seq and its hash, so that it can be held against the recording.
A hash is SHA-256 over the event’s canonical JSON and covers the hash of the event before it: the last one of a session covers all of it.</p>
<pre>hoptrace verify${first ? ` --session ${first.session}` : ''}
hoptrace export --chain ${chain}</pre>
<p>The archive of that export holds every event of the chain, what it was drawn from, and README.txt, which tells how to compute each hash without Hoptrace.
A hop says that the one access used something seen in the other. It does not say that the one caused the other; the score is the sum of the evidence, in log-odds.</p>
</div>
${
  heads.length > 0 &&
  html`<div class="table heads"><table><thead><tr><th class="n">No.</th><th>Session</th><th class="n">Events</th><th>Hash of its last event</th></tr></thead><tbody>
${heads.map(({ number, session, facts }) => html`<tr><td class="n">${number}</td><td><code>${session}</code></td><td class="n">${facts?.events ?? 0}</td><td><code>${facts?.lastHash ?? ''}</code></td></tr>`)}
</tbody></table></div>`
}
<p class="legend">Made by ${madeBy} at ${madeAt} with Hoptrace ${version}, of ${counted(nodes.length, 'access', 'accesses')}.</p></section>`
}
