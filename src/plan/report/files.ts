import { unpack } from '../../base/index.ts';
import type { Artefact, Graph } from '../graph.ts';
import type { OutFile } from '../outputs.ts';
import { reportHtmlStep, reportPdfStep } from '../steps/report.ts';
import type { Report } from './model.ts';

/** `report.html` and `report.pdf`. */
export async function reportFiles(graph: Graph, report: Report): Promise<OutFile[]> {
  const value = graph.value(report);
  const file = async (path: string, made: Promise<Artefact<{ bytes: Uint8Array }>>): Promise<OutFile> => {
    const artefact = await made;
    const { bytes } = unpack<{ bytes: Uint8Array }>(await artefact.load());
    return { role: 'report', path, bytes, unit: '', made: artefact.made };
  };
  return Promise.all([
    file('report.html', graph.step(reportHtmlStep, { report: value })),
    file('report.pdf', graph.step(reportPdfStep, { report: value })),
  ]);
}
