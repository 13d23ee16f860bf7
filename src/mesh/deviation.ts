import type { Bvh } from './bvh.ts';
import type { Mesh } from './mesh.ts';
import { closestPoints } from './nearest.ts';

/**
 * Distances between an old and a new surface, mm: of the old one's vertices and triangle middles from the new one, and
 * of the new one's vertices, edge middles and triangle middles from the old one. Means are over those points.
 */
export interface Deviation {
  readonly maxDeviationMm: number;
  readonly oldToNewMeanMm: number;
  readonly oldToNewMaxMm: number;
  readonly newToOldMeanMm: number;
  readonly newToOldMaxMm: number;
}

/** `wrong`: triangles of the new surface where either distance is over the limit. */
export function deviationOf(
  old: Bvh,
  now: Bvh,
  limitMm: number,
): { readonly deviation: Deviation; readonly wrong: readonly number[] } {
  const wrong = new Set<number>();
  const away = [old.mesh.positions, middles(old.mesh)].map((points) => closestPoints(now, points));
  for (const { distanceMm, triangles } of away)
    for (let i = 0; i < distanceMm.length; i++) if (distanceMm[i] > limitMm) wrong.add(triangles[i]);
  const t = now.mesh.triangles;
  const [corners, centres, edges] = [now.mesh.positions, middles(now.mesh), edgeMiddles(now.mesh)].map(
    (points) => closestPoints(old, points).distanceMm,
  );
  for (let i = 0; i < t.length; i++)
    if (Math.max(corners[t[i]], edges[i], centres[Math.floor(i / 3)]) > limitMm) wrong.add(Math.floor(i / 3));
  const oldToNew = summed(away.map((a) => a.distanceMm));
  const newToOld = summed([corners, centres, edges]);
  return {
    deviation: {
      maxDeviationMm: Math.max(oldToNew.max, newToOld.max),
      oldToNewMeanMm: oldToNew.mean,
      oldToNewMaxMm: oldToNew.max,
      newToOldMeanMm: newToOld.mean,
      newToOldMaxMm: newToOld.max,
    },
    wrong: [...wrong],
  };
}

function summed(lists: readonly Float64Array[]): { mean: number; max: number } {
  let sum = 0;
  let max = 0;
  let count = 0;
  for (const list of lists)
    for (const mm of list) {
      sum += mm;
      if (mm > max) max = mm;
      count++;
    }
  return { mean: sum / count, max };
}

/** Middle of every triangle. */
function middles({ positions: p, triangles: t }: Mesh): Float64Array {
  const out = new Float64Array(t.length);
  for (let i = 0; i < t.length; i += 3)
    for (let k = 0; k < 3; k++) out[i + k] = (p[3 * t[i] + k] + p[3 * t[i + 1] + k] + p[3 * t[i + 2] + k]) / 3;
  return out;
}

/** Middle of every half-edge. */
function edgeMiddles({ positions: p, triangles: t }: Mesh): Float64Array {
  const out = new Float64Array(3 * t.length);
  for (let h = 0; h < t.length; h++) {
    const next = h % 3 === 2 ? h - 2 : h + 1;
    for (let k = 0; k < 3; k++) out[3 * h + k] = (p[3 * t[h] + k] + p[3 * t[next] + k]) / 2;
  }
  return out;
}
