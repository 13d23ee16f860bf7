import type { Finding } from '../../base/index.ts';
import { type Block, factsText, pngUri, type Report, type Section } from './model.ts';

/** Turns a document definition of pdfmake into bytes; handed in by the host. */
export type PdfEngine = (definition: object) => Promise<Uint8Array>;

const INK = '#1b1f24';
const SOFT = '#5b6570';
const LINE = '#d9dee4';
const VERDICT = {
  pass: { text: 'Pass', color: '#1a7f4b' },
  warn: { text: 'Pass with warnings', color: '#9a6700' },
  block: { text: 'Blocked', color: '#b3261e' },
} as const;
const LEVEL_COLOUR = { note: LINE, warning: '#9a6700', blocker: '#b3261e' } as const;
/** A4 less the margins, points. */
const WIDTH_PT = 595.28 - 2 * 48;
const GAP_PT = 10;

const HAIRLINES = {
  hLineWidth: (i: number) => (i === 0 ? 0 : 0.5),
  vLineWidth: () => 0,
  hLineColor: () => LINE,
  paddingLeft: () => 0,
  paddingRight: () => 8,
  paddingTop: () => 2.5,
  paddingBottom: () => 2.5,
};

/** The report as a document definition of pdfmake: A4, page numbers, no clock in it. */
export function reportPdf(report: Report): object {
  const verdict = VERDICT[report.verdict];
  return {
    pageSize: 'A4',
    pageMargins: [48, 50, 48, 58],
    info: { title: report.title, creator: 'Osteon', producer: 'Osteon' },
    defaultStyle: { font: 'Roboto', fontSize: 9.5, lineHeight: 1.25, color: INK },
    footer: (page: number, pages: number) => ({
      margin: [48, 16, 48, 0],
      fontSize: 7.5,
      color: SOFT,
      columns: [
        { text: report.footer, width: '*' },
        { text: `${page} / ${pages}`, width: 50, alignment: 'right' },
      ],
    }),
    content: [
      { text: report.title, fontSize: 21, bold: true, lineHeight: 1.1 },
      { text: report.subtitle, color: SOFT, fontSize: 11, margin: [0, 3, 0, 6] },
      { text: verdict.text, color: verdict.color, bold: true, fontSize: 12, margin: [0, 0, 0, 4] },
      ...report.sections.flatMap(sectionPdf),
    ],
  };
}

function sectionPdf({ title, blocks }: Section): object[] {
  const rule = { canvas: [{ type: 'line', x1: 0, y1: 0, x2: WIDTH_PT, y2: 0, lineWidth: 0.5, lineColor: LINE }] };
  const head = {
    stack: [rule, { text: title, fontSize: 13.5, bold: true, margin: [0, 8, 0, 5] }],
    margin: [0, 14, 0, 0],
  };
  const [first, ...rest] = blocks.flatMap(blockPdf);
  if (!first) return [head];
  // A heading stays with what follows it, unless that is a table that may run over pages.
  return 'table' in first ? [head, first, ...rest] : [{ stack: [head, first], unbreakable: true }, ...rest];
}

function blockPdf(block: Block): object[] {
  switch (block.kind) {
    case 'text':
      return [{ text: block.text, margin: [0, 0, 0, 6] }];
    case 'facts':
      return [
        {
          margin: [0, 2, 0, 8],
          layout: HAIRLINES,
          table: { widths: [150, '*'], body: block.rows.map(([k, v]) => [{ text: k, color: SOFT }, breakable(v)]) },
        },
      ];
    case 'table':
      return [tablePdf(block)];
    case 'findings':
      return block.findings.length
        ? block.findings.map(findingPdf)
        : [{ text: 'Nothing to report.', margin: [0, 0, 0, 6] }];
    case 'figures':
      return figuresPdf(block);
  }
}

function tablePdf(block: Extract<Block, { kind: 'table' }>): object {
  const cell = (more: object) => (text: string, i: number) => ({
    text: breakable(text),
    ...(i >= block.numbersFrom ? { alignment: 'right' } : {}),
    ...more,
  });
  return {
    margin: [0, 2, 0, 8],
    layout: HAIRLINES,
    fontSize: block.head.length > 5 ? 8 : 9,
    table: {
      headerRows: 1,
      dontBreakRows: true,
      widths: block.head.map((_, i) => (isWide(block, i) ? '*' : 'auto')),
      body: [block.head.map(cell({ bold: true, color: SOFT })), ...block.rows.map((row) => row.map(cell({})))],
    },
  };
}

const isWide = ({ wide, numbersFrom }: Extract<Block, { kind: 'table' }>, i: number): boolean =>
  wide === undefined ? i === 0 || i < numbersFrom : i === wide;

function findingPdf({ level, code, text, facts, hint }: Finding): object {
  const stack = [
    { text: [text, { text: `  ${code}`, color: SOFT, fontSize: 8 }] },
    ...(facts ? [{ text: breakable(factsText(facts)), color: SOFT, fontSize: 8 }] : []),
    ...(hint ? [{ text: hint, color: SOFT }] : []),
  ];
  const layout = {
    hLineWidth: () => 0,
    vLineWidth: (i: number) => (i === 0 ? 3 : 0),
    vLineColor: () => LEVEL_COLOUR[level],
    paddingLeft: () => 8,
    paddingTop: () => 3,
    paddingBottom: () => 3,
  };
  return {
    margin: [0, 2, 0, 4],
    layout,
    unbreakable: true,
    table: { widths: ['*'], body: [[{ stack, fillColor: '#f6f8fa' }]] },
  };
}

function figuresPdf({ figures, columns }: Extract<Block, { kind: 'figures' }>): object[] {
  const width = (WIDTH_PT - (columns - 1) * GAP_PT) / columns;
  const rows: object[] = [];
  for (let i = 0; i < figures.length; i += columns) {
    const row = figures.slice(i, i + columns).map(({ png, caption }) => ({
      width,
      stack: [
        { image: pngUri(png), width },
        { text: caption, color: SOFT, fontSize: 8, margin: [0, 3, 0, 0] },
      ],
    }));
    rows.push({ columns: row, columnGap: GAP_PT, margin: [0, 4, 0, 8], unbreakable: true });
  }
  return rows;
}

/** Long unbroken words (hashes, paths, UIDs) may be broken anywhere: a zero-width space after every sixteen. */
const breakable = (text: string): string =>
  text.replace(/[^\s\u200b]{24,}/g, (word) => word.replace(/.{16}/g, '$&\u200b'));
