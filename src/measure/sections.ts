import { OsteonError, type Vec3 } from '../base/index.ts';
import { dot, frameAbout, unit } from '../math/index.ts';
import { bounds, type Mesh } from '../mesh/index.ts';

export interface SectionOptions {
  /** Direction the planes are perpendicular to; need not be of unit length. */
  readonly axis: Vec3;
  /** Planes between the two ends of the mesh. */
  readonly planes: number;
  /** The minimum is looked for between these fractions of the length: the very ends of any body have no area. */
  readonly interiorFrom: number;
  readonly interiorTo: number;
}

export const SECTION_DEFAULTS: Omit<SectionOptions, 'axis'> = {
  planes: 200, // 0.3 mm apart on a talus: finer than an implant's triangles
  interiorFrom: 0.05, // five percent cut from either end
  interiorTo: 0.95,
};

export interface SectionProfile {
  readonly axis: Vec3;
  /** Place of every plane along the axis (dot product of a point on it with the axis), mm. */
  readonly atMm: Float64Array;
  /** Area of the solid in every plane, mm². */
  readonly areaMm2: Float64Array;
  /** Centre of the solid in every plane, flat xyz, LPS mm. */
  readonly centres: Float64Array;
  readonly lengthMm: number;
  readonly minimum: SectionMinimum;
  /** The smallest section that is smaller than the sections on both sides of it, or null: a neck. */
  readonly neck: SectionMinimum | null;
  /** How the minimum was defined, for the report. */
  readonly rule: string;
}

export interface SectionMinimum {
  readonly areaMm2: number;
  readonly atMm: number;
  /** Place as a fraction of the length. */
  readonly atFraction: number;
}

/**
 * Cross-section areas of a solid along an axis, the least of them and where it is.
 * @requires a closed mesh with outward normals; a cavity counts as empty
 * @throws mesh.empty
 * @cost O(triangles + planes crossed by each)
 * @accuracy exact for the polyhedron at each plane; the minimum lies within half a plane's distance
 * @source Green's theorem on the contour, one term a triangle, so that no contour need be walked
 */
export function sectionProfile(
  mesh: Mesh,
  options: Pick<SectionOptions, 'axis'> & Partial<SectionOptions>,
): SectionProfile {
  const o = { ...SECTION_DEFAULTS, ...options };
  const [u, v, w] = frameAbout(unit(o.axis), [0, 0, 1]);
  const { positions: p } = mesh;
  if (mesh.triangles.length === 0) throw new OsteonError('mesh.empty');
  const { lo, hi } = bounds(mesh);
  const middle: Vec3 = [(lo[0] + hi[0]) / 2, (lo[1] + hi[1]) / 2, (lo[2] + hi[2]) / 2];
  const base = dot(middle, w);
  const local = new Float64Array(p.length);
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < p.length; i += 3) {
    const q: Vec3 = [p[i] - middle[0], p[i + 1] - middle[1], p[i + 2] - middle[2]];
    local[i] = dot(q, u);
    local[i + 1] = dot(q, v);
    local[i + 2] = dot(q, w);
    from = Math.min(from, local[i + 2]);
    to = Math.max(to, local[i + 2]);
  }
  const step = (to - from) / o.planes;
  const planes = Float64Array.from({ length: o.planes }, (_, k) => from + (k + 0.5) * step);
  const { areaMm2, momentU, momentV } = planeAreas(local, mesh.triangles, planes, from, step);
  const atMm = planes.map((t) => t + base);
  const centres = new Float64Array(3 * planes.length);
  for (let k = 0; k < planes.length; k++)
    for (let x = 0; x < 3; x++)
      centres[3 * k + x] =
        middle[x] + (momentU[k] / areaMm2[k]) * u[x] + (momentV[k] / areaMm2[k]) * v[x] + planes[k] * w[x];
  const at = (k: number): SectionMinimum => ({
    areaMm2: areaMm2[k],
    atMm: atMm[k],
    atFraction: (planes[k] - from) / (to - from),
  });
  const inside = (k: number) => at(k).atFraction >= o.interiorFrom && at(k).atFraction <= o.interiorTo;
  const indices = Array.from(planes.keys()).filter(inside);
  const least = (list: number[]) => list.reduce((m, k) => (areaMm2[k] < areaMm2[m] ? k : m), list[0]);
  const necks = indices.filter((k) => isNeck(areaMm2, k));
  return {
    axis: w,
    atMm,
    areaMm2,
    centres,
    lengthMm: to - from,
    minimum: at(least(indices)),
    neck: necks.length ? at(least(necks)) : null,
    rule: `least of ${o.planes} planes between ${100 * o.interiorFrom} % and ${100 * o.interiorTo} % of the length`,
  };
}

/** A neck is a local minimum that rises by at least this fraction on both sides; less is the surface's own texture. */
const NECK_RISE = 0.02;

function isNeck(area: Float64Array, k: number): boolean {
  const rises = (step: number) => {
    for (let i = k + step; i >= 0 && i < area.length; i += step) {
      if (area[i] < area[k]) return false;
      if (area[i] > area[k] * (1 + NECK_RISE)) return true;
    }
    return false;
  };
  return rises(-1) && rises(1);
}

/** Every triangle adds its piece of contour, counter-clockwise seen from the axis' tip, to each plane it crosses. */
function planeAreas(q: Float64Array, t: Uint32Array, planes: Float64Array, from: number, step: number) {
  const areaMm2 = new Float64Array(planes.length);
  const momentU = new Float64Array(planes.length);
  const momentV = new Float64Array(planes.length);
  const x = [0, 0, 0];
  const y = [0, 0, 0];
  const z = [0, 0, 0];
  for (let i = 0; i < t.length; i += 3) {
    for (let k = 0; k < 3; k++) {
      const a = 3 * t[i + k];
      x[k] = q[a];
      y[k] = q[a + 1];
      z[k] = q[a + 2];
    }
    const first = Math.max(0, Math.ceil((Math.min(z[0], z[1], z[2]) - from) / step - 0.5) - 1);
    const last = Math.min(planes.length - 1, Math.floor((Math.max(z[0], z[1], z[2]) - from) / step - 0.5) + 1);
    for (let k = first; k <= last; k++) {
      const h = planes[k];
      let up = 0;
      for (let c = 0; c < 3; c++) if (z[c] >= h) up++;
      if (up === 0 || up === 3) continue;
      // The corner alone on its side, and the two after it: the contour runs along axis × normal.
      const alone = up === 1;
      let c = 0;
      while (z[c] >= h !== alone) c++;
      const d = (c + 1) % 3;
      const e = (c + 2) % 3;
      const s = (h - z[c]) / (z[d] - z[c]);
      const r = (h - z[c]) / (z[e] - z[c]);
      const ax = x[c] + s * (x[d] - x[c]);
      const ay = y[c] + s * (y[d] - y[c]);
      const bx = x[c] + r * (x[e] - x[c]);
      const by = y[c] + r * (y[e] - y[c]);
      const piece = ((alone ? 1 : -1) * (ax * by - bx * ay)) / 2;
      areaMm2[k] += piece;
      momentU[k] += (piece * (ax + bx)) / 3;
      momentV[k] += (piece * (ay + by)) / 3;
    }
  }
  return { areaMm2, momentU, momentV };
}
