import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LPS_IDENTITY, type LpsTransform, type Side, type Vec3 } from '../../src/base/index.ts';
import { readMesh } from '../../src/io/index.ts';
import { distance, invert } from '../../src/math/index.ts';
import { brokenSocket, type FractureGaps, fitAcetabulum, gapsAt, SLICE_PLANES } from '../../src/measure/index.ts';
import { type Mesh, transformMesh } from '../../src/mesh/index.ts';

/**
 * Gap and step-off of a case against its truth. OSTEON_PELVIS: a folder with truth.json (affectedSide, motionFromAnatomic,
 * acetabulum) and truth/<fragment>.stl as imaged, not the project's to ship. OSTEON_PLAN: what `osteon run` made of its scan.
 */
const [DATA, PLAN] = [process.env.OSTEON_PELVIS ?? '', process.env.OSTEON_PLAN ?? ''];

interface Truth {
  readonly affectedSide: Side;
  readonly acetabulum: { readonly centreMm: Vec3; readonly radiusMm: number };
  readonly motionFromAnatomic: Readonly<Record<string, readonly (readonly number[])[]>>;
}
interface Plan {
  readonly acetabulum: { readonly centreMm: Vec3; readonly centreBy: string };
  readonly gaps: { readonly before: FractureGaps; readonly after: FractureGaps };
  readonly transforms: { readonly reducedFromImaged: Readonly<Record<string, readonly number[]>> };
}
const json = <T>(...path: string[]): T => JSON.parse(readFileSync(join(...path), 'utf8')) as T;
const motion = (m: readonly number[]): LpsTransform => ({ from: 'lps', to: 'lps', m: m.slice(0, 12) });

test.skipIf(!existsSync(join(DATA, 'truth.json')) || !existsSync(join(PLAN, 'plan.json')))(
  'gap, step-off and centre of the joint against known truth (needs the folders OSTEON_PELVIS and OSTEON_PLAN)',
  () => {
    const truth = json<Truth>(DATA, 'truth.json');
    const plan = json<Plan>(PLAN, 'plan.json');
    const names = Object.keys(truth.motionFromAnatomic);
    const meshes = names.map((name): Mesh => {
      const file = `${name}.stl`;
      return readMesh(new Uint8Array(readFileSync(join(DATA, 'truth', file))), file).mesh;
    });
    const reduced = names.map((name) => invert(motion(truth.motionFromAnatomic[name].flat())));
    const whole = fitAcetabulum(
      meshes.map((mesh, i) => transformMesh(reduced[i], mesh)),
      { head: truth.acetabulum },
    );
    const socket = brokenSocket({
      pieces: names.map((name, i) => ({ name, mesh: meshes[i], reduced: reduced[i] })),
      joint: whole.surface,
      slices: whole,
    });
    const planned = names.map((name) => motion(plan.transforms.reducedFromImaged[name] ?? LPS_IDENTITY.m));
    const moments = {
      before: [
        plan.gaps.before,
        gapsAt(
          socket,
          names.map(() => LPS_IDENTITY),
        ),
      ],
      after: [plan.gaps.after, gapsAt(socket, planned)],
    } as const;
    const rows: Record<string, Record<string, number>> = {};
    for (const [when, [said, is]] of Object.entries(moments)) {
      const put = (what: string, mine: number | undefined, real: number | undefined) => {
        if (mine !== undefined && real !== undefined)
          rows[`${when}, ${what}`] = { said: mine, true: real, off: mine - real };
        else if (mine !== real) console.log(`${when}, ${what}: said ${mine}, true ${real}`);
      };
      for (const p of SLICE_PLANES) {
        put(`${p} dome, gap`, said.dome[p]?.gapMm, is.dome[p]?.gapMm);
        put(`${p} dome, step`, said.dome[p]?.stepMm, is.dome[p]?.stepMm);
        put(`${p} most, gap`, said.widest[p]?.gapMm, is.widest[p]?.gapMm);
        put(`${p} most, step`, said.steepest[p]?.stepMm, is.steepest[p]?.stepMm);
      }
      put('space, gap', said.gapMm, is.gapMm);
      put('space, step', said.stepMm, is.stepMm);
      put('open area', said.gapAreaMm2, is.gapAreaMm2);
    }
    console.table(rows);
    const centreMm = distance(plan.acetabulum.centreMm, truth.acetabulum.centreMm);
    console.log(`centre of the joint ${centreMm.toFixed(2)} mm off, by ${plan.acetabulum.centreBy}`);
    for (const [what, { off }] of Object.entries(rows))
      if (what.startsWith('after') && !what.endsWith('area')) expect(Math.abs(off), what).toBeLessThan(0.5);
    expect(centreMm).toBeLessThan(1.5);
  },
  300_000,
);
