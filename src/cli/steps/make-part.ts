import type { MeshFile } from '../../io/index.ts';
import { FACE_CLASSES, facesOf, type Part } from '../../make/index.ts';
import { buildBvh, closestPoints, type Mesh, requireSolid } from '../../mesh/index.ts';
import type { Engines, Step } from '../../plan/index.ts';

/** How far a face may lie from the articular surface that is given beside the part, mm: the rounding of files. */
const ON_SURFACE_MM = 0.02;

/** A solid with its face classes: named in its 3MF, or found on a surface given beside it. */
export const makePartStep: Step<{ file: MeshFile; articular?: MeshFile }, { name: string }, Part, Engines> = {
  id: 'make.part',
  version: 1,
  label: 'reading the part',
  costS: 1,
  params: { name: { label: 'name of the build', unit: '', default: 'part', source: 'the file' } },
  handler({ file, articular }, { name }) {
    const { mesh } = file;
    requireSolid(mesh);
    const named = Object.fromEntries(FACE_CLASSES.flatMap((c) => (file.faces?.[c] ? [[c, file.faces[c]]] : [])));
    const lists = articular ? { ...named, articular: facesOn(mesh, articular.mesh) } : named;
    return { name, mesh, faces: facesOf(mesh.triangles.length / 3, lists) };
  },
};

function facesOn(mesh: Mesh, surface: Mesh): number[] {
  const { positions: p, triangles: t } = mesh;
  const middles = new Float64Array(t.length);
  for (let i = 0; i < t.length; i++) for (let k = 0; k < 3; k++) middles[3 * ((i / 3) | 0) + k] += p[3 * t[i] + k] / 3;
  const { distanceMm } = closestPoints(buildBvh(surface), middles, { limitMm: ON_SURFACE_MM });
  const out: number[] = [];
  distanceMm.forEach((d, i) => {
    if (d <= ON_SURFACE_MM) out.push(i);
  });
  return out;
}
