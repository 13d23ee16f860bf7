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
      const known = new Map<string, Vec3>();
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

const keyOf = (v: Float32Array, i: number): string => `${v[i]},${v[i + 1]},${v[i + 2]}`;

function importBody(
  engine: ManifoldToplevel,
  body: Mesh,
  index: number,
  centre: Vec3,
  known: Map<string, Vec3>,
): Manifold {
  const p = body.positions;
  const v = new Float32Array(p.length);
  for (let i = 0; i < p.length; i += 3) {
    for (let k = 0; k < 3; k++) v[i + k] = p[i + k] - centre[k];
    const key = keyOf(v, i);
    if (!known.has(key)) known.set(key, [p[i], p[i + 1], p[i + 2]]);
  }
  const mesh = new engine.Mesh({ numProp: 3, vertProperties: v, triVerts: body.triangles.slice() });
  mesh.merge();
  let solid: Manifold;
  try {
    solid = new engine.Manifold(mesh);
  } catch (fault) {
    throw refusal(body, index, String(fault));
  }
  if (solid.status() === 'NoError') return solid;
  const status = solid.status();
  solid.delete();
  throw refusal(body, index, status);
}

/** Why the engine would not take a body: our own check names the place. */
function refusal(body: Mesh, index: number, status: string): OsteonError {
  const blocker = checkMesh(body, { selfIntersections: false }).findings.find((f) => f.level === 'blocker');
  const hint = 'Repair the body first.';
  if (!blocker) return new OsteonError('mesh.boolean-failed', { body: index, status }, hint);
  return new OsteonError(blocker.code as 'mesh.not-closed', { body: index, ...blocker.facts }, hint);
}

function exportBody(solid: Manifold, centre: Vec3, known: ReadonlyMap<string, Vec3>): Mesh {
  const mesh = solid.getMesh();
  const n = mesh.numProp;
  const count = mesh.vertProperties.length / n;
  const positions = new Float64Array(3 * count);
  for (let i = 0; i < count; i++) {
    const exact = known.get(keyOf(mesh.vertProperties, n * i));
    for (let k = 0; k < 3; k++) positions[3 * i + k] = exact ? exact[k] : mesh.vertProperties[n * i + k] + centre[k];
  }
  return { positions, triangles: mesh.triVerts.slice() };
}
