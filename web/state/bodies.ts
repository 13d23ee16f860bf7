import { LPS_IDENTITY, type LpsTransform, type Vec3 } from '../../src/base/index.ts';
import { SCREWS } from '../../src/design/index.ts';
import { compose, cross, dot, invert, unit } from '../../src/math/index.ts';
import { cylinder, joinMeshes, type Mesh, transformMesh } from '../../src/mesh/index.ts';
import type { PlacedScrew } from '../../src/plan/index.ts';
import { boneColour } from '../../src/render/index.ts';
import type { Edit } from '../../src/segment/index.ts';
import type { BodyKind } from '../engine/body.ts';
import type { Surface } from '../work/jobs.ts';

/** `left-talus` → `Left talus`. */
export const labelOfName = (name: string): string => {
  const text = name.replaceAll('-', ' ');
  return text[0].toUpperCase() + text.slice(1);
};

/** The shadow of a fragment that the plan puts elsewhere. */
export const scannedName = (name: string): string => name + SCANNED;
const SCANNED = ' as scanned';

/** A surface somewhere else, square to itself as before. */
export const movedSurface = (motion: LpsTransform, surface: Surface): Surface =>
  transformMesh(motion, { positions: Float64Array.from(surface.positions), triangles: surface.triangles });

export const colourOfName = (name: string, kind: BodyKind, index: number): Vec3 => {
  if (kind === 'screw') return [120, 200, 255];
  if (kind === 'part') return [176, 190, 205];
  return boneColour(name.replace(SCANNED, ''), index) as Vec3;
};

/** Where a bone stands by the last `move` in a list of edits. */
export function poseOf(edits: readonly Edit[], bone: string): LpsTransform {
  const move = edits.findLast((e) => e.op === 'move' && e.bone === bone);
  return move?.op === 'move' ? move.transform : LPS_IDENTITY;
}

/** From where the last run drew a bone to where it is now. */
export const poseSince = (now: readonly Edit[], drawn: readonly Edit[], bone: string): LpsTransform =>
  compose(poseOf(now, bone), invert(poseOf(drawn, bone)));

/** The body of a screw: head, shaft with the thread's outer diameter. */
export function screwMesh({ screw, entryMm, direction, lengthMm }: PlacedScrew): Mesh {
  const type = SCREWS.find((s) => s.name === screw) ?? SCREWS[0];
  const z = unit(direction);
  const side: Vec3 = Math.abs(z[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0];
  const x = unit(cross(side, z));
  const y = cross(z, x);
  const at = (shift: number): LpsTransform => ({
    from: 'lps',
    to: 'lps',
    m: [0, 1, 2].flatMap((r) => [x[r], y[r], z[r], entryMm[r] + shift * z[r]]),
  });
  const shaft = cylinder(type.diameterMm / 2, lengthMm, 24);
  const head = cylinder(type.headDiameterMm / 2, type.headHeightMm, 24);
  return joinMeshes([transformMesh(at(0), shaft), transformMesh(at(-type.headHeightMm), head)]);
}

/** The tip of a screw. */
export const tipOf = ({
  entryMm,
  direction,
  lengthMm,
}: Pick<PlacedScrew, 'entryMm' | 'direction' | 'lengthMm'>): Vec3 =>
  [0, 1, 2].map((k) => entryMm[k] + lengthMm * direction[k]) as unknown as Vec3;

/** Stocked length of a screw that comes nearest to what is wanted without going beyond it. */
export function stocked(screw: string, wantedMm: number): number {
  const lengths = SCREWS.find((s) => s.name === screw)?.lengthsMm ?? [wantedMm];
  return lengths.findLast((l) => l <= wantedMm) ?? lengths[0];
}

/** Row-major 3 × 4 from a turn about a pivot and a shift; degrees about x, y, z in that order. */
export function motionAbout(pivot: Vec3, degrees: Vec3, shiftMm: Vec3): LpsTransform {
  const [a, b, c] = degrees.map((d) => (d * Math.PI) / 180);
  const [sa, ca, sb, cb, sc, cc] = [Math.sin(a), Math.cos(a), Math.sin(b), Math.cos(b), Math.sin(c), Math.cos(c)];
  const r = [
    [cb * cc, sa * sb * cc - ca * sc, ca * sb * cc + sa * sc],
    [cb * sc, sa * sb * sc + ca * cc, ca * sb * sc - sa * cc],
    [-sb, sa * cb, ca * cb],
  ];
  return {
    from: 'lps',
    to: 'lps',
    m: r.flatMap((row, k) => [...row, pivot[k] + shiftMm[k] - dot(row as unknown as Vec3, pivot)]),
  };
}

/** The shift of a pivot and the turn in degrees that a motion makes: what a person types and reads. */
export function readMotion({ m }: LpsTransform, pivot: Vec3): { shiftMm: Vec3; degrees: Vec3 } {
  const moved = [0, 4, 8].map((r) => m[r] * pivot[0] + m[r + 1] * pivot[1] + m[r + 2] * pivot[2] + m[r + 3]);
  const deg = 180 / Math.PI;
  return {
    shiftMm: moved.map((v, k) => v - pivot[k]) as unknown as Vec3,
    degrees: [
      Math.atan2(m[9], m[10]) * deg,
      Math.asin(Math.min(1, Math.max(-1, -m[8]))) * deg,
      Math.atan2(m[4], m[0]) * deg,
    ],
  };
}

/** Square again within 1e-15: what a gizmo hands over in single precision is only nearly a motion. */
export function squared({ m }: LpsTransform): LpsTransform {
  const x = unit([m[0], m[4], m[8]]);
  const y0: Vec3 = [m[1], m[5], m[9]];
  const along = dot(x, y0);
  const y = unit([y0[0] - along * x[0], y0[1] - along * x[1], y0[2] - along * x[2]]);
  const z = cross(x, y);
  return { from: 'lps', to: 'lps', m: [0, 1, 2].flatMap((r) => [x[r], y[r], z[r], m[4 * r + 3]]) };
}

/** 4 × 4 row-major: how an edit writes a motion. */
export const fourByFour = ({ m }: LpsTransform): number[] => [...m, 0, 0, 0, 1];
