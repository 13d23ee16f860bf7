import { relative } from 'node:path';
import { OsteonError } from '../base/index.ts';
import { resolveParams, suggestion } from '../plan/index.ts';
import { type DemoCase, feetChecks, makeDemoScan, runDemoCase } from './demo-case.ts';
import type { MadeFolder } from './demo-folder.ts';
import { makePelvisScan, pelvisChecks, pelvisDemoText, runPelvisDemo } from './demo-pelvis.ts';
import { surgeryDemo } from './demo-surgery.ts';
import { columns, num } from './format.ts';
import { runText } from './run.ts';
import type { Session } from './session.ts';
import { feetScan } from './steps/feet.ts';
import { type PelvisParams, pelvisScan } from './steps/pelvis.ts';
import { type Answer, switchFlag, textFlag, verb } from './verb.ts';

export const demoVerb = verb({
  name: 'demo',
  summary:
    'make a CT of known truth, run the whole case and compare: two feet with a collapsed talus, a broken acetabulum, or the evaluation of an operation on one',
  args: [{ name: 'case', label: 'talus (the default), acetabulum or evaluate', optional: true }],
  params: {
    out: textFlag('folder for the scan, the case and its results', 'path', 'osteon-demo'),
    scanOnly: switchFlag('make the scan and the case file, and stop'),
    ...feetScan.params,
  },
  example: 'osteon demo acetabulum -o osteon-demo',
  async run({ args: [which = 'talus'], params: { out, scanOnly, ...feet }, given, session }) {
    if (which === 'acetabulum' || which === 'evaluate') {
      if (given.has('collapseMm'))
        throw new OsteonError('cli.usage', { flag: '--collapse-mm' }, 'A pelvis has no talar dome; leave it out');
      const own = Object.fromEntries(Object.entries(feet).filter(([name]) => given.has(name)));
      const pelvis = resolveParams(pelvisScan.params, own);
      return which === 'evaluate' && !scanOnly
        ? surgeryDemo(out, pelvis, session)
        : acetabulumDemo(out, scanOnly, pelvis, session);
    }
    if (which !== 'talus')
      throw new OsteonError('cli.usage', { case: which }, suggestion(which, ['talus', 'acetabulum', 'evaluate']));
    if (scanOnly) return scanAlone(await makeDemoScan(out, feet, session));
    const demo = await runDemoCase(out, feet, session);
    const checks = feetChecks(demo.accuracy);
    return {
      document: { ...demo.done.document, case: demo.casePath, out: demo.out, accuracy: demo.accuracy, checks },
      text: demoText(demo),
      findings: demo.done.findings,
    };
  },
});

function scanAlone({ casePath, withdraw }: Pick<MadeFolder, 'casePath' | 'withdraw'>): Answer {
  withdraw();
  return { document: { case: casePath }, text: casePath };
}

async function acetabulumDemo(out: string, scanOnly: boolean, params: PelvisParams, session: Session): Promise<Answer> {
  if (scanOnly) return scanAlone(await makePelvisScan(out, params, session));
  const demo = await runPelvisDemo(out, params, session);
  const checks = pelvisChecks(demo);
  return {
    document: { ...demo.done.document, case: demo.casePath, out: demo.out, accuracy: demo.accuracy, checks },
    text: pelvisDemoText(demo),
    findings: demo.done.findings,
  };
}

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
