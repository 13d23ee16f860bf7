import type { Vec3 } from '../../base/index.ts';
import { cross, dot, unit } from '../../math/index.ts';
import { type Mesh, pickTriangles, sectionLoops } from '../../mesh/index.ts';
import type { ArmCurve, ArmSection, ArmStrength, PlateMaterial } from './types.ts';

/** Sections are taken this far apart along an arm, mm. */
const STEP_MM = 1;

/**
 * Bending of every arm as a beam of changing section, cut from the finished body: holes, seats, bosses and fillets count
 * as they are. Stiffness is that of the uniform beam with the same flexibility in all; strength that of the weakest section.
 * @requires a closed body with outward faces
 * @accuracy exact sections of the polyhedron; Euler-Bernoulli, stress concentration at holes is left out
 * @cost one plane cut of the arm's triangles for each millimetre
 */
export function armStrength(body: Mesh, arm: ArmCurve, material: PlateMaterial): ArmStrength {
  const near = nearArm(body, arm);
  const sections: ArmSection[] = [];
  const { points: p, normals: n } = arm;
  let atMm = 0;
  let nextMm = arm.widthMm / 4;
  const lastMm = arm.lengthMm - arm.widthMm / 4;
  for (let i = 3; i < p.length; i += 3) {
    const d = Math.hypot(p[i] - p[i - 3], p[i + 1] - p[i - 2], p[i + 2] - p[i - 1]);
    for (; nextMm <= Math.min(atMm + d, lastMm); nextMm += STEP_MM) {
      const s = d > 0 ? (nextMm - atMm) / d : 0;
      const between = (a: Float64Array): Vec3 =>
        [0, 1, 2].map((k) => a[i - 3 + k] + s * (a[i + k] - a[i - 3 + k])) as unknown as Vec3;
      const section = sectionAt(body, near, between(p), tangentAt(p, i), unit(between(n)), nextMm, arm);
      if (section) sections.push(section);
    }
    atMm += d;
  }
  let flexibility = 0;
  for (const s of sections) flexibility += 1 / s.bendMm4;
  const weakest = sections.reduce((w, s, k) => (s.bendMm3 < sections[w].bendMm3 ? k : w), 0);
  const none = sections.length === 0;
  return {
    id: arm.id,
    sections,
    bendingStiffnessNmm2: none ? 0 : (material.youngMPa * sections.length) / flexibility,
    yieldMomentNmm: none ? 0 : material.yieldMPa * sections[weakest].bendMm3,
    weakestAtMm: none ? 0 : sections[weakest].atMm,
    leastAreaMm2: sections.reduce((a, s) => Math.min(a, s.areaMm2), Number.POSITIVE_INFINITY),
  };
}

function tangentAt(p: Float64Array, i: number): Vec3 {
  const a = Math.max(0, i - 6);
  const b = Math.min(p.length - 3, i + 3);
  return unit([p[b] - p[a], p[b + 1] - p[a + 1], p[b + 2] - p[a + 2]]);
}

/** Triangles that a cut of this arm may meet; fewer cost less, and other arms stay out. */
function nearArm(body: Mesh, { points: p, widthMm, thicknessMm }: ArmCurve): Mesh {
  const reach = 1.5 * widthMm + thicknessMm;
  const { positions: q, triangles: t } = body;
  return pickTriangles(body, (i) => {
    for (let c = 0; c < 3; c++) {
      const v = 3 * t[3 * i + c];
      for (let k = 0; k < p.length; k += 3) {
        const dx = q[v] - p[k];
        const dy = q[v + 1] - p[k + 1];
        const dz = q[v + 2] - p[k + 2];
        if (dx * dx + dy * dy + dz * dz < reach * reach) return true;
      }
    }
    return false;
  });
}

/**
 * Loops of the cut that belong to this arm: those that come near its middle. Where one of them runs out of what lies near the
 * arm, into a panel, the whole body is cut. Null where none closes.
 */
function sectionAt(
  body: Mesh,
  near: Mesh,
  at: Vec3,
  along: Vec3,
  normal: Vec3,
  atMm: number,
  arm: ArmCurve,
): ArmSection | null {
  const side = unit(cross(along, normal));
  const up = cross(side, along);
  const reach = arm.widthMm / 2 + arm.thicknessMm;
  const own = (mesh: Mesh) =>
    sectionLoops(mesh, at, along)
      .map(({ points, closed }) => {
        const flat = new Float64Array((2 * points.length) / 3);
        for (let i = 0; i < points.length; i += 3) {
          const d: Vec3 = [points[i] - at[0], points[i + 1] - at[1], points[i + 2] - at[2]];
          flat[(2 * i) / 3] = dot(d, side);
          flat[(2 * i) / 3 + 1] = dot(d, up);
        }
        return { flat, closed };
      })
      .filter(({ flat: q }) => {
        for (let i = 0; i < q.length; i += 2) if (q[i] * q[i] + q[i + 1] * q[i + 1] < reach * reach) return true;
        return false;
      });
  const some = own(near);
  const loops = some.every(({ closed }) => closed) ? some : own(body).filter(({ closed }) => closed);
  return loops.length === 0
    ? null
    : propertiesOf(
        loops.map(({ flat }) => flat),
        atMm,
      );
}

/**
 * Area, second moments about the axes through the centroid and the modulus of the outer fibre, of loops in a plane: x
 * across the arm, y out of the bone.
 * @source Green's theorem on the outlines
 */
export function propertiesOf(loops: readonly Float64Array[], atMm: number): ArmSection | null {
  let area = 0;
  let sx = 0;
  let sy = 0;
  let xx = 0;
  let yy = 0;
  for (const q of loops)
    for (let i = 0; i < q.length; i += 2) {
      const j = (i + 2) % q.length;
      const [x0, y0, x1, y1] = [q[i], q[i + 1], q[j], q[j + 1]];
      const c = x0 * y1 - x1 * y0;
      area += c / 2;
      sx += (c * (x0 + x1)) / 6;
      sy += (c * (y0 + y1)) / 6;
      xx += (c * (x0 * x0 + x0 * x1 + x1 * x1)) / 12;
      yy += (c * (y0 * y0 + y0 * y1 + y1 * y1)) / 12;
    }
  // Seen along or against the arm, outlines run one way or the other.
  const sign = area < 0 ? -1 : 1;
  area *= sign;
  if (!(area > 1e-6)) return null;
  const cx = (sign * sx) / area;
  const cy = (sign * sy) / area;
  const bendMm4 = sign * yy - area * cy * cy;
  const edgeMm4 = sign * xx - area * cx * cx;
  let fibre = 0;
  for (const q of loops) for (let i = 1; i < q.length; i += 2) fibre = Math.max(fibre, Math.abs(q[i] - cy));
  return { atMm, areaMm2: area, bendMm4, edgeMm4, bendMm3: bendMm4 / fibre };
}
