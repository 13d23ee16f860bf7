import { OsteonError, type Vec3 } from '../../base/index.ts';
import { atBorder, createHeight, type Ground, heightAt } from './ground.ts';
import { vertexNear, verticesTo, type Walker, waysFrom } from './paths.ts';

/** Points inside a panel are kept where none is nearer than this, mm: discs of `FILL_HALF_MM` around them leave no gap. */
const APART_MM = 1.2;

/**
 * Points on the closed bone inside a closed line on it: the outline is cut into the walking surface edge by edge, and of
 * the parts it cuts that surface into all but the largest are inside.
 * @param outline flat xyz, first point and last the same, LPS mm
 * @returns flat xyz, none nearer than about a millimetre to another
 * @throws plate.network where the line encloses nothing: it runs around the bone, or back on itself
 * @cost one short search over the surface for each point of the outline, and one pass over the surface
 */
export function insideOf(id: string, outline: Float64Array, ground: Ground, walker: Walker): Float64Array {
  const { positions: p } = walker.surface.mesh;
  const edge = edgeLoop(outline, walker);
  const parts = partsBeside(edge, walker);
  if (parts.length < 2) throw new OsteonError('plate.network', { panel: id, why: 'its outline encloses no bone' });
  const most = parts.reduce((m, part) => Math.max(m, part.length), 0);
  const inside = parts.filter((part) => part.length < most).flat();
  const kept = createSieve(APART_MM);
  const h = createHeight();
  for (const v of inside.sort((a, b) => a - b)) {
    heightAt(ground, p[3 * v], p[3 * v + 1], p[3 * v + 2], h, true);
    if (atBorder(ground, p[3 * v], p[3 * v + 1], p[3 * v + 2]))
      throw new OsteonError('plate.network', { panel: id, why: 'its outline runs around the bone' });
    kept.offer(h.x, h.y, h.z);
  }
  return Float64Array.from(kept.points);
}

/** Marks the vertices of a closed way along edges, next to the outline. */
function edgeLoop(outline: Float64Array, walker: Walker): Uint8Array {
  const marked = new Uint8Array(walker.surface.mesh.positions.length / 3);
  const at = (i: number): Vec3 => [outline[i], outline[i + 1], outline[i + 2]];
  const first = vertexNear(walker, at(0));
  let last = first;
  for (let i = 3; i <= outline.length - 3; i += 3) {
    const next = i === outline.length - 3 ? first : vertexNear(walker, at(i));
    if (next === last) continue;
    for (const v of verticesTo(waysFrom(walker, last, [next]), next)) marked[v] = 1;
    last = next;
  }
  return marked;
}

/** The connected parts of the surface, without the marked vertices, that touch them. */
function partsBeside(marked: Uint8Array, { neighbours: { start, items } }: Walker): number[][] {
  const seen = marked.slice();
  const parts: number[][] = [];
  for (let m = 0; m < marked.length; m++) {
    if (!marked[m]) continue;
    for (let k = start[m]; k < start[m + 1]; k++) {
      if (seen[items[k]]) continue;
      const part = [items[k]];
      seen[items[k]] = 1;
      for (let i = 0; i < part.length; i++)
        for (let e = start[part[i]]; e < start[part[i] + 1]; e++) {
          const w = items[e];
          if (seen[w]) continue;
          seen[w] = 1;
          part.push(w);
        }
      parts.push(part);
    }
  }
  return parts;
}

/** Keeps of the points offered those that are not near one kept before. */
function createSieve(apartMm: number) {
  const points: number[] = [];
  const cells = new Map<string, number[]>();
  const cell = (x: number) => Math.floor(x / apartMm);
  const near = (x: number, y: number, z: number): boolean => {
    for (let k = -1; k <= 1; k++)
      for (let j = -1; j <= 1; j++)
        for (let i = -1; i <= 1; i++)
          for (const o of cells.get(`${cell(x) + i} ${cell(y) + j} ${cell(z) + k}`) ?? [])
            if (Math.hypot(points[o] - x, points[o + 1] - y, points[o + 2] - z) < apartMm) return true;
    return false;
  };
  return {
    points,
    offer(x: number, y: number, z: number): void {
      if (near(x, y, z)) return;
      const key = `${cell(x)} ${cell(y)} ${cell(z)}`;
      const here = cells.get(key);
      if (here) here.push(points.length);
      else cells.set(key, [points.length]);
      points.push(x, y, z);
    },
  };
}
