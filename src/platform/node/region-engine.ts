import Module, { type CrossSection, type SimplePolygon } from 'manifold-3d';
import { NO_OUTLINES, type Outlines, type RegionEngine } from '../../make/index.ts';

/** Chord error of rounded corners, mm: below what any beam or nozzle can follow. */
const ROUND_MM = 0.002;

/**
 * Outlines by Clipper2, as it comes with Manifold (WebAssembly). Coordinates are whole multiples of 1e-8 mm inside.
 * Its memory is not collected by the host, so every object it makes is deleted here.
 * @cost of an offset of 1000 points about 2 ms, half of it the way in and out
 */
export async function createRegionEngine(): Promise<RegionEngine> {
  const engine = await Module();
  engine.setup();
  const made: CrossSection[] = [];
  const keep = (section: CrossSection): CrossSection => {
    made.push(section);
    return section;
  };
  const enter = (o: Outlines): CrossSection => keep(new engine.CrossSection(polygonsOf(o), 'Positive'));
  const run = <T>(operate: () => T): T => {
    try {
      return operate();
    } finally {
      for (const section of made.splice(0)) section.delete();
    }
  };
  return {
    union(parts) {
      const filled = parts.filter((o) => !isEmpty(o));
      if (filled.length === 0) return NO_OUTLINES;
      if (filled.length === 1) return run(() => leave(enter(filled[0])));
      return run(() => leave(keep(engine.CrossSection.union(filled.map(enter)))));
    },
    difference(body, tool) {
      if (isEmpty(body)) return NO_OUTLINES;
      return run(() => leave(isEmpty(tool) ? enter(body) : keep(enter(body).subtract(enter(tool)))));
    },
    intersection(a, b) {
      if (isEmpty(a) || isEmpty(b)) return NO_OUTLINES;
      return run(() => leave(keep(enter(a).intersect(enter(b)))));
    },
    offsets(region, byMm, corners) {
      if (isEmpty(region)) return byMm.map(() => NO_OUTLINES);
      return run(() => {
        let body = enter(region);
        let at = 0;
        return byMm.map((to) => {
          if (to !== at) body = keep(offsetOf(body, to - at, corners));
          at = to;
          return leave(body);
        });
      });
    },
    pieces(region) {
      if (isEmpty(region)) return [];
      return run(() =>
        enter(region)
          .decompose()
          .map((piece) => leave(keep(piece))),
      );
    },
  };
}

const isEmpty = (o: Outlines): boolean => o.points.length === 0;

function offsetOf(body: CrossSection, byMm: number, corners: 'sharp' | 'round'): CrossSection {
  if (corners === 'sharp') return body.offset(byMm, 'Miter', 2);
  const sides = Math.max(8, Math.ceil(Math.PI / Math.acos(Math.max(0, 1 - ROUND_MM / Math.abs(byMm)))));
  return body.offset(byMm, 'Round', 2, sides);
}

function polygonsOf({ points: p, start }: Outlines): SimplePolygon[] {
  const out: SimplePolygon[] = [];
  for (let loop = 0; loop + 1 < start.length; loop++) {
    const polygon: SimplePolygon = [];
    for (let i = start[loop]; i < start[loop + 1]; i++) polygon.push([p[2 * i], p[2 * i + 1]]);
    out.push(polygon);
  }
  return out;
}

function leave(section: CrossSection): Outlines {
  const loops = section.toPolygons() as [number, number][][];
  const start = new Uint32Array(loops.length + 1);
  for (let i = 0; i < loops.length; i++) start[i + 1] = start[i] + loops[i].length;
  const points = new Float64Array(2 * start[loops.length]);
  let at = 0;
  for (const loop of loops)
    for (const point of loop) {
      points[at++] = point[0];
      points[at++] = point[1];
    }
  return { points, start };
}
