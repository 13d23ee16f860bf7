import type { Side, Vec3 } from '../base/index.ts';
import { add, cross, distance, dot, norm, scale, sub, unit } from '../math/index.ts';
import { type Mesh, unitFaceNormals } from '../mesh/index.ts';
import type { NamedMesh } from './two-feet.ts';

/** Head of a screw: a wider cylinder on the end that shows. */
export interface PhantomHead {
  readonly diameterMm: number;
  readonly heightMm: number;
}

/** A screw as it lies in the scan: a cylinder with flat ends, its head outside of it. */
export interface PhantomScrew {
  readonly id: string;
  /** Fragment it was put into. */
  readonly target: string;
  /** Middle of the end that shows; with a head, of its underside. */
  readonly entryMm: Vec3;
  /** Unit, from the entry to the tip. */
  readonly direction: Vec3;
  readonly lengthMm: number;
  readonly diameterMm: number;
  readonly head?: PhantomHead;
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
  readonly heads: boolean;
  readonly normal: () => number;
  readonly random: () => number;
}

const DIAMETER_MM = 3.5;
const LENGTHS_MM = [20, 25, 30, 35, 40];
/** A screw's axis keeps this far from every other's. */
const APART_MM = 7;
/** The shown end stands out of the bone by this much. */
const OUT_MM = 1.5;
/** Of a cortical screw of 3.5 mm. */
const HEAD: PhantomHead = { diameterMm: 6, heightMm: 2.6 };
const PLATE_MM = 2.8;
const PLATE_WIDTH_MM = 10;
/** A plate goes on beyond its last screw by this much. */
const PLATE_END_MM = 6;
/** A hole lets a screw lean by so much, cosines: out of the normal, and from one screw to the next. */
const ALONG_PLATE = 0.5;
const ONE_WAY = 0.85;

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
  const heads = screws.flatMap(({ head, entryMm, direction }): MetalPart[] =>
    head
      ? [
          {
            kind: 'rod',
            fromMm: sub(entryMm, scale(direction, head.heightMm)),
            toMm: entryMm,
            radiusMm: head.diameterMm / 2,
          },
        ]
      : [],
  );
  return { screws, metal: [...rods, ...heads, ...(plan.plate ? plates(screws) : [])] };
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
      const entryMm = sub(at, scale(direction, plan.plate ? PLATE_MM : OUT_MM));
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
        ...(plan.heads && { head: HEAD }),
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

/**
 * Straight plates on the bone between neighbouring screws of one fragment, and some way beyond: a boss about each screw, a
 * bar from one to the next. Their outer faces are level with the ends of the shafts: heads stand on them.
 */
function plates(screws: readonly PhantomScrew[]): MetalPart[] {
  const under = (s: PhantomScrew) => add(s.entryMm, scale(s.direction, PLATE_MM / 2));
  const bars = screws.slice(1).flatMap((b, i): MetalPart[] => {
    const a = screws[i];
    const way = unit(sub(b.entryMm, a.entryMm));
    const along = Math.max(Math.abs(dot(way, a.direction)), Math.abs(dot(way, b.direction)));
    const far = a.target !== b.target || distance(a.entryMm, b.entryMm) > 60;
    if (far || along > ALONG_PLATE || dot(a.direction, b.direction) < ONE_WAY) return [];
    const out = unit(add(a.direction, b.direction));
    const end = (s: PhantomScrew, side: number) => add(under(s), scale(way, side * PLATE_END_MM));
    return [
      {
        kind: 'bar',
        fromMm: end(a, -1),
        toMm: end(b, 1),
        across: cross(way, out),
        widthMm: PLATE_WIDTH_MM,
        thicknessMm: PLATE_MM,
      },
    ];
  });
  const bosses = screws.map(
    (s): MetalPart => ({
      kind: 'rod',
      fromMm: s.entryMm,
      toMm: add(s.entryMm, scale(s.direction, PLATE_MM)),
      radiusMm: PLATE_WIDTH_MM / 2,
    }),
  );
  return [...bars, ...bosses];
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
