import { createHash } from 'node:crypto';
import { dialectName } from '../dialect.ts';
import type { Result } from '../run.ts';
import { requirementsOf } from '../selection.ts';
import { type Counts, count, type Finding, levels, type RequirementVerdict, requirementVerdicts } from '../summary.ts';
import { type Extent, measureOf } from './extent.ts';
import { script } from './html-script.ts';
import { style } from './html-style.ts';
import { Markup, markup } from './markup.ts';
import { conclusion, conforms, documentTitle, levelText, particulars, type Report } from './report.ts';
import { requestText, responseText, type ShownExchange, shortened } from './shortened.ts';

/**
 * A report as a page of its own, which needs nothing from elsewhere and runs no script but its own: the answers of the
 * server are text in it, whatever they are made of.
 */
export function htmlReport(report: Report, extent: Extent = {}): string {
  const { endpoint, summary } = report;
  const totals = count(summary.findings);
  return markup`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${hash(style)}'; script-src '${hash(script)}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>OCCI conformance of ${endpoint}</title>
<style>${new Markup(style)}</style>
<header>
<p class="kind">OCCI conformance report</p>
<h1>${endpoint}</h1>
${verdict(report)}
<dl>${particulars(report)
    .slice(1)
    .map(([name, value]) => markup`<div><dt>${capital(name)}</dt><dd>${value}</dd></div>`)}</dl>
</header>
<main>
${remarks('Left on the server', report.left)}${remarks('Notes', report.notes)}
<section>
<h2>Summary</h2>
${overview(report)}
</section>
${filter(report, totals)}
<section class="findings">
<h2>Requirements</h2>
${documentsOf(report).map(([document, title]) => chapter(document, title, report))}
</section>
<section class="results">
<h2>Checks</h2>
${report.results.map((result, at) => resultEntry(result, at, report, extent))}
</section>
</main>
<script>${new Markup(script)}</script>
</html>
`.source;
}

function hash(text: string): Markup {
  return new Markup(`sha256-${createHash('sha256').update(text).digest('base64')}`);
}

function verdict(report: Report): Markup {
  const isGood = conforms(report);
  const unfinished = report.givenUp !== undefined;
  const word = isGood ? (unfinished ? 'Not complete' : 'No MUST fails') : 'Does not conform';
  const told = unfinished ? `${conclusion(report)}: ${report.givenUp}` : conclusion(report);
  return markup`<p class="verdict ${isGood ? (unfinished ? 'inconclusive' : 'pass') : 'fail'}"><strong>${word}</strong> ${capital(told)}</p>`;
}

function remarks(title: string, lines: readonly string[]): Markup | false {
  return (
    lines.length > 0 &&
    markup`<section class="remarks"><h2>${title}</h2><ul>${lines.map((line) => markup`<li>${line}</li>`)}</ul></section>
`
  );
}

function documentsOf({ summary }: Report): readonly (readonly [document: string, title: string])[] {
  return [...new Map(summary.tallies.map(({ document, title }) => [document, title]))];
}

function overview(report: Report): Markup {
  const rows = documentsOf(report).map(([document, title]) => {
    const own = report.summary.tallies.filter((tally) => tally.document === document);
    return own.map(
      (
        { level, counts },
        at,
      ) => markup`<tr>${at === 0 && markup`<th scope="rowgroup" rowspan="${own.length}">${documentTitle(document, title)}</th>`}<th scope="row">${level}</th><td class="bar">${bar(counts)}</td>${requirementVerdicts.map((verdict) => figure(verdict, counts))}</tr>
`,
    );
  });
  const headings = requirementVerdicts.map((verdict) => markup`<th scope="col">${verdict}</th>`);
  return markup`<div class="wide"><table>
<thead><tr><th scope="col">document</th><th scope="col">level</th><td></td>${headings}</tr></thead>
${rows.map((group) => markup`<tbody>${group}</tbody>`)}
</table></div>`;
}

function figure(verdict: RequirementVerdict, counts: Counts): Markup {
  const number = counts[verdict];
  return number === 0 ? markup`<td class="none">·</td>` : markup`<td class="${name(verdict)}">${number}</td>`;
}

/** The shares of the verdicts, as a bar. */
function bar(counts: Counts): Markup {
  const sum = requirementVerdicts.reduce((total, verdict) => total + counts[verdict], 0);
  let x = 0;
  const pieces = requirementVerdicts.map((verdict) => {
    const width = (counts[verdict] / sum) * 100;
    const piece = width > 0 && markup`<rect class="${name(verdict)}" x="${x}" width="${width}" height="10"/>`;
    x += width;
    return piece;
  });
  return markup`<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">${pieces}</svg>`;
}

function filter(report: Report, totals: Counts): Markup {
  const verdicts = requirementVerdicts.map(
    (verdict) =>
      markup`<label class="${name(verdict)}"><input type="checkbox" name="verdict" value="${verdict}" checked> ${verdict} <b>${totals[verdict]}</b></label>`,
  );
  const documents = documentsOf(report).map(
    ([document, title]) => markup`<option value="${document}">${documentTitle(document, title)}</option>`,
  );
  const there = levels.filter((level) => report.summary.tallies.some((tally) => tally.level === level));
  return markup`<form class="filter" aria-label="What is shown">
<fieldset><legend>Verdict</legend>${verdicts}</fieldset>
<select name="document" aria-label="Document"><option value="">all documents</option>${documents}</select>
<select name="level" aria-label="Level"><option value="">all levels</option>${there.map((level) => markup`<option>${level}</option>`)}</select>
<input type="search" name="words" placeholder="id or words" aria-label="Words">
</form>`;
}

function chapter(document: string, title: string, report: Report): Markup {
  const own = report.summary.findings.filter(({ requirement }) => requirement.document === document);
  return markup`<section class="chapter">
<h3>${documentTitle(document, title)}</h3>
${own.map((finding) => findingEntry(finding, report))}</section>
`;
}

function findingEntry({ requirement, verdict, results, why }: Finding, report: Report): Markup {
  const { id, document, section, level, text } = requirement;
  const lines = results.map((result) => {
    const to = report.results.indexOf(result);
    const reason = result.reason !== undefined && markup`<span class="reason">${result.reason}</span>`;
    return markup`<li>${mark(result.verdict)}<a href="#check-${to}">${result.check.id}</a> <span class="dialect">${dialectName(result.dialect)}</span>${reason}</li>
`;
  });
  const where = [
    [document, section].filter(Boolean).join(' §'),
    ...(level === 'practice' ? [levelText(level)] : []),
  ].join(', ');
  return markup`<details class="finding" id="${id}" ${tags(verdict, [document], [level])}${verdict === 'fail' && new Markup(' open')}>
<summary>${mark(verdict)}<code>${id}</code><span class="level">${level}</span><span class="text">${text}</span></summary>
<p class="where">${where}</p>
${why !== undefined && markup`<p>Not checked: ${why}.</p>`}${lines.length > 0 && markup`<ul>${lines}</ul>`}
</details>
`;
}

function resultEntry(
  { check, dialect, verdict, reason, exchanges }: Result,
  at: number,
  report: Report,
  extent: Extent,
): Markup {
  const about = requirementsOf(check, dialect.version, report.requirements);
  const documents = [...new Set(about.map(({ document }) => document))];
  const of = [...new Set(about.map(({ level }) => level))];
  const measure = measureOf(verdict, extent);
  const shown = exchanges.map((exchange) => shortened(exchange, measure));
  const proves = about.map(
    ({ id, document, section, level, text }) =>
      markup`<li><a href="#${id}">${id}</a> <span class="where">${[document, section].filter(Boolean).join(' §')}, ${levelText(level)}</span> ${text}</li>
`,
  );
  return markup`<details class="result" id="check-${at}" ${tags(verdict, documents, of)}${verdict === 'fail' && new Markup(' open')}>
<summary>${mark(verdict)}<code>${check.id}</code><span class="dialect">${dialectName(dialect)}</span><span class="text">${check.title}</span></summary>
${reason !== undefined && markup`<p class="outcome ${name(verdict)}">${reason}</p>`}
<ul class="proves">${proves}</ul>
${shown.map((exchange, index) => exchangeEntry(exchange, verdict === 'fail' && index === shown.length - 1))}
</details>
`;
}

function exchangeEntry(exchange: ShownExchange, isOpen: boolean): Markup {
  const { request, response } = exchange;
  const { pathname, search } = new URL(request.url);
  return markup`<details class="exchange"${isOpen && new Markup(' open')}>
<summary><code>${request.method} ${pathname}${search}</code><span class="status">${response.status} ${response.reason}</span><span class="time">${response.milliseconds} ms</span></summary>
<div class="both"><figure><figcaption>sent</figcaption><pre>${requestText(exchange)}</pre></figure><figure><figcaption>received</figcaption><pre>${responseText(exchange)}</pre></figure></div>
</details>
`;
}

const marks: Readonly<Record<RequirementVerdict, string>> = {
  fail: '✕ fail',
  inconclusive: '? inconclusive',
  pass: '✓ pass',
  'not applicable': '– not applicable',
  'not checked': '○ not checked',
};

function mark(verdict: RequirementVerdict): Markup {
  return markup`<span class="mark ${name(verdict)}">${marks[verdict]}</span>`;
}

/** What the filter goes by. */
function tags(verdict: RequirementVerdict, documents: readonly string[], of: readonly string[]): Markup {
  return markup`data-verdict="${verdict}" data-documents="${documents.join(' ')}" data-levels="${of.join(' ')}"`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A verdict as the name of a class. */
function name(verdict: RequirementVerdict): string {
  return verdict.replace(' ', '-');
}
