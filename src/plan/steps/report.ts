import type { Engines } from '../engines.ts';
import { reportHtml } from '../report/html.ts';
import type { Report } from '../report/model.ts';
import { reportPdf } from '../report/pdf.ts';
import type { Step } from '../step.ts';

type None = Record<string, never>;

/** A report as one HTML file. */
export const reportHtmlStep: Step<{ report: Report }, None, { bytes: Uint8Array }, Engines> = {
  id: 'report.html',
  version: 1,
  label: 'writing the report',
  costS: 0.5,
  params: {},
  handler: ({ report }) => ({ bytes: new TextEncoder().encode(reportHtml(report)) }),
};

/** The same report as PDF. */
export const reportPdfStep: Step<{ report: Report }, None, { bytes: Uint8Array }, Engines> = {
  id: 'report.pdf',
  version: 1,
  label: 'writing the report',
  costS: 2,
  params: {},
  async handler({ report }, _, { engines }) {
    // A plain view: Node's Buffer is not plain data.
    const { buffer, byteOffset, length } = await engines.pdf(reportPdf(report));
    return { bytes: new Uint8Array(buffer, byteOffset, length) };
  },
};
