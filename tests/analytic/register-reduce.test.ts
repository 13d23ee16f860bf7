import { describe, expect, test } from 'vitest';
import { LPS_IDENTITY, type LpsTransform, type Vec3 } from '../../src/base/index.ts';
import {
  apply,
  compose,
  determinant,
  distance,
  dot,
  invert,
  rotation,
  rotationAngleRad,
  translation,
} from '../../src/math/index.ts';
import { centroid, type Mesh, transformMesh } from '../../src/mesh/index.ts';
import { type Pelvis, pelvisOf } from '../../src/phantom/index.ts';
import { fitMirrorPlane, type Reduction, type ReductionInput, reduceFragments } from '../../src/register/index.ts';

const FEW = { samples: 1200 };
const exact = pelvisOf({ detailMm: 2, seed: 4 });
const unlike = pelvisOf({ detailMm: 2, seed: 5, affectedSide: 'right', asymmetryMm: 2.5 });

const meshOf = (p: Pelvis, name: string): Mesh => p.imaged.find((b) => b.name === name)!.mesh;
const PIECES = ['ilium', 'anterior-column', 'posterior-column'];

function inputOf(p: Pelvis): ReductionInput {
  const side = p.affectedSide;
  return {
    fragments: PIECES.map((n) => ({ name: `${side}-${n}`, mesh: meshOf(p, `${side}-${n}`) })),
    intact: `${side}-ilium`,
    healthy: meshOf(p, `${side === 'left' ? 'right' : 'left'}-hip-bone`),
    sacrum: meshOf(p, 'sacrum'),
  };
}

/** Motion left between where a piece was put and where it belongs: at its centre, mm, and the turn, degrees. */
function errorOf(p: Pelvis, input: ReductionInput, r: Reduction, name: string, also: LpsTransform = LPS_IDENTITY) {
  const broken = p.motions.find((m) => m.name === name)!.imagedFromAnatomic;
  const found = r.poses.find((q) => q.name === name)!.reducedFromImaged;
  const rest = compose(found, compose(also, broken));
  const at = apply(invert(compose(also, broken)), centroid(input.fragments.find((f) => f.name === name)!.mesh));
  return { mm: distance(apply(rest, at), at), deg: (rotationAngleRad(rest) * 180) / Math.PI };
}

describe('where the template is the mirror image of the bone itself', () => {
  const input = inputOf(exact);
  const r = reduceFragments(input, FEW);

  test('every piece is back within 0.2 mm and 0.3°', () => {
    for (const name of ['left-anterior-column', 'left-posterior-column']) {
      const { mm, deg } = errorOf(exact, input, r, name);
      expect(mm, name).toBeLessThan(0.2);
      expect(deg, name).toBeLessThan(0.3);
    }
    expect(r.poses[0]).toMatchObject({ reducedFromImaged: LPS_IDENTITY, by: 'intact', shiftMm: 0, turnDeg: 0 });
  });

  test('plane and template are those of the pelvis', () => {
    expect(determinant(r.templateFromHealthy)).toBeCloseTo(-1, 9);
    const at = centroid(input.healthy);
    expect(distance(apply(r.templateFromHealthy, at), apply(exact.affectedFromHealthy, at))).toBeLessThan(0.2);
    const across = fitMirrorPlane([{ lpsFromLps: exact.affectedFromHealthy, points: input.healthy.positions }]);
    expect(dot(across.normal, r.plane.normal)).toBeGreaterThan(Math.cos((0.3 * Math.PI) / 180));
    expect(r.symmetry.offPlaneMm).toBeLessThan(0.2);
  });

  test('the report: residuals, shared room, what the template is worth, nothing to complain about', () => {
    for (const fit of r.residuals) {
      expect(fit.rmsMm, fit.name).toBeLessThan(0.3);
      expect(fit.unexplained, fit.name).toBeLessThan(0.05);
      expect(fit.faceMm2, fit.name).toBeGreaterThan(300);
      expect(fit.confidence, fit.name).toBeGreaterThan(0.8);
    }
    expect(r.overlapMm3).toBeLessThan(150);
    expect(r.findings.map((f) => f.code)).toEqual(['reduce.symmetry-noise']);
  });

  test('the same bits again', () => {
    expect(reduceFragments(input, FEW)).toEqual(r);
  });
});

test('the two sides differ by up to 2.5 mm: faces decide, within 0.5 mm and 1°', () => {
  const input = inputOf(unlike);
  const r = reduceFragments(input, FEW);
  for (const name of ['right-anterior-column', 'right-posterior-column']) {
    const { mm, deg } = errorOf(unlike, input, r, name);
    expect(mm, name).toBeLessThan(0.5);
    expect(deg, name).toBeLessThan(1);
  }
});

test('pieces displaced by 25 mm and 20° more come back', () => {
  const input = inputOf(exact);
  const moves: LpsTransform[] = [
    LPS_IDENTITY,
    ...[1, -1].map((s): LpsTransform => {
      const about = centroid(input.fragments[s === 1 ? 1 : 2].mesh);
      return compose(translation([-18 * s, -15 * s, 9]), rotation([1, s, -2], (20 * Math.PI) / 180, about));
    }),
  ];
  const far = {
    ...input,
    fragments: input.fragments.map((f, i) => ({ ...f, mesh: transformMesh(moves[i], f.mesh) })),
  };
  const r = reduceFragments(far, FEW);
  for (const i of [1, 2]) {
    const { mm, deg } = errorOf(exact, far, r, input.fragments[i].name, moves[i]);
    expect(mm).toBeLessThan(0.25);
    expect(deg).toBeLessThan(0.4);
  }
});

describe('a person has the last word', () => {
  const input = inputOf(exact);
  const name = 'left-posterior-column';

  test('a pose that is held stays as it is; the others follow it', () => {
    const truth = invert(exact.motions.find((m) => m.name === name)!.imagedFromAnatomic);
    const given = compose(translation([0, 1, 0]), truth);
    const r = reduceFragments({ ...input, corrections: [{ name, reducedFromImaged: given, hold: true }] }, FEW);
    const pose = r.poses.find((p) => p.name === name)!;
    expect(pose.reducedFromImaged).toEqual(given);
    expect(pose.by).toBe('held');
    expect(errorOf(exact, input, r, 'left-anterior-column').mm).toBeLessThan(1.5);
  });

  test('a pose that is not held is where the search starts', () => {
    const near = compose(
      rotation([0, 1, 0], 0.05, [80, 20, 0]),
      invert(exact.motions.find((m) => m.name === name)!.imagedFromAnatomic),
    );
    const r = reduceFragments({ ...input, corrections: [{ name, reducedFromImaged: near, hold: false }] }, FEW);
    expect(errorOf(exact, input, r, name).mm).toBeLessThan(0.2);
  });
});

describe('what cannot be answered', () => {
  const input = inputOf(exact);
  const codeOf = (i: ReductionInput): string => {
    try {
      reduceFragments(i, FEW);
    } catch (e) {
      return (e as { code: string }).code;
    }
    return '';
  };

  test('the healthy bone named is of the broken side', () => {
    expect(codeOf({ ...input, healthy: exact.anatomic.find((b) => b.name === 'left-hip-bone')!.mesh })).toBe(
      'register.side',
    );
  });

  test('both sides broken: the other side is no whole bone', () => {
    const both = pelvisOf({ detailMm: 2, seed: 4, fracture: 'bilateral' });
    expect(codeOf({ ...input, healthy: meshOf(both, 'right-ilium') })).toBe('register.no-healthy-side');
    expect(codeOf({ ...input, healthy: meshOf(exact, 'right-femur') })).toBe('register.no-healthy-side');
  });

  test('a name that no fragment has; a pose that is a mirror image', () => {
    expect(codeOf({ ...input, intact: 'left-illium' })).toBe('param.unknown');
    const nothing: Mesh = { positions: new Float64Array(0), triangles: new Uint32Array(0) };
    expect(codeOf({ ...input, fragments: [...input.fragments, { name: 'left-fragment-4', mesh: nothing }] })).toBe(
      'mesh.empty',
    );
    const mirror: LpsTransform = { ...LPS_IDENTITY, m: [-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] };
    const corrections = [{ name: 'left-posterior-column', reducedFromImaged: mirror, hold: true }];
    expect(codeOf({ ...input, corrections })).toBe('register.mirror');
  });

  test('a piece that has moved is named as the one that has not', () => {
    const r = reduceFragments({ ...input, intact: 'left-anterior-column' }, FEW);
    expect(r.findings.map((f) => f.code)).toContain('reduce.intact-small');
  });

  test('a piece that belongs elsewhere finds no place, and says so with its residual; a missing one is missed', () => {
    const centre = centroid(input.fragments[2].mesh);
    const small: LpsTransform = { ...LPS_IDENTITY, m: [0.5, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0.5, 0] };
    const head = transformMesh(small, meshOf(exact, 'left-femur'));
    const shifted = transformMesh(translation(minus(centre, centroid(head))), head);
    const r = reduceFragments(
      { ...input, fragments: [...input.fragments.slice(0, 2), { name: 'left-fragment-4', mesh: shifted }] },
      FEW,
    );
    const codes = r.findings.map((f) => f.code);
    expect(codes).toContain('reduce.no-place');
    expect(codes).toContain('reduce.uncovered');
    expect(r.findings.find((f) => f.code === 'reduce.no-place')!.facts!.rmsMm).toBeGreaterThan(0);
  });
});

const minus = (a: Vec3, b: Vec3): Vec3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
