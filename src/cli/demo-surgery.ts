import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { unpack, type Vec3 } from '../base/index.ts';
import { distance, dot } from '../math/index.ts';
import type { PhantomScrew } from '../phantom/index.ts';
import { createStore, openOutFolder, readJson } from '../platform/node/index.ts';
import { runPelvisDemo } from './demo-pelvis.ts';
import { evaluateCase } from './evaluate.ts';
import { columns, num } from './format.ts';
import type { Session } from './session.ts';
import type { PelvisParams } from './steps/pelvis.ts';
import { operatedScan, placedScrews, type ScrewOfPlan } from './steps/surgery.ts';
import type { Answer } from './verb.ts';

/**
 * The operation that the acetabulum demo has planned, with known errors: its scan into `operated/dicom`, its evaluation
 * into `evaluation/`, compared with what was put in. A folder without a plan gets one first.
 */
export async function surgeryDemo(folder: string, params: PelvisParams, session: Session): Promise<Answer> {
  const plan = join(folder, 'out');
  if (!existsSync(join(plan, 'plan.json'))) await runPelvisDemo(folder, params, session);
  const { screws } = (await readJson(join(plan, 'plan.json'))) as { screws: readonly ScrewOfPlan[] };
  const placed = placedScrews(screws, params.seed);
  session.say('making the CT after the operation');
  const postop = await writeOperated(join(folder, 'operated'), placed, params, session);
  session.say('evaluating it');
  const out = join(folder, 'evaluation');
  const answer = await evaluateCase({ plan, postop, out, series: '' }, session);
  const accuracy = placed.map((truth) => {
    const seen = answer.evaluation.screws.screws.find((s) => s.id === truth.id)?.placed;
    return { id: truth.id, ...(seen ? off(truth, seen) : { deg: null, entryMm: null, lengthMm: null }) };
  });
  const worst = (pick: (a: (typeof accuracy)[number]) => number | null): number =>
    accuracy.reduce((m, a) => Math.max(m, Math.abs(pick(a) ?? Number.POSITIVE_INFINITY)), 0);
  const rows = [
    [
      'screws found',
      `${accuracy.filter((a) => a.deg !== null).length} of ${placed.length} placed, one of the plan left out`,
    ],
    [
      'their axes, worst error',
      `${num(
        worst((a) => a.deg),
        2,
      )}°`,
    ],
    [
      'their entries, worst error',
      `${num(
        worst((a) => a.entryMm),
        2,
      )} mm`,
    ],
    [
      'their lengths, worst error',
      `${num(
        worst((a) => a.lengthMm),
        2,
      )} mm`,
    ],
  ];
  const { evaluation: _, ...said } = answer;
  return {
    ...said,
    document: { ...answer.document, accuracy },
    text: [
      answer.text,
      '',
      'This operation was made up, so the truth is known:',
      columns(rows),
      '',
      `report: ${relative(process.cwd(), out) || out}/evaluation.html`,
    ].join('\n'),
  };
}

const off = (truth: PhantomScrew, seen: { entryMm: Vec3; direction: Vec3; lengthMm: number }) => ({
  deg: (Math.acos(Math.min(1, dot(truth.direction, seen.direction))) * 180) / Math.PI,
  entryMm: distance(truth.entryMm, seen.entryMm),
  lengthMm: seen.lengthMm - truth.lengthMm,
});

/** @returns the folder of the DICOM files */
async function writeOperated(
  folder: string,
  screws: readonly PhantomScrew[],
  params: PelvisParams,
  session: Session,
): Promise<string> {
  const home = await openOutFolder(folder);
  const withdraw = session.onUndo(home.discard);
  const graph = session.graph(createStore(home.hidden));
  const made = await graph.step(operatedScan, { screws: graph.value(screws) }, params);
  const { files } = unpack<{ files: readonly Uint8Array[] }>(await made.load());
  for (const [i, bytes] of files.entries()) await home.add(`dicom/${String(i + 1).padStart(4, '0')}.dcm`, bytes);
  await home.add('screws.json', `${JSON.stringify(screws, null, 1)}\n`);
  await home.publish('screws.json', []);
  withdraw();
  return join(folder, 'dicom');
}
