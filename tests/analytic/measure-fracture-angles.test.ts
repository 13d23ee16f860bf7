import { expect, test } from 'vitest';
import { createRng, LPS_IDENTITY, type LpsTransform, type Vec3 } from '../../src/base/index.ts';
import {
  add,
  apply,
  applyLinear,
  compose,
  cross,
  dot,
  invert,
  norm,
  rotation,
  scale,
  translation,
} from '../../src/math/index.ts';
import { brokenSocket, type FractureGaps, gapsAt, SLICE_PLANES } from '../../src/measure/index.ts';
import { type Mesh, transformMesh } from '../../src/mesh/index.ts';
import { ARC, CENTRE, FROM, type HalfShape, half, R } from '../socket-kit.ts';

/** A closed form for every slice: how a straight line of a round socket opens when one half moves as a rigid body. */

const turnOf = (axis: Vec3, rad: number) => rotation(axis, rad, CENTRE);

/** The socket turned as wanted, with the lower half moved. */
function socketOf(turned: LpsTransform, shape: HalfShape = {}) {
  const piece = (upper: boolean): Mesh => transformMesh(turned, half(upper, shape));
  return brokenSocket({
    pieces: [
      { name: 'upper', mesh: piece(true), reduced: LPS_IDENTITY },
      { name: 'lower', mesh: piece(false), reduced: LPS_IDENTITY },
    ],
    joint: { centreMm: CENTRE, radiusMm: R },
  });
}

/** Places along the true line, with what opens there: `across` points from the upper half to the lower one. */
function truth(turned: LpsTransform, moved: LpsTransform) {
  const mean = (v: Vec3): Vec3 => add(v, applyLinear(moved, v));
  return Array.from({ length: 2001 }, (_, i) => {
    const a = FROM + (i / 2000) * ARC;
    const dir = applyLinear(turned, [-Math.sin(a), Math.cos(a), 0]);
    const p = add(CENTRE, scale(dir, R));
    const q = apply(moved, p);
    const v: Vec3 = [q[0] - p[0], q[1] - p[1], q[2] - p[2]];
    const unit = (x: Vec3) => scale(x, 1 / norm(x));
    const out = unit(mean(scale(dir, -1)));
    const way = mean(applyLinear(turned, [0, 0, -1]));
    const across = unit(add(way, scale(out, -dot(way, out))));
    return {
      middle: scale(add(p, q), 0.5),
      out,
      across,
      gapMm: Math.max(0, dot(v, across)),
      stepMm: Math.abs(dot(v, out)),
    };
  });
}

const NORMALS: Record<string, Vec3> = { axial: [0, 0, 1], coronal: [0, 1, 0], sagittal: [1, 0, 0] };

/** What a slice must read, or null where it does not clearly cross the line. */
function crossing(line: ReturnType<typeof truth>, normal: Vec3, atMm: number) {
  const cuts = line.flatMap((_, i) => {
    if (i === 0) return [];
    const [d, e] = [line[i - 1], line[i]].map((o) => dot(o.middle, normal) - atMm);
    return d * e <= 0 ? [line[i]] : [];
  });
  if (cuts.length !== 1) return null;
  const [o] = cuts;
  const inSlice = cross(o.out, normal);
  const slant = Math.abs(dot(o.across, inSlice)) / (norm(inSlice) || 1);
  return norm(inSlice) > 0.5 && slant > 0.5 ? o : null;
}

test('known gap and step at many angles: every slice through the joint, and space', () => {
  const rng = createRng(4);
  const within = (lo: number, hi: number) => lo + (hi - lo) * rng();
  const direction = (): Vec3 => [within(-1, 1), within(-1, 1), within(-1, 1)];
  let slices = 0;
  for (let k = 0; k < 6; k++) {
    const turned = turnOf(direction(), within(0, Math.PI));
    const socket = socketOf(turned);
    for (let m = 0; m < 5; m++) {
      const [gap, step, along] = [within(0.5, 12), within(-8, 8), within(-3, 3)];
      const shift = applyLinear(turned, [step, along, -gap]);
      const tilt = rotation(direction(), m < 2 ? 0 : (within(0, 8) * Math.PI) / 180, CENTRE);
      const moved = compose(translation(shift), tilt);
      const g: FractureGaps = gapsAt(socket, [LPS_IDENTITY, moved], { cellMm: 4 });
      const line = truth(turned, moved);
      for (const plane of SLICE_PLANES) {
        for (const slice of [g.dome[plane], g.widest[plane], g.steepest[plane]]) {
          const true_ = slice && crossing(line, NORMALS[plane], slice.atMm);
          if (!slice || !true_ || slice.crossings.length !== 1) continue;
          slices++;
          expect(Math.abs(slice.gapMm - true_.gapMm), `gap, ${plane}`).toBeLessThan(0.5);
          expect(Math.abs(slice.stepMm - true_.stepMm), `step, ${plane}`).toBeLessThan(0.5);
        }
      }
      const sorted = (of: (o: (typeof line)[0]) => number) => line.map(of).sort((a, b) => a - b);
      const [gaps, steps] = [sorted((o) => o.gapMm), sorted((o) => o.stepMm)];
      expect(Math.abs(g.gapMm - gaps[1900])).toBeLessThan(0.2);
      expect(Math.abs(g.stepMm - steps[1900])).toBeLessThan(0.2);
      expect(Math.abs(g.space[0].gapMedianMm - gaps[1000])).toBeLessThan(0.2);
      const area = gaps.reduce((s, x) => s + x, 0) * ((R * ARC) / gaps.length);
      expect(g.gapAreaMm2 / area).toBeGreaterThan(0.95);
      expect(g.gapAreaMm2 / area).toBeLessThan(1.05);
    }
  }
  expect(slices).toBeGreaterThan(80);
});

test.each<[string, HalfShape]>([
  ['edges rounded to 1 mm', { roundMm: 1 }],
  ['edges rounded to 2 mm', { roundMm: 2 }],
  ['a face that slants by 40° through the wall', { face: (_, deep) => (0.84 * deep * 10) / R }],
  ['a rough face', { face: (v, deep) => 0.04 * Math.sin(40 * v) * Math.cos(5 * deep), steps: [8, 140, 50] }],
  ['a fine mesh', { steps: [12, 140, 90] }],
  ['a coarse mesh', { steps: [4, 35, 25] }],
])('%s: gap within 0.2 mm, open area within 5 %%', (_, shape) => {
  const socket = socketOf(turnOf([1, 2, 3], 0.6), shape);
  const way = applyLinear(turnOf([1, 2, 3], 0.6), [0, 0, -1]);
  for (const d of [1, 4, 12]) {
    const g = gapsAt(socket, [LPS_IDENTITY, translation(scale(way, d))], { cellMm: 4 });
    expect(Math.abs(g.space[0].gapMedianMm - d)).toBeLessThan(0.2);
    expect(g.stepMm).toBeLessThan(0.2);
    expect(g.gapAreaMm2 / (d * R * ARC)).toBeGreaterThan(0.95);
    expect(g.gapAreaMm2 / (d * R * ARC)).toBeLessThan(1.05);
  }
});

test('a face bent like a sphere: the open area is what the edge sweeps', () => {
  // The lower half ends in a bow of 8 mm; moved straight down by d, its edge sweeps d times the straight length.
  const bow = (v: number) => (8 / R) * Math.sin(Math.PI * v);
  const socket = socketOf(turnOf([0, 0, 1], 0), { face: bow });
  const g = gapsAt(socket, [LPS_IDENTITY, invert(translation([0, 0, 3]))], { cellMm: 4 });
  const n = 4000;
  let area = 0;
  for (let i = 0; i < n; i++) {
    const at = (v: number): Vec3 => {
      const [a, b] = [FROM + v * ARC, bow(v)];
      return [-Math.sin(a) * Math.cos(b), Math.cos(a), Math.sin(a) * Math.sin(b)];
    };
    const [p, q] = [at(i / n), at((i + 1) / n)];
    const edge: Vec3 = [R * (q[0] - p[0]), R * (q[1] - p[1]), R * (q[2] - p[2])];
    area += 3 * Math.abs(cross(edge, p)[2]);
  }
  expect(g.gapAreaMm2 / area).toBeGreaterThan(0.95);
  expect(g.gapAreaMm2 / area).toBeLessThan(1.05);
});
