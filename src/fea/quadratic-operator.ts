import { OsteonError } from '../base/index.ts';
import { nodeAt, nodeCount, TET_EDGES, type TetMesh, tetCount } from './tets.ts';

/**
 * The stiffness of quadratic tetrahedra as a product, never as a matrix: 11 numbers an element with straight edges, 44 one
 * with curved edges, against 465 of its matrix.
 *
 * How it works. With the barycentric coordinates L₀…L₃ the gradient of a quadratic field is Σ U_k ⊗ ∇L_k, where
 * U_k = 4·Σ_b L_b·u_kb − u_k, u_kb being the node between corners k and b (u_kk the corner itself). Since Σ ∇L_k = 0 only the
 * three differences U_k − U₀ are needed. At a Gauss point with L = α at corner g and β elsewhere (α − β = 1/√5):
 * U_k − U₀ = [4β·(S_k − S₀) − (u_k − u₀)] + 4(α − β)·(u_kg − u_0g), S_k = Σ_b u_kb. The way back is its transpose.
 * Tried with the 30 × 30 matrix of each element stored: 3.7 kB an element, bound by memory, three times slower.
 */
export interface QuadraticOperator {
  readonly nodes: number;
  readonly straight: ElementPack;
  readonly curved: ElementPack;
}
export interface ElementPack {
  /** Which elements of the mesh these are. */
  readonly elements: Uint32Array;
  /** Ten nodes an element. */
  readonly tets: Uint32Array;
  /** ∇L₁, ∇L₂, ∇L₃, wλ, wμ: once an element, or once a Gauss point. */
  readonly data: Float64Array;
}

const BETA4 = 4 * ((5 - Math.sqrt(5)) / 20);
/** 4(α − β). */
const RISE = 4 / Math.sqrt(5);
/** Numbers a Gauss point. */
export const POINT = 11;

/**
 * @param lameMPa λ and μ of each element
 * @throws fea.element where an element is turned inside out at a Gauss point, with its place
 */
export function quadraticOperator(mesh: TetMesh, lameMPa: Float64Array): QuadraticOperator {
  const n = tetCount(mesh);
  const curved: number[] = [];
  const straight: number[] = [];
  for (let e = 0; e < n; e++) (isCurved(mesh, e) ? curved : straight).push(e);
  return {
    nodes: nodeCount(mesh),
    straight: packed(mesh, lameMPa, straight, 1),
    curved: packed(mesh, lameMPa, curved, 4),
  };
}

/** Whether any mid-side node lies off the middle of its edge, by more than 1e-9 of the edge. */
export function isCurved({ positions: p, tets }: TetMesh, element: number): boolean {
  for (let k = 0; k < 6; k++) {
    const a = 3 * tets[10 * element + TET_EDGES[2 * k]];
    const b = 3 * tets[10 * element + TET_EDGES[2 * k + 1]];
    const m = 3 * tets[10 * element + 4 + k];
    let off2 = 0;
    let long2 = 0;
    for (let i = 0; i < 3; i++) {
      const off = p[m + i] - (p[a + i] + p[b + i]) / 2;
      const long = p[b + i] - p[a + i];
      off2 += off * off;
      long2 += long * long;
    }
    if (off2 > 1e-18 * long2) return true;
  }
  return false;
}

function packed(mesh: TetMesh, lameMPa: Float64Array, list: readonly number[], points: 1 | 4): ElementPack {
  const tets = new Uint32Array(10 * list.length);
  const data = new Float64Array(POINT * points * list.length);
  for (let at = 0; at < list.length; at++) {
    const e = list[at];
    for (let k = 0; k < 10; k++) tets[10 * at + k] = mesh.tets[10 * e + k];
    for (let g = 0; g < points; g++) {
      const o = POINT * (points * at + g);
      const jacobian = gradientsAt(mesh.positions, tets, 10 * at, g, data, o);
      if (!(jacobian > 0)) {
        const [xMm, yMm, zMm] = nodeAt(mesh, tets[10 * at]);
        throw new OsteonError('fea.element', { element: e, volumeMm3: jacobian / 6, xMm, yMm, zMm });
      }
      data[o + 9] = (jacobian / 24) * lameMPa[2 * e];
      data[o + 10] = (jacobian / 24) * lameMPa[2 * e + 1];
    }
  }
  return { elements: Uint32Array.from(list), tets, data };
}

const corners = new Float64Array(9);
/** Writes ∇L₁, ∇L₂, ∇L₃ at Gauss point g of the element whose nodes start at `tets[i]`; returns det J. */
export function gradientsAt(
  p: Float64Array,
  tets: Uint32Array,
  i: number,
  g: number,
  out: Float64Array,
  o: number,
): number {
  // Rows of J: dx/dL_k − dx/dL₀, the same differences as of a displacement.
  for (let axis = 0; axis < 3; axis++) {
    differences(p, tets, i, axis);
    for (let k = 0; k < 3; k++) corners[3 * k + axis] = point[9 * g + 3 * k + axis];
  }
  const [ax, ay, az, bx, by, bz, cx, cy, cz] = corners;
  const det = ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
  out[o] = (by * cz - bz * cy) / det;
  out[o + 1] = (bz * cx - bx * cz) / det;
  out[o + 2] = (bx * cy - by * cx) / det;
  out[o + 3] = (cy * az - cz * ay) / det;
  out[o + 4] = (cz * ax - cx * az) / det;
  out[o + 5] = (cx * ay - cy * ax) / det;
  out[o + 6] = (ay * bz - az * by) / det;
  out[o + 7] = (az * bx - ax * bz) / det;
  out[o + 8] = (ax * by - ay * bx) / det;
  return det;
}

/** U_k − U₀ at the four Gauss points: `point[9·g + 3·(k − 1) + axis]`. Scratch of one element. */
const point = new Float64Array(36);
const force = new Float64Array(36);

function differences(x: Float64Array, tets: Uint32Array, i: number, axis: number): void {
  const u0 = x[3 * tets[i] + axis];
  const u1 = x[3 * tets[i + 1] + axis];
  const u2 = x[3 * tets[i + 2] + axis];
  const u3 = x[3 * tets[i + 3] + axis];
  const u01 = x[3 * tets[i + 4] + axis];
  const u12 = x[3 * tets[i + 5] + axis];
  const u02 = x[3 * tets[i + 6] + axis];
  const u03 = x[3 * tets[i + 7] + axis];
  const u13 = x[3 * tets[i + 8] + axis];
  const u23 = x[3 * tets[i + 9] + axis];
  const s0 = u0 + u01 + u02 + u03;
  const b1 = BETA4 * (u01 + u1 + u12 + u13 - s0) - u1 + u0;
  const b2 = BETA4 * (u02 + u12 + u2 + u23 - s0) - u2 + u0;
  const b3 = BETA4 * (u03 + u13 + u23 + u3 - s0) - u3 + u0;
  point[axis] = b1 + RISE * (u01 - u0);
  point[axis + 3] = b2 + RISE * (u02 - u0);
  point[axis + 6] = b3 + RISE * (u03 - u0);
  point[axis + 9] = b1 + RISE * (u1 - u01);
  point[axis + 12] = b2 + RISE * (u12 - u01);
  point[axis + 15] = b3 + RISE * (u13 - u01);
  point[axis + 18] = b1 + RISE * (u12 - u02);
  point[axis + 21] = b2 + RISE * (u2 - u02);
  point[axis + 24] = b3 + RISE * (u23 - u02);
  point[axis + 27] = b1 + RISE * (u13 - u03);
  point[axis + 30] = b2 + RISE * (u23 - u03);
  point[axis + 33] = b3 + RISE * (u3 - u03);
}

/** y += K·x. @cost 0.4 µs an element */
export function applyQuadratic({ straight, curved }: QuadraticOperator, x: Float64Array, y: Float64Array): void {
  applyPack(straight, POINT, 0, x, y);
  applyPack(curved, 4 * POINT, POINT, x, y);
}

function applyPack({ tets, data }: ElementPack, stride: number, step: number, x: Float64Array, y: Float64Array): void {
  const n = tets.length;
  for (let i = 0, o = 0; i < n; i += 10, o += stride) {
    differences(x, tets, i, 0);
    differences(x, tets, i, 1);
    differences(x, tets, i, 2);
    for (let g = 0, q = o; g < 36; g += 9, q += step) {
      const ax = data[q];
      const ay = data[q + 1];
      const az = data[q + 2];
      const bx = data[q + 3];
      const by = data[q + 4];
      const bz = data[q + 5];
      const cx = data[q + 6];
      const cy = data[q + 7];
      const cz = data[q + 8];
      const m = data[q + 10];
      const px = point[g];
      const py = point[g + 1];
      const pz = point[g + 2];
      const rx = point[g + 3];
      const ry = point[g + 4];
      const rz = point[g + 5];
      const tx = point[g + 6];
      const ty = point[g + 7];
      const tz = point[g + 8];
      // Gradient of displacement, then stress times weight.
      const hxx = px * ax + rx * bx + tx * cx;
      const hyy = py * ay + ry * by + ty * cy;
      const hzz = pz * az + rz * bz + tz * cz;
      const trace = data[q + 9] * (hxx + hyy + hzz);
      const sxx = trace + 2 * m * hxx;
      const syy = trace + 2 * m * hyy;
      const szz = trace + 2 * m * hzz;
      const sxy = m * (px * ay + rx * by + tx * cy + py * ax + ry * bx + ty * cx);
      const syz = m * (py * az + ry * bz + ty * cz + pz * ay + rz * by + tz * cy);
      const sxz = m * (px * az + rx * bz + tx * cz + pz * ax + rz * bx + tz * cx);
      force[g] = sxx * ax + sxy * ay + sxz * az;
      force[g + 1] = sxy * ax + syy * ay + syz * az;
      force[g + 2] = sxz * ax + syz * ay + szz * az;
      force[g + 3] = sxx * bx + sxy * by + sxz * bz;
      force[g + 4] = sxy * bx + syy * by + syz * bz;
      force[g + 5] = sxz * bx + syz * by + szz * bz;
      force[g + 6] = sxx * cx + sxy * cy + sxz * cz;
      force[g + 7] = sxy * cx + syy * cy + syz * cz;
      force[g + 8] = sxz * cx + syz * cy + szz * cz;
    }
    scatter(tets, i, 0, y);
    scatter(tets, i, 1, y);
    scatter(tets, i, 2, y);
  }
}

/** The transpose of `differences`, of what stands in `force`, added to y. */
function scatter(tets: Uint32Array, i: number, axis: number, y: Float64Array): void {
  const f10 = force[axis];
  const f20 = force[axis + 3];
  const f30 = force[axis + 6];
  const f11 = force[axis + 9];
  const f21 = force[axis + 12];
  const f31 = force[axis + 15];
  const f12 = force[axis + 18];
  const f22 = force[axis + 21];
  const f32 = force[axis + 24];
  const f13 = force[axis + 27];
  const f23 = force[axis + 30];
  const f33 = force[axis + 33];
  const t1 = f10 + f11 + f12 + f13;
  const t2 = f20 + f21 + f22 + f23;
  const t3 = f30 + f31 + f32 + f33;
  const t0 = -t1 - t2 - t3;
  const f00 = -f10 - f20 - f30;
  const f01 = -f11 - f21 - f31;
  const f02 = -f12 - f22 - f32;
  const f03 = -f13 - f23 - f33;
  y[3 * tets[i] + axis] += (BETA4 - 1) * t0 + RISE * f00;
  y[3 * tets[i + 1] + axis] += (BETA4 - 1) * t1 + RISE * f11;
  y[3 * tets[i + 2] + axis] += (BETA4 - 1) * t2 + RISE * f22;
  y[3 * tets[i + 3] + axis] += (BETA4 - 1) * t3 + RISE * f33;
  y[3 * tets[i + 4] + axis] += BETA4 * (t0 + t1) + RISE * (f01 + f10);
  y[3 * tets[i + 5] + axis] += BETA4 * (t1 + t2) + RISE * (f12 + f21);
  y[3 * tets[i + 6] + axis] += BETA4 * (t0 + t2) + RISE * (f02 + f20);
  y[3 * tets[i + 7] + axis] += BETA4 * (t0 + t3) + RISE * (f03 + f30);
  y[3 * tets[i + 8] + axis] += BETA4 * (t1 + t3) + RISE * (f13 + f31);
  y[3 * tets[i + 9] + axis] += BETA4 * (t2 + t3) + RISE * (f23 + f32);
}

/** Derivatives of node n's shape function along L₁, L₂, L₃ (less that along L₀) at Gauss point g: `SLOPES[(10g + n)·3 + k − 1]`. */
export const SLOPES: Float64Array = /* @__PURE__ */ slopes();
function slopes(): Float64Array {
  const out = new Float64Array(120);
  const tet = Uint32Array.from({ length: 10 }, (_, i) => i);
  for (let n = 0; n < 10; n++) {
    const unit = new Float64Array(30);
    unit[3 * n] = 1;
    differences(unit, tet, 0, 0);
    for (let g = 0; g < 4; g++) for (let k = 0; k < 3; k++) out[(10 * g + n) * 3 + k] = point[9 * g + 3 * k];
  }
  return out;
}

/** The 3 × 3 blocks on the diagonal of K, one a node. @cost 1 µs an element */
export function quadraticDiagonal({ nodes, straight, curved }: QuadraticOperator): Float64Array {
  const out = new Float64Array(9 * nodes);
  for (const [pack, step] of [
    [straight, 0],
    [curved, POINT],
  ] as const) {
    const { tets, data } = pack;
    for (let i = 0, o = 0; i < tets.length; i += 10, o += step === 0 ? POINT : 4 * POINT)
      for (let n = 0; n < 10; n++) {
        const d = 9 * tets[i + n];
        for (let g = 0, q = o; g < 4; g++, q += step) {
          const s = (10 * g + n) * 3;
          const a = SLOPES[s];
          const b = SLOPES[s + 1];
          const c = SLOPES[s + 2];
          const x = a * data[q] + b * data[q + 3] + c * data[q + 6];
          const y = a * data[q + 1] + b * data[q + 4] + c * data[q + 7];
          const z = a * data[q + 2] + b * data[q + 5] + c * data[q + 8];
          const m = data[q + 10];
          const lm = data[q + 9] + m;
          const all = m * (x * x + y * y + z * z);
          out[d] += lm * x * x + all;
          out[d + 4] += lm * y * y + all;
          out[d + 8] += lm * z * z + all;
          out[d + 1] += lm * x * y;
          out[d + 2] += lm * x * z;
          out[d + 5] += lm * y * z;
        }
      }
  }
  for (let d = 0; d < out.length; d += 9) {
    out[d + 3] = out[d + 1];
    out[d + 6] = out[d + 2];
    out[d + 7] = out[d + 5];
  }
  return out;
}
