import { instantiate } from './assembler.ts';
import { chebyshevBounds, DEGREE, greatestEigenvalue } from './chebyshev.ts';
import type { Springs } from './linear-matrix.ts';
import type { Cycle } from './multigrid.ts';
import type { ElementPack, QuadraticOperator } from './quadratic-operator.ts';
import { BLOCK_BYTES, NODE_BYTES, smootherCode } from './smoother-code.ts';
import { midSideEnds, type TetMesh } from './tets.ts';

interface Routines {
  applyStraight(tets: number, end: number, data: number, x: number, y: number): void;
  applyCurved(tets: number, end: number, data: number, x: number, y: number): void;
  advance(r: number, end: number, step: number, x: number, w: number, blocks: number, keep: number, gain: number): void;
}

/** One memory with everything in it, in single precision; four floats a node. */
interface Store {
  readonly routines: Routines;
  readonly bytes: number;
  readonly r: Float32Array;
  readonly step: Float32Array;
  readonly x: Float32Array;
  readonly w: Float32Array;
  /** w += K·step. */
  apply(): void;
  /** r −= w, step = keep·step + gain·D⁻¹r, x += step, w = 0. */
  advance(keep: number, gain: number): void;
}

/**
 * The finest level: quadratic elements smoothed by a Chebyshev polynomial, linear elements below. In single precision and
 * WebAssembly: it is only a preconditioner.
 * @param inverse inverses of the diagonal blocks, empty at fixed directions
 * @requires a body that is supported
 * @cost four products with the operator a cycle
 */
export function quadraticCycle(
  mesh: TetMesh,
  operator: QuadraticOperator,
  springs: Springs,
  fixed: Uint8Array,
  inverse: Float64Array,
  below: Cycle,
): Cycle {
  const store = createStore(operator, springs, inverse);
  const nodes = operator.nodes;
  const { theta, delta } = chebyshevBounds(greatest(store, nodes, inverse));
  /** Leaves w as the product of the last step: the residual is current after the next advance. */
  const smooth = () => {
    let rho = delta / theta;
    store.advance(0, 1 / theta);
    for (let k = 1; k < DEGREE; k++) {
      const next = 1 / ((2 * theta) / delta - rho);
      store.apply();
      store.advance(next * rho, (2 * next) / delta);
      rho = next;
    }
  };
  const transfer = midSideTransfer(mesh, fixed);
  const down = new Float64Array(3 * mesh.corners);
  const up = new Float64Array(3 * mesh.corners);
  return {
    sizes: [3 * nodes, ...below.sizes],
    bytes: below.bytes + store.bytes,
    solve(r, x) {
      for (let i = 0, k = 0; i < r.length; i += 3, k += 4) {
        store.r[k] = r[i];
        store.r[k + 1] = r[i + 1];
        store.r[k + 2] = r[i + 2];
      }
      store.x.fill(0);
      store.w.fill(0);
      smooth();
      store.apply();
      // The residual, and a step of nothing.
      store.advance(0, 0);
      transfer.restrict(store.r, down);
      below.solve(down, up);
      transfer.prolong(up, store.step);
      for (let k = 0; k < store.x.length; k++) store.x[k] += store.step[k];
      store.apply();
      smooth();
      for (let i = 0, k = 0; i < r.length; i += 3, k += 4) {
        x[i] = store.x[k];
        x[i + 1] = store.x[k + 1];
        x[i + 2] = store.x[k + 2];
      }
    },
  };
}

function createStore({ nodes, straight, curved }: QuadraticOperator, springs: Springs, inverse: Float64Array): Store {
  let size = NODE_BYTES;
  const place = (bytes: number): number => {
    const at = size;
    size += (bytes + 15) & ~15;
    return at;
  };
  const vectors = [0, 1, 2, 3].map(() => place(NODE_BYTES * nodes));
  const [r, step, x, w] = vectors;
  const blocks = place(BLOCK_BYTES * nodes);
  const places = [straight, curved].map((pack) => ({
    pack,
    tets: place(4 * pack.tets.length),
    data: place(4 * pack.data.length),
  }));
  const { buffer, routines } = instantiate<Routines>(smootherCode(), size);
  const floats = (at: number, count: number) => new Float32Array(buffer, at, count);
  for (const { pack, tets, data } of places) {
    const offsets = new Uint32Array(buffer, tets, pack.tets.length);
    for (let i = 0; i < offsets.length; i++) offsets[i] = NODE_BYTES * pack.tets[i];
    floats(data, pack.data.length).set(pack.data);
  }
  const columns = floats(blocks, 12 * nodes);
  for (let i = 0; i < nodes; i++)
    for (let c = 0; c < 3; c++) for (let k = 0; k < 3; k++) columns[12 * i + 4 * c + k] = inverse[9 * i + 3 * k + c];
  const [rs, steps, xs, ws] = vectors.map((at) => floats(at, 4 * nodes));
  const end = ({ tets, pack }: { tets: number; pack: ElementPack }) => tets + 4 * pack.tets.length;
  const { nodes: sprung, stiffness: k } = springs;
  return {
    routines,
    bytes: buffer.byteLength,
    r: rs,
    step: steps,
    x: xs,
    w: ws,
    apply() {
      const [a, b] = places;
      routines.applyStraight(a.tets, end(a), a.data, step, w);
      routines.applyCurved(b.tets, end(b), b.data, step, w);
      for (let s = 0; s < sprung.length; s++) {
        const i = 4 * sprung[s];
        const o = 6 * s;
        const [sx, sy, sz] = [steps[i], steps[i + 1], steps[i + 2]];
        ws[i] += k[o] * sx + k[o + 3] * sy + k[o + 5] * sz;
        ws[i + 1] += k[o + 3] * sx + k[o + 1] * sy + k[o + 4] * sz;
        ws[i + 2] += k[o + 5] * sx + k[o + 4] * sy + k[o + 2] * sz;
      }
    },
    advance: (keep, gain) => routines.advance(r, r + NODE_BYTES * nodes, step - r, x - r, w - r, blocks, keep, gain),
  };
}

/** Greatest eigenvalue of D⁻¹K, in the precision of the smoother. */
function greatest(store: Store, nodes: number, inverse: Float64Array): number {
  return greatestEigenvalue({
    size: 3 * nodes,
    blockSize: 3,
    inverse,
    apply(from, to) {
      store.w.fill(0);
      for (let i = 0, k = 0; i < from.length; i += 3, k += 4)
        for (let c = 0; c < 3; c++) store.step[k + c] = from[i + c];
      store.apply();
      for (let i = 0, k = 0; i < from.length; i += 3, k += 4) for (let c = 0; c < 3; c++) to[i + c] = store.w[k + c];
    },
  });
}

/** Linear displacement: a mid-side node moves with the mean of its two corners. */
function midSideTransfer(mesh: TetMesh, fixed: Uint8Array) {
  const ends = midSideEnds(mesh);
  const low = mesh.corners;
  return {
    restrict(r: Float32Array, coarser: Float64Array) {
      for (let i = 0; i < low; i++) for (let k = 0; k < 3; k++) coarser[3 * i + k] = r[4 * i + k];
      for (let m = 0, i = low; m < ends.length; m += 2, i++) {
        const a = 3 * ends[m];
        const b = 3 * ends[m + 1];
        for (let k = 0; k < 3; k++) {
          const half = fixed[3 * i + k] ? 0 : r[4 * i + k] / 2;
          coarser[a + k] += half;
          coarser[b + k] += half;
        }
      }
      for (let i = 0; i < 3 * low; i++) if (fixed[i]) coarser[i] = 0;
    },
    prolong(coarser: Float64Array, x: Float32Array) {
      for (let i = 0; i < low; i++) for (let k = 0; k < 3; k++) x[4 * i + k] = coarser[3 * i + k];
      for (let m = 0, i = low; m < ends.length; m += 2, i++)
        for (let k = 0; k < 3; k++)
          x[4 * i + k] = fixed[3 * i + k] ? 0 : (coarser[3 * ends[m] + k] + coarser[3 * ends[m + 1] + k]) / 2;
    },
  };
}
