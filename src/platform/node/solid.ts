import Module, { type Manifold, type ManifoldToplevel } from 'manifold-3d';
import { OsteonError, type Vec3 } from '../../base/index.ts';
import { bounds, checkMesh, type Mesh, type SolidEngine } from '../../mesh/index.ts';

/**
 * Set operations by Manifold (WebAssembly, about 0.1 s to start).
 *
 * The engine's arrays are single precision. Bodies are therefore moved to the middle of their common box, where a step
 * is under 4 nm for an implant, and vertices that come back on the step of an input vertex get its coordinates again.
 * Its memory is not collected by the host, so every object it makes is deleted here, on errors too.
 */
export async function createSolidEngine(): Promise<SolidEngine> {
  const engine = await Module();
  engine.setup();
  const run = (bodies: readonly Mesh[], operate: (solids: Manifold[]) => Manifold): Mesh => {
    const filled = bodies.filter((b) => b.triangles.length > 0);
    if (filled.length === 0) return { positions: new Float64Array(0), triangles: new Uint32Array(0) };
    const centre = middleOf(filled);
    const made: { delete(): void }[] = [];
    const keep = <T extends { delete(): void }>(x: T): T => {
      made.push(x);
      return x;
    };
    try {
      const known = createKnown(bodies.reduce((n, b) => n + b.positions.length / 3, 0));
      const solids = bodies.map((body, i) => keep(importBody(engine, body, i, centre, known)));
      const out = keep(operate(solids));
      if (out.status() !== 'NoError') throw new OsteonError('mesh.boolean-failed', { status: out.status() });
      return exportBody(out, centre, known);
    } finally {
      for (const x of made.reverse()) x.delete();
    }
  };
  const { Manifold: M } = engine;
  return {
    union: (bodies) =>
      run(bodies, (solids) => {
        const shells = solids.flatMap((s) => s.decompose());
        try {
          return M.union(shells);
        } finally {
          for (const s of shells) s.delete();
        }
      }),
    difference: (body, tools) => run([body, ...tools], (solids) => M.difference(solids)),
    intersection: (bodies) => run(bodies, (solids) => M.intersection(solids)),
  };
}

function middleOf(bodies: readonly Mesh[]): Vec3 {
  const boxes = bodies.map(bounds);
  return [0, 1, 2].map((k) => {
    const lo = Math.min(...boxes.map((b) => b.lo[k]));
    const hi = Math.max(...boxes.map((b) => b.hi[k]));
    return Math.round((lo + hi) / 2);
  }) as unknown as Vec3;
}

/** Exact coordinates of input vertices, found again by their rounded ones: open addressing on the bits of the floats. */
interface Known {
  readonly slots: Int32Array;
  readonly rounded: Int32Array;
  readonly exact: Float64Array;
  count: number;
}

function createKnown(vertices: number): Known {
  let size = 16;
  while (size < 2 * vertices) size *= 2;
  const slots = new Int32Array(size).fill(-1);
  return { slots, rounded: new Int32Array(3 * vertices), exact: new Float64Array(3 * vertices), count: 0 };
}

/** The slot that holds these bits, or the free one where they belong. */
function slotOf({ slots, rounded }: Known, x: number, y: number, z: number): number {
  const mask = slots.length - 1;
  let h = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca6b) ^ Math.imul(z, 0xc2b2ae35);
  h ^= h >>> 15;
  for (let slot = h & mask; ; slot = (slot + 1) & mask) {
    const i = 3 * slots[slot];
    if (i < 0 || (rounded[i] === x && rounded[i + 1] === y && rounded[i + 2] === z)) return slot;
  }
}

function importBody(engine: ManifoldToplevel, body: Mesh, index: number, centre: Vec3, known: Known): Manifold {
  const p = body.positions;
  const v = new Float32Array(p.length);
  // Adding zero turns the negative one into the other, which has other bits.
  for (let i = 0; i < p.length; i++) v[i] = p[i] - centre[i % 3] + 0;
  const bits = new Int32Array(v.buffer);
  for (let i = 0; i < p.length; i += 3) {
    const slot = slotOf(known, bits[i], bits[i + 1], bits[i + 2]);
    if (known.slots[slot] >= 0) continue;
    const n = 3 * known.count;
    for (let k = 0; k < 3; k++) {
      known.rounded[n + k] = bits[i + k];
      known.exact[n + k] = p[i + k];
    }
    known.slots[slot] = known.count++;
  }
  const mesh = new engine.Mesh({ numProp: 3, vertProperties: v, triVerts: body.triangles.slice() });
  let made = solidOf(engine, mesh);
  // Looking for corners that only lie together costs as much as the body itself, and few bodies need it.
  if (typeof made === 'string' && mesh.merge()) made = solidOf(engine, mesh);
  if (typeof made === 'string') throw refusal(body, index, made);
  return made;
}

/** The engine's own body, or why there is none. */
function solidOf(engine: ManifoldToplevel, mesh: InstanceType<ManifoldToplevel['Mesh']>): Manifold | string {
  let solid: Manifold;
  try {
    solid = new engine.Manifold(mesh);
  } catch (fault) {
    return String(fault);
  }
  const status = solid.status();
  if (status === 'NoError') return solid;
  solid.delete();
  return status;
}

/** Why the engine would not take a body: our own check names the place. */
function refusal(body: Mesh, index: number, status: string): OsteonError {
  const blocker = checkMesh(body, { selfIntersections: false }).findings.find((f) => f.level === 'blocker');
  const hint = 'Repair the body first.';
  if (!blocker) return new OsteonError('mesh.boolean-failed', { body: index, status }, hint);
  return new OsteonError(blocker.code as 'mesh.not-closed', { body: index, ...blocker.facts }, hint);
}

function exportBody(solid: Manifold, centre: Vec3, known: Known): Mesh {
  const { numProp, vertProperties, triVerts } = solid.getMesh();
  const count = vertProperties.length / numProp;
  const point = new Float32Array(3);
  const bits = new Int32Array(point.buffer);
  const positions = new Float64Array(3 * count);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < 3; k++) point[k] = vertProperties[numProp * i + k] + 0;
    const at = 3 * known.slots[slotOf(known, bits[0], bits[1], bits[2])];
    for (let k = 0; k < 3; k++) positions[3 * i + k] = at < 0 ? point[k] + centre[k] : known.exact[at + k];
  }
  return { positions, triangles: triVerts.slice() };
}
