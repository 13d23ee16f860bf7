import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finding, unpack } from '../base/index.ts';
import { type Check, check, feetChecks, runDemoCase } from './demo-case.ts';
import { columns, num } from './format.ts';
import { judged } from './judged.ts';
import type { Session } from './session.ts';
import { BODIES, type BodyAccuracy, phantomBody, SPACINGS } from './steps/bodies.ts';
import { feetScan } from './steps/feet.ts';
import { choiceFlag, verb } from './verb.ts';

interface Row extends Check {
  readonly phantom: string;
  readonly spacingMm: readonly number[];
}

export const verifyVerb = verb({
  name: 'verify',
  summary: 'qualify this installation: phantoms of known truth through the whole chain, against stated limits',
  args: [],
  params: { only: choiceFlag('which phantoms', ['all', 'bodies', 'feet'], 'all'), seed: phantomBody.params.seed },
  example: 'osteon verify --json',
  async run({ params: { only, seed }, session }) {
    const rows = [
      ...(only === 'feet' ? [] : await verifyBodies(seed, session)),
      ...(only === 'bodies' ? [] : await verifyFeet(seed, session)),
    ];
    return judged(rows, table(rows), finding);
  },
});

/** Limits on surfaces of bodies known by formula, mm. @source docs/evidence/verify.md */
const BODY_LIMITS: Readonly<Record<string, { mean: number; p95: number; bias: number }>> = {
  a: { mean: 0.05, p95: 0.15, bias: 0.03 },
  b: { mean: 0.08, p95: 0.25, bias: 0.05 },
  c: { mean: 0.05, p95: 0.15, bias: 0.03 },
};

async function verifyBodies(seed: number, session: Session): Promise<Row[]> {
  const graph = session.graph();
  const jobs = Object.keys(BODIES).flatMap((body) => Object.keys(SPACINGS).map((spacing) => ({ body, spacing })));
  session.expect(jobs.length * (phantomBody.costS ?? 1));
  const rows = await Promise.all(
    jobs.map(async ({ body, spacing }): Promise<Row[]> => {
      const made = unpack<BodyAccuracy>(await (await graph.step(phantomBody, {}, { body, spacing, seed })).load());
      const { mean, p95, bias } = BODY_LIMITS[spacing];
      const { meanMm, p95Mm, signedMeanMm } = made.distance;
      const head = { phantom: body, spacingMm: SPACINGS[spacing] };
      return [
        { ...head, ...check('surface, mean', meanMm, 'mm', mean) },
        { ...head, ...check('surface, 95 %', p95Mm, 'mm', p95) },
        { ...head, ...check('surface, bias', signedMeanMm, 'mm', bias) },
      ];
    }),
  );
  return rows.flat();
}

/** The whole case from DICOM to implants, in a folder that is removed again. */
async function verifyFeet(seed: number, session: Session): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'osteon-verify-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const withdraw = session.onUndo(remove);
  const { params } = feetScan;
  const feet = {
    seed,
    affectedSide: params.affectedSide.default,
    collapseMm: params.collapseMm.default,
    pixelMm: params.pixelMm.default,
    sliceMm: params.sliceMm.default,
    noiseHu: params.noiseHu.default,
  };
  const { accuracy } = await runDemoCase(join(folder, 'feet'), feet, session);
  withdraw();
  remove();
  const spacingMm = [feet.pixelMm, feet.pixelMm, feet.sliceMm];
  return feetChecks(accuracy).map((c) => ({ phantom: 'feet', spacingMm, ...c }));
}

function table(rows: readonly Row[]): string {
  const head = ['phantom', 'spacing mm', 'what', 'measured', 'limit', ''];
  const decimals = (r: Row) => (r.unit ? 3 : 0);
  return columns([
    head,
    ...rows.map((r) => [
      r.phantom,
      r.spacingMm.join(' × '),
      r.what,
      `${num(r.value, decimals(r)).padStart(7)} ${r.unit}`,
      `${num(r.limit, decimals(r))} ${r.unit}`,
      r.pass ? 'pass' : 'FAIL',
    ]),
  ]);
}

const finding = (r: Row): Finding => ({
  level: 'blocker',
  code: 'verify.limit',
  text: `${r.phantom} at ${r.spacingMm.join(' × ')} mm: ${r.what} is over its limit`,
  facts: { measured: r.value, limit: r.limit, unit: r.unit },
  hint: 'Do not use this installation for cases until the cause is known',
});
