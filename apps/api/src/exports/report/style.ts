/** The page's whole style: no request leaves it. Colours follow the reader's choice of dark and light; on paper they are light. */
export const STYLE = `
:root{color-scheme:light dark;
--paper:light-dark(#fbfbfa,#101315);--surface:light-dark(#fff,#171b1e);--sunk:light-dark(#f2f3f3,#0b0d0f);
--line:light-dark(#dfe2e4,#2a3036);--line-strong:light-dark(#aab2b8,#4e5861);
--ink:light-dark(#15191c,#e7eaec);--ink-2:light-dark(#454e55,#b0b9c0);--ink-3:light-dark(#5e6870,#909aa2);
--postgres:light-dark(#5438b8,#b7a5ff);--postgres-soft:light-dark(#f1eefc,#1c1932);
--ssh:light-dark(#00655a,#63d3c3);--ssh-soft:light-dark(#e8f5f3,#0f2422);
--kubernetes:light-dark(#9a1f75,#f29dd8);--kubernetes-soft:light-dark(#fceff8,#291424);
--http:light-dark(#6d4c00,#dfbb6c);--http-soft:light-dark(#f9f3e3,#241d0c);
--unknown:light-dark(#4a535a,#a6afb6);--unknown-soft:light-dark(#f0f1f2,#1c2024);
--bad:light-dark(#a61b26,#ff9b99);--bad-soft:light-dark(#fdeeee,#331518);
--warn:light-dark(#854200,#f3b06a);--warn-soft:light-dark(#fdf2e3,#2f1f0b);
--good:light-dark(#17653a,#79d199);
--mark:light-dark(#ffe27a,#6e5600);--mark-ink:light-dark(#1d1800,#fff4cc);
--say:-apple-system,"Segoe UI",Inter,Roboto,Cantarell,Ubuntu,"Noto Sans","Liberation Sans",system-ui,sans-serif;
--recorded:ui-monospace,"SF Mono","Cascadia Mono","JetBrains Mono",Menlo,Consolas,"Liberation Mono","DejaVu Sans Mono",monospace}
*{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);font:15px/1.5 var(--say);-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:1120px;padding:40px 32px 72px}
h1,h2,h3,p,dl,dd,ol,ul,figure{margin:0}
h1{font-size:27px;line-height:1.28;font-weight:650;letter-spacing:-.012em;max-width:34em;overflow-wrap:anywhere;text-wrap:balance}
h2{font-size:18px;line-height:1.3;font-weight:650;margin:52px 0 14px;letter-spacing:-.006em}
h3{font-size:16px;line-height:1.4;font-weight:600;overflow-wrap:anywhere}
code,pre,.rec{font-family:var(--recorded);font-size:.885em;overflow-wrap:anywhere}
a{color:inherit;text-underline-offset:2px}
.over{display:flex;flex-wrap:wrap;gap:6px 14px;align-items:baseline;color:var(--ink-3);font-size:13px;margin-bottom:18px}
.over b{color:var(--ink);font-weight:650}
.unsigned{color:var(--warn);font-weight:600}
.facts{display:grid;grid-template-columns:1.35fr 1.15fr 1.2fr .7fr;gap:14px 28px;margin-top:22px;padding-top:18px;border-top:1px solid var(--line)}
.facts div{min-width:0}
.facts dt{font-size:12px;color:var(--ink-3)}
.facts dd{font-size:15px;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.alert{border-left:3px solid var(--warn);background:var(--warn-soft);padding:10px 16px;margin-top:10px}
.alert.high,.alert.critical{border-color:var(--bad);background:var(--bad-soft)}
.alert p{overflow-wrap:anywhere}
.alert small{color:var(--ink-2);font-size:13px}
.graph{overflow-x:auto;border:1px solid var(--line);border-radius:4px;background:var(--surface)}
.graph:focus-visible{outline:2px solid var(--ink-2);outline-offset:2px}
.graph svg{display:block;width:100%;height:auto;min-width:max(760px,calc(var(--width)*.62))}
.legend{color:var(--ink-3);font-size:13px;margin-top:8px;max-width:62em}
svg text{font-family:var(--say);font-size:13px;fill:var(--ink)}
.band{fill:none}.lane+.lane .band{stroke:none}
.lane .edge{fill:var(--c)}.lane .lane-name{fill:var(--c);font-weight:600;font-size:13px}
.lane .band{fill:var(--s);opacity:.55}
.p-postgres{--c:var(--postgres);--s:var(--postgres-soft)}.p-ssh{--c:var(--ssh);--s:var(--ssh-soft)}
.p-kubernetes{--c:var(--kubernetes);--s:var(--kubernetes-soft)}.p-http{--c:var(--http);--s:var(--http-soft)}
.p-unknown{--c:var(--unknown);--s:var(--unknown-soft)}
.rule{stroke:var(--line);stroke-width:1}
svg .tick{font-size:12px;fill:var(--ink-2);font-variant-numeric:tabular-nums}svg .since{fill:var(--ink-3)}
.card{fill:var(--surface);stroke:var(--c);stroke-width:1.5}
svg .number{font-weight:650;fill:var(--c);font-variant-numeric:tabular-nums}svg .target{font-weight:600}
svg .who{font-size:12px;fill:var(--ink-2)}svg .word{font-size:10.5px;font-weight:700;letter-spacing:.05em;text-anchor:end}
.k-refused .card{stroke:var(--bad);stroke-dasharray:5 3;fill:var(--bad-soft)}svg .k-refused .word{fill:var(--bad)}
.k-unseen .card{stroke:var(--warn);stroke-dasharray:1.5 3;stroke-linecap:round;fill:var(--warn-soft)}svg .k-unseen .word{fill:var(--warn)}
svg .k-use .word{fill:var(--c)}
.hop{fill:none;stroke:var(--ink-2);stroke-width:1.6}.hop.weak{stroke-dasharray:4 3}.tip{fill:var(--ink-2)}
.tag circle{fill:var(--ink);stroke:var(--surface);stroke-width:2}
svg .tag text{fill:var(--surface);font-size:11.5px;font-weight:700;text-anchor:middle;font-variant-numeric:tabular-nums}
.step{border-top:1px solid var(--line);padding:22px 0 26px}
.step:first-of-type{border-top:0;padding-top:4px}
.step>header{display:grid;grid-template-columns:26px 1fr auto;gap:2px 12px;align-items:baseline}
.disc{width:24px;height:24px;border-radius:12px;background:var(--ink);color:var(--paper);font-size:12.5px;font-weight:700;display:grid;place-items:center;font-variant-numeric:tabular-nums}
.step>header .why{grid-column:2/-1;color:var(--ink-2);font-size:14px}
.score{font-variant-numeric:tabular-nums;font-weight:650;white-space:nowrap}
.score small{font-weight:400;color:var(--ink-3);font-size:12.5px}
.moments{display:grid;grid-template-columns:1fr 1fr;gap:14px;margin:14px 0 0 38px}
.moment{min-width:0;border:1px solid var(--line);border-top:3px solid var(--c);border-radius:3px;background:var(--surface);display:flex;flex-direction:column}
.moment>header{padding:9px 13px 7px;font-size:13px;color:var(--ink-2)}
.moment>header b{display:block;font-size:14.5px;color:var(--ink);font-weight:600;overflow-wrap:anywhere}
.moment .where{color:var(--ink-3)}
.moment pre{margin:0;padding:11px 13px;background:var(--sunk);white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.5;max-height:22em;overflow:auto;flex:1}
.moment .none{padding:11px 13px;background:var(--sunk);color:var(--ink-2);font-size:14px;flex:1}
.moment footer{padding:8px 13px 10px;font-size:12px;color:var(--ink-3)}
.moment footer code{display:block}
mark{background:var(--mark);color:var(--mark-ink);padding:1px 2px;border-radius:2px;font-weight:600}
.cells{overflow-x:auto;background:var(--sunk);flex:1}
.cells table{border-collapse:collapse;font-family:var(--recorded);font-size:13px;margin:6px 0}
.cells th,.cells td{text-align:left;vertical-align:top;padding:4px 13px;white-space:pre-wrap;overflow-wrap:break-word;max-width:26em;border:0}
.cells th{font-weight:400;color:var(--ink-3);white-space:nowrap}
.more{margin:12px 0 0 38px;font-size:14px;color:var(--ink-2)}
.more summary{cursor:pointer;width:fit-content}
.more ul{list-style:none;padding:6px 0 0}
.more li{display:grid;grid-template-columns:3.4em 1fr;gap:10px;padding:4px 0;border-top:1px solid var(--line)}
.more li b{font-weight:600;color:var(--ink)}
.table{overflow-x:auto;border:1px solid var(--line);border-radius:4px;background:var(--surface)}
.table table{border-collapse:collapse;width:100%;font-size:13.5px}
.table th{font-weight:500;font-size:12px;color:var(--ink-3);text-align:left;white-space:nowrap}
.table th,.table td{padding:8px 12px;vertical-align:top;border-bottom:1px solid var(--line)}
.table tr:last-child td{border-bottom:0}
.table .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.table .t{white-space:nowrap;font-variant-numeric:tabular-nums}
.table td{overflow-wrap:break-word}.stack code{white-space:nowrap}
.table td small{display:block;color:var(--ink-3);font-size:12px}
.proto{color:var(--c);font-weight:600;white-space:nowrap}
.state{font-weight:650;font-size:11.5px;letter-spacing:.04em;white-space:nowrap}
.state.bad{color:var(--bad)}.state.warn{color:var(--warn)}
.gone{color:var(--warn);font-weight:600}
.fine{color:var(--good);font-weight:600}
.prose{max-width:46em}.prose p+p,.prose p+pre,.prose pre+p{margin-top:10px}
.prose pre{background:var(--sunk);border:1px solid var(--line);border-radius:3px;padding:10px 14px;white-space:pre-wrap;overflow-wrap:anywhere}
.heads{margin-top:14px}
@media (max-width:720px){
html{font-size:15px}body{padding:22px 16px 56px}h1{font-size:22px}h2{margin-top:40px}
.graph svg{min-width:calc(var(--width)*.9)}
.facts{grid-template-columns:1fr 1fr;gap:12px 20px}.heads code{white-space:nowrap}.moments{grid-template-columns:1fr;margin-left:0}.more{margin-left:0}
.step>header{grid-template-columns:26px 1fr}.step>header .score{grid-column:2}

.stack{border:0;background:none}.stack thead{display:none}.stack table,.stack tbody{display:block}
.stack tr{display:grid;grid-template-columns:1fr 1fr;gap:6px 14px;padding:12px 14px;margin-bottom:10px;border:1px solid var(--line);border-radius:4px;background:var(--surface)}
.stack td{padding:0;border:0;text-align:left;min-width:0}.stack td.t,.stack td.n{white-space:normal;text-align:left}
.stack td::before{content:attr(data-is);display:block;font-size:11.5px;color:var(--ink-3);font-family:var(--say)}
.stack td.full{grid-column:1/-1}.stack td.none{display:none}

}
@media print{
:root{color-scheme:light}html{font-size:11pt;background:#fff}body{max-width:none;padding:0}
.graph,.table,.cells,.moment pre{overflow:visible;max-height:none}.table table{font-size:9pt}.table th,.table td{padding:5px 7px}.graph svg{min-width:0!important}
.step,.moment,.alert,tr{break-inside:avoid}h2{break-after:avoid}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`
