import { expect, test } from 'vitest';
import { base64, fixed, RESEARCH_SENTENCE, type Report, reportHtml, reportPdf } from '../../src/plan/index.ts';
import { createPdf, sha256 } from '../../src/platform/node/index.ts';

/** One grey pixel. */
const PNG = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=='),
  (c) => c.charCodeAt(0),
);
const REPORT: Report = {
  title: 'Total talus replacement, left <side>',
  subtitle: 'Case 0123456789ab',
  verdict: 'warn',
  footer: RESEARCH_SENTENCE,
  sections: [
    {
      title: 'What was scanned',
      blocks: [
        { kind: 'text', text: 'A text with <script>alert(1)</script> & "quotes".' },
        {
          kind: 'facts',
          rows: [
            ['Pixel', '0.488 mm'],
            ['SHA-256', 'ab'.repeat(32)],
          ],
        },
        {
          kind: 'findings',
          findings: [{ level: 'warning', code: 'dicom.protocol', text: 'Slices are 1.5 mm apart', hint: 'Scan again' }],
        },
      ],
    },
    {
      title: 'Sizes',
      blocks: [
        {
          kind: 'table',
          head: ['Size', 'Volume, mm³'],
          rows: [
            ['095', '31 234.5'],
            ['100', '−0.1'],
          ],
          numbersFrom: 1,
        },
        {
          kind: 'figures',
          columns: 2,
          figures: [
            { png: PNG, caption: 'One pixel' },
            { png: PNG, caption: 'Two' },
          ],
        },
        { kind: 'findings', findings: [] },
      ],
    },
  ],
};

test('the HTML report stands alone and nothing from outside becomes markup', () => {
  const html = reportHtml(REPORT);
  expect(html).not.toMatch(/<script|src="(?!data:)|href=|@import|url\(/);
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(html).toContain('not a medical device');
  expect(html.match(/data:image\/png;base64,/g)?.length).toBe(2);
  expect(reportHtml(REPORT)).toBe(html);
});

test('the PDF report is the same bytes every time, holds no clock, and embeds its font', async () => {
  const one = await createPdf(reportPdf(REPORT));
  const two = await createPdf(reportPdf(REPORT));
  expect(sha256(two)).toBe(sha256(one));
  const text = Buffer.from(one).toString('latin1');
  expect(text.startsWith('%PDF-1.')).toBe(true);
  expect(text).toContain('D:20000101000000Z');
  expect(text).toMatch(/FontFile[23]/);
  expect(text.match(/\/Type \/Page\b/g)?.length).toBe(1);
});

test('base 64 agrees with the platform, for every length', () => {
  for (let n = 0; n < 40; n++) {
    const bytes = Uint8Array.from({ length: n + (n > 30 ? 6144 : 0) }, (_, i) => (i * 97 + n) & 255);
    expect(base64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
  }
});

test('numbers for people', () => {
  expect([fixed(-0.004, 2), fixed(-1.25, 1), fixed(Number.NaN, 1), fixed(undefined, 1), fixed(12, 0)]).toEqual([
    '0.00',
    '−1.3',
    '–',
    '–',
    '12',
  ]);
});
