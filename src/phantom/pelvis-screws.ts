import type { Side, Vec3 } from '../base/index.ts';
import { add, cross, distance, dot, norm, scale, sub, unit } from '../math/index.ts';
import { type Mesh, unitFaceNormals } from '../mesh/index.ts';
import type { NamedMesh } from './two-feet.ts';

/** A screw as it lies in the scan: a cylinder with flat ends. */
export interface PhantomScrew {
  readonly id: string;
  /** Fragment it was put into. */
  readonly target: string;
  /** Middle of the end that shows. */
  readonly entryMm: Vec3;
  /** Unit, from the entry to the tip. */
  readonly direction: Vec3;
  readonly lengthMm: number;
  readonly diameterMm: number;
}

/** Metal by formula: a rod with flat ends, or a bar between two points, `across` its width. */
export type MetalPart =
  | { readonly kind: 'rod'; readonly fromMm: Vec3; readonly toMm: Vec3; readonly radiusMm: number }
  | {
      readonly kind: 'bar';
      readonly fromMm: Vec3;
      readonly toMm: Vec3;
      readonly across: Vec3;
      readonly widthMm: number;
      readonly thicknessMm: number;
    };

/** Signed distance to a metal part, mm, negative inside; exact inside and on it. */
export function metalDistance(part: MetalPart, p: Vec3): number {
  const axis = sub(part.toMm, part.fromMm);
  const length = norm(axis);
  const w = scale(axis, 1 / length);
  const d = sub(p, part.fromMm);
  const s = dot(d, w);
  const ends = Math.abs(s - length / 2) - length / 2;
  const off = sub(d, scale(w, s));
  if (part.kind === 'rod') {
    const side = norm(off) - part.radiusMm;
    return corner(ends, side);
  }
  const u = unit(sub(part.across, scale(w, dot(part.across, w))));
  const v = cross(w, u);
  const flat = corner(Math.abs(dot(off, u)) - part.widthMm / 2, Math.abs(dot(off, v)) - part.thicknessMm / 2);
  return corner(ends, flat);
}

/** Distance where two faces meet at a right angle. */
const corner = (a: number, b: number): number => (a > 0 && b > 0 ? Math.sqrt(a * a + b * b) : Math.max(a, b));

export interface ScrewPlan {
  readonly side: Side;
  /** Unit vector to the middle of the body. */
  readonly medial: Vec3;
  /** These and no others. */
  readonly given: readonly PhantomScrew[] | undefined;
  readonly perFragment: number;
  readonly crossing: boolean;
  readonly plate: boolean;
  readonly normal: () => number;
  readonly random: () => number;
}

const DIAMETER_MM = 3.5;
const LENGTHS_MM = [20, 25, 30, 35, 40];
/** A screw's axis keeps this far from every other's. */
const APART_MM = 7;
/** The shown end stands out of the bone by this much, as under a plate. */
const OUT_MM = 1.5;

/** Screws into the inner face of every fragment, clear of the joint and of each other. */
export function placeScrews(
  bones: readonly NamedMesh[],
  joint: { readonly centreMm: Vec3; readonly radiusMm: number },
  plan: ScrewPlan,
): { readonly screws: readonly PhantomScrew[]; readonly metal: readonly MetalPart[] } {
  const screws = plan.given ? [...plan.given] : drawScrews(bones, joint, plan);
  if (plan.crossing && screws.length > 0) screws.push(crossing(screws[0], `S${screws.length + 1}`));
  const rods = screws.map(
    (s): MetalPart => ({
      kind: 'rod',
      fromMm: s.entryMm,
      toMm: add(s.entryMm, scale(s.direction, s.lengthMm)),
      radiusMm: s.diameterMm / 2,
    }),
  );
  return { screws, metal: [...rods, ...(plan.plate ? plates(screws) : [])] };
}

function drawScrews(
  bones: readonly NamedMesh[],
  joint: { readonly centreMm: Vec3; readonly radiusMm: number },
  plan: ScrewPlan,
): PhantomScrew[] {
  const screws: PhantomScrew[] = [];
  for (const part of ['anterior-column', 'posterior-column', 'ilium']) {
    const bone = bones.find((b) => b.name === `${plan.side}-${part}`);
    if (!bone) continue;
    const sites = innerFace(bone.mesh, plan.medial);
    for (let made = 0, tries = 0; made < plan.perFragment && tries < 400 && sites.length > 0; tries++) {
      const { at, normal } = sites[Math.floor(plan.random() * sites.length)];
      const direction = unit(
        add(scale(normal, -1), [0.12 * plan.normal(), 0.12 * plan.normal(), 0.12 * plan.normal()]),
      );
      const lengthMm = LENGTHS_MM[Math.floor(plan.random() * LENGTHS_MM.length)];
      const entryMm = sub(at, scale(direction, OUT_MM));
      const tip = add(entryMm, scale(direction, lengthMm));
      if (segmentsApart(entryMm, tip, joint.centreMm, joint.centreMm) < joint.radiusMm + 4) continue;
      const free = screws.every(
        (s) => segmentsApart(entryMm, tip, s.entryMm, add(s.entryMm, scale(s.direction, s.lengthMm))) > APART_MM,
      );
      if (!free) continue;
      made++;
      screws.push({
        id: `S${screws.length + 1}`,
        target: bone.name,
        entryMm,
        direction,
        lengthMm,
        diameterMm: DIAMETER_MM,
      });
    }
  }
  return screws;
}

/** A screw at 55° to another one, its axis 3 mm beside: the two share metal. */
function crossing(s: PhantomScrew, id: string): PhantomScrew {
  const side = unit(cross(s.direction, [0, 0, 1]));
  const up = cross(side, s.direction);
  const direction = unit(add(scale(s.direction, 0.574), scale(up, 0.819)));
  const meet = add(add(s.entryMm, scale(s.direction, s.lengthMm / 2)), scale(side, 3));
  return { ...s, id, lengthMm: 30, direction, entryMm: sub(meet, scale(direction, 13)) };
}

const PLATE_MM = 2.8;

/** Straight plates between neighbouring screws of one fragment, their outer face level with the ends of the screws. */
function plates(screws: readonly PhantomScrew[]): MetalPart[] {
  return screws.slice(1).flatMap((b, i): MetalPart[] => {
    const a = screws[i];
    if (a.target !== b.target || distance(a.entryMm, b.entryMm) > 60) return [];
    const out = unit(add(a.direction, b.direction));
    const across = cross(sub(b.entryMm, a.entryMm), out);
    const under = (s: PhantomScrew) => add(s.entryMm, scale(s.direction, PLATE_MM / 2));
    return [{ kind: 'bar', fromMm: under(a), toMm: under(b), across, widthMm: 10, thicknessMm: PLATE_MM }];
  });
}

/** Middles of the triangles that look to the middle of the body. */
function innerFace(mesh: Mesh, medial: Vec3): { at: Vec3; normal: Vec3 }[] {
  const { positions: p, triangles: t } = mesh;
  const normals = unitFaceNormals(mesh);
  const out: { at: Vec3; normal: Vec3 }[] = [];
  for (let i = 0; i < t.length; i += 3) {
    const normal: Vec3 = [normals[i], normals[i + 1], normals[i + 2]];
    if (dot(normal, medial) < 0.5) continue;
    const mid = (k: number) => (p[3 * t[i] + k] + p[3 * t[i + 1] + k] + p[3 * t[i + 2] + k]) / 3;
    out.push({ at: [mid(0), mid(1), mid(2)], normal });
  }
  return out;
}

/** Least distance of two segments, sampled along the first at every half millimetre. */
function segmentsApart(a: Vec3, b: Vec3, c: Vec3, d: Vec3): number {
  const steps = Math.max(1, Math.ceil(distance(a, b) * 2));
  const cd = sub(d, c);
  const square = dot(cd, cd);
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= steps; i++) {
    const p = add(a, scale(sub(b, a), i / steps));
    const t = square > 0 ? Math.min(1, Math.max(0, dot(sub(p, c), cd) / square)) : 0;
    best = Math.min(best, distance(p, add(c, scale(cd, t))));
  }
  return best;
}
