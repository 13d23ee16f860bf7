import type { Finding } from '../../base/index.ts';
import { type Block, type Figure, factsText, pngUri, type Report, type Section } from './model.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** Text from a scan or a case is never markup. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => ENTITIES[c]);
const e = escapeHtml;

const VERDICT_WORD = { pass: 'Pass', warn: 'Pass with warnings', block: 'Blocked' } as const;

const STYLE = `
:root { --ink: #1b1f24; --soft: #5b6570; --line: #d9dee4; --paper: #fff; --pass: #1a7f4b; --warn: #9a6700; --block: #b3261e; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 3rem 1.5rem 4rem; max-width: 58rem; color: var(--ink); background: var(--paper);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0; letter-spacing: -0.01em; }
h2 { font-size: 1.25rem; margin: 2.6rem 0 0.8rem; padding-top: 0.9rem; border-top: 1px solid var(--line); break-after: avoid; }
p { margin: 0.6rem 0; max-width: 44rem; }
.subtitle { color: var(--soft); font-size: 1.05rem; }
.verdict { display: inline-block; margin: 0.9rem 0 0; padding: 0.2rem 0.8rem; border-radius: 1rem; color: #fff; font-weight: 600; }
.pass { background: var(--pass); } .warn { background: var(--warn); } .block { background: var(--block); }
table { border-collapse: collapse; width: 100%; margin: 0.8rem 0; font-size: 0.92rem; break-inside: auto; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.9rem 0.3rem 0; border-bottom: 1px solid var(--line);
  overflow-wrap: anywhere; }
th { font-weight: 600; color: var(--soft); }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; padding: 0.3rem 0 0.3rem 0.9rem; white-space: nowrap; }
th { overflow-wrap: normal; }
th.n { white-space: normal; }
td:not(.n) { min-width: 6.3rem; }
table.facts th { width: 17rem; font-weight: 400; }
ul.findings { list-style: none; padding: 0; margin: 0.8rem 0; }
ul.findings li { padding: 0.5rem 0.9rem; margin: 0.4rem 0; border-left: 4px solid var(--line); background: #f6f8fa; break-inside: avoid; }
li.warning { border-color: var(--warn) !important; } li.blocker { border-color: var(--block) !important; }
li code { color: var(--soft); font-size: 0.85em; }
.hint { color: var(--soft); } .numbers { color: var(--soft); font-size: 0.85em; }
.figures { display: grid; gap: 1rem; margin: 1rem 0; }
figure { margin: 0; break-inside: avoid; }
figure img { width: 100%; height: auto; display: block; border: 1px solid var(--line); border-radius: 4px; }
figcaption { color: var(--soft); font-size: 0.88rem; line-height: 1.4; margin-top: 0.35rem; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: 0.85rem; }
@media print { body { max-width: none; padding: 0; font-size: 10.5pt; } h2 { margin-top: 1.6rem; } @page { margin: 18mm 16mm; } }`;

/** One file that needs nothing else: style and pictures are inside, there is no script. */
export function reportHtml(report: Report): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${e(report.title)}</title>
<style>${STYLE}
</style>
</head>
<body>
<header>
<h1>${e(report.title)}</h1>
<p class="subtitle">${e(report.subtitle)}</p>
<span class="verdict ${report.verdict}">${VERDICT_WORD[report.verdict]}</span>
</header>
<main>
${report.sections.map(sectionHtml).join('\n')}
</main>
<footer>${e(report.footer)}</footer>
</body>
</html>
`;
}

const sectionHtml = ({ title, blocks }: Section): string =>
  `<section>\n<h2>${e(title)}</h2>\n${blocks.map(blockHtml).join('\n')}\n</section>`;

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'text':
      return `<p>${e(block.text)}</p>`;
    case 'facts':
      return `<table class="facts">${block.rows.map(([k, v]) => `<tr><th scope="row">${e(k)}</th><td>${e(v)}</td></tr>`).join('')}</table>`;
    case 'table': {
      const cell = (tag: string) => (text: string, i: number) =>
        `<${tag}${i >= block.numbersFrom ? ' class="n"' : ''}>${e(text)}</${tag}>`;
      const rows = block.rows.map((row) => `<tr>${row.map(cell('td')).join('')}</tr>`);
      return `<table><thead><tr>${block.head.map(cell('th')).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
    }
    case 'findings':
      return block.findings.length
        ? `<ul class="findings">${block.findings.map(findingHtml).join('')}</ul>`
        : '<p>Nothing to report.</p>';
    case 'figures':
      return `<div class="figures" style="grid-template-columns: repeat(${block.columns}, 1fr)">${block.figures.map(figureHtml).join('')}</div>`;
  }
}

const findingHtml = ({ level, code, text, facts, hint }: Finding): string =>
  `<li class="${level}">${e(text)} <code>${e(code)}</code>${facts ? `<br><span class="numbers">${e(factsText(facts))}</span>` : ''}${hint ? `<br><span class="hint">${e(hint)}</span>` : ''}</li>`;

const figureHtml = ({ png, caption }: Figure): string =>
  `<figure><img src="${pngUri(png)}" alt="${e(caption)}"><figcaption>${e(caption)}</figcaption></figure>`;
