import { relative } from 'node:path';
import { type DemoCase, feetChecks, makeDemoScan, runDemoCase } from './demo-case.ts';
import { columns, num } from './format.ts';
import { runText } from './run.ts';
import { feetScan } from './steps/feet.ts';
import { switchFlag, textFlag, verb } from './verb.ts';

export const demoVerb = verb({
  name: 'demo',
  summary: 'make a CT of two feet with a collapsed talus, run the whole case, compare the implant with the truth',
  args: [],
  params: {
    out: textFlag('folder for the scan, the case and its results', 'path', 'osteon-demo'),
    scanOnly: switchFlag('make the scan and the case file, and stop'),
    ...feetScan.params,
  },
  example: 'osteon demo -o osteon-demo',
  async run({ params: { out, scanOnly, ...feet }, session }) {
    if (scanOnly) {
      const { casePath, withdraw } = await makeDemoScan(out, feet, session);
      withdraw();
      return { document: { case: casePath }, text: casePath };
    }
    const demo = await runDemoCase(out, feet, session);
    const checks = feetChecks(demo.accuracy);
    return {
      document: { ...demo.done.document, case: demo.casePath, out: demo.out, accuracy: demo.accuracy, checks },
      text: demoText(demo),
      findings: demo.done.findings,
    };
  },
});

function demoText({ done, accuracy, out, casePath }: DemoCase): string {
  const { implant, collapseMm, givenBackMm, alignmentMm, alignmentDeg } = accuracy;
  const rows = [
    ['bones found', `${accuracy.bones.found} of ${accuracy.bones.wanted}`],
    ['alignment of the mirrored side is off by', `${num(alignmentMm, 3)} mm, ${num(alignmentDeg, 3)}°`],
    ['implant to the talus before its collapse', `${num(implant.meanMm, 3)} mm mean, ${num(implant.p95Mm, 3)} mm 95 %`],
    ['height lost, height given back', `${num(collapseMm, 2)} mm, ${num(givenBackMm, 2)} mm`],
  ];
  const here = (path: string) => relative(process.cwd(), path) || path;
  return [
    runText({ ...done, document: { ...done.document, out: here(out) } }),
    '',
    'This scan was made, so the truth is known:',
    columns(rows),
    '',
    `case file: ${here(casePath)}`,
    `report:    ${here(out)}/report.html`,
  ].join('\n');
}
