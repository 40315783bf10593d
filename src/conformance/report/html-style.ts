/** How the page looks: on screens, light and dark, and on paper. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#fbfbf9, #15171a);
  --raised: light-dark(#ffffff, #1d2024);
  --ink: light-dark(#1c1f23, #e6e7e8);
  --quiet: light-dark(#5d6570, #9aa2ad);
  --line: light-dark(#e2e3de, #31363c);
  --link: light-dark(#1b55a8, #8ab6f2);
  --pass: light-dark(#1f7a4a, #58c08b);
  --fail: light-dark(#b3261e, #ff8f83);
  --inconclusive: light-dark(#925c00, #e9b357);
  --not-applicable: light-dark(#68717d, #97a0ab);
  --not-checked: light-dark(#7b838d, #7f8893);
  --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace;
}
.pass { --tone: var(--pass) }
.fail { --tone: var(--fail) }
.inconclusive { --tone: var(--inconclusive) }
.not-applicable { --tone: var(--not-applicable) }
.not-checked { --tone: var(--not-checked) }
* { box-sizing: border-box }
[hidden] { display: none !important }
html { scroll-padding-top: 5.5rem }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif }
header, main { max-width: 76rem; margin: 0 auto; padding: 0 2rem }
header { padding-top: 3rem }
.kind { margin: 0; color: var(--quiet); font-size: .8rem; letter-spacing: .12em; text-transform: uppercase }
h1 { margin: .2rem 0 1.2rem; font-size: 2rem; line-height: 1.2; font-weight: 650; overflow-wrap: anywhere }
h2 { margin: 3rem 0 1rem; font-size: 1.3rem; font-weight: 650 }
h3 { margin: 2rem 0 .6rem; font-size: 1rem; font-weight: 650 }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 2px }
code, pre { font-family: var(--mono); font-size: .82rem }
.verdict { display: flex; flex-wrap: wrap; gap: .3rem 1rem; align-items: baseline; margin: 0 0 1.6rem; padding: .9rem 1.2rem; border-radius: 8px; background: color-mix(in srgb, var(--tone) 10%, var(--raised)); border: 1px solid color-mix(in srgb, var(--tone) 35%, transparent) }
.verdict strong { color: var(--tone); font-size: 1.15rem }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, auto)); gap: .8rem 2rem; margin: 0 }
dt { color: var(--quiet); font-size: .8rem }
dd { margin: 0; overflow-wrap: anywhere; text-wrap: balance }
.remarks ul { margin: 0; padding-left: 1.2rem }
.wide { overflow-x: auto }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums }
thead th { color: var(--quiet); font-size: .8rem; font-weight: 400; vertical-align: bottom }
th, td { padding: .3rem .7rem; text-align: right; vertical-align: top }
th { font-weight: 400; text-align: left }
thead th:nth-child(n+4) { text-align: right }
th:first-child:not([scope=row]) { padding-left: 0 }
th[scope=rowgroup] { font-weight: 600 }
tbody { border-top: 1px solid var(--line) }
td[class] { color: var(--tone) }
td.fail, td.inconclusive { font-weight: 650 }
td.none { color: var(--line) }
td.bar { width: 26%; vertical-align: middle }
.bar svg { display: block; width: 100%; height: .55rem; border-radius: 3px }
rect { fill: var(--tone) }
rect.not-checked { opacity: .35 }
.filter { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; margin: 3rem -1rem 0; padding: .8rem 1rem; background: var(--paper); border-bottom: 1px solid var(--line) }
.filter + section h2 { margin-top: 1.8rem }
fieldset { display: flex; flex-wrap: wrap; gap: .4rem; margin: 0; padding: 0; border: 0 }
legend { position: absolute; clip-path: inset(50%) }
.filter label { padding: .2rem .7rem; border: 1px solid var(--line); border-radius: 99px; font-size: .85rem; cursor: pointer; color: var(--quiet) }
.filter label:has(:checked) { color: var(--ink); background: color-mix(in srgb, var(--tone) 12%, var(--raised)); border-color: color-mix(in srgb, var(--tone) 45%, transparent) }
.filter label b { color: var(--tone); font-variant-numeric: tabular-nums }
.filter label:has(:focus-visible), summary:focus-visible { outline: 2px solid var(--link); outline-offset: 1px }
.filter input[type=checkbox] { position: absolute; opacity: 0; pointer-events: none }
select, input[type=search] { max-width: 15rem; padding: .25rem .6rem; font: inherit; font-size: .85rem; color: inherit; background: var(--raised); border: 1px solid var(--line); border-radius: 6px }
details { overflow-wrap: anywhere }
summary { cursor: pointer; list-style: none }
summary::-webkit-details-marker { display: none }
.finding, .result { border-bottom: 1px solid var(--line); content-visibility: auto; contain-intrinsic-size: auto 2.4rem }
.finding > summary, .result > summary { display: grid; grid-template-columns: 8.6rem 8.5rem 4.6rem 1fr; gap: .7rem; align-items: baseline; padding: .45rem .4rem }
.result > summary { grid-template-columns: 8.6rem 17rem 14rem 1fr }
.finding > summary:hover, .result > summary:hover { background: color-mix(in srgb, var(--ink) 4%, transparent) }
.finding[open], .result[open] { padding-bottom: 1rem }
.finding[open] > :not(summary), .result[open] > :not(summary) { margin-left: 9.7rem }
.finding[open] .text, .result[open] > summary .text { font-weight: 600 }
:target > summary { background: color-mix(in srgb, var(--link) 10%, transparent) }
.mark { color: var(--tone); font-size: .82rem; white-space: nowrap }
.mark.fail, .mark.inconclusive { font-weight: 650 }
.level, .dialect, .where, .time { color: var(--quiet); font-size: .82rem }
p.where { margin-top: 0; margin-bottom: .5rem }
.finding ul, .proves { padding: 0; list-style: none; margin-top: .3rem; margin-bottom: .8rem }
.finding li { display: grid; grid-template-columns: 7.5rem auto 1fr; gap: .2rem .8rem; padding: .15rem 0 }
.reason { grid-column: 2 / -1; padding-left: .8rem; border-left: 2px solid var(--line) }
.proves li { padding: .1rem 0 }
.outcome { margin-top: .3rem; margin-bottom: .8rem; padding: .6rem .9rem; border-left: 3px solid var(--tone); background: color-mix(in srgb, var(--tone) 7%, transparent); white-space: pre-wrap }
.exchange { margin-top: .4rem; border: 1px solid var(--line); border-radius: 6px; background: var(--raised) }
.exchange > summary { display: flex; gap: 1rem; align-items: baseline; padding: .35rem .8rem }
.exchange > summary::before { content: '▸'; color: var(--quiet) }
.exchange[open] > summary::before { content: '▾' }
.status { margin-left: auto; font-size: .85rem }
.status, .time { flex-shrink: 0; white-space: nowrap }
.both { display: grid; grid-template-columns: 2fr 3fr; border-top: 1px solid var(--line) }
figure { min-width: 0; margin: 0; padding: .5rem .8rem }
figure + figure { border-left: 1px solid var(--line) }
figcaption { color: var(--quiet); font-size: .75rem }
pre { margin: .2rem 0 0; max-height: 32rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .78rem; line-height: 1.45 }
main { padding-bottom: 6rem }
@media screen and (max-width: 60rem) {
  header, main { padding-left: 1rem; padding-right: 1rem }
  .finding > summary, .result > summary { grid-template-columns: auto 1fr auto }
  .finding > summary .text, .result > summary .text { grid-column: 1 / -1 }
  .finding[open] > :not(summary), .result[open] > :not(summary) { margin-left: .4rem }
  .both { grid-template-columns: 1fr }
  figure + figure { border-left: 0; border-top: 1px solid var(--line) }
  .filter { position: static }
}
@media screen and (max-width: 40rem) {
  h1 { font-size: 1.4rem }
  td.bar, thead td { display: none }
  th, td { padding: .3rem .5rem; font-size: .85rem }
  thead th:nth-child(n+4) { writing-mode: vertical-rl; rotate: 180deg; text-align: left; padding: .5rem .3rem }
}
@media print {
  :root { color-scheme: light }
  @page { margin: 16mm 14mm }
  body { background: none; font-size: 9.5pt }
  header, main { max-width: none; padding: 0 }
  main { padding-bottom: 0 }
  .filter { display: none }
  td.bar { width: 18% }
  .finding, .result { content-visibility: visible }
  .finding > summary, h2, h3 { break-inside: avoid; break-after: avoid }
  tr, .exchange > summary { break-inside: avoid }
  .finding > summary { grid-template-columns: 7.6rem 6.8rem 4rem 1fr; padding: .2rem 0 }
  .result > summary { grid-template-columns: 7.6rem 12rem 12rem 1fr }
  .finding[open] > :not(summary), .result[open] > :not(summary) { margin-left: 0 }
  .results { break-before: page }
  pre { max-height: none; overflow: visible }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact }
}
`;
