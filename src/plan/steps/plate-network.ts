import type { Vec3 } from '../../base/index.ts';
import { brimLine, type PlateNetwork, zoneKind } from '../../design/index.ts';
import { distance } from '../../math/index.ts';
import type { PelvicBrim } from '../../measure/index.ts';
import type { Bvh } from '../../mesh/index.ts';
import type { DrawnPlate } from '../case/acetabulum.ts';
import type { ScrewPlan } from './screw-plan.ts';

/** Points of the main arm, mm apart. */
const EVERY_MM = 8;
/** The plate goes on beyond its last screws by this, mm. */
const BEYOND_MM = 7;
/** Half the base of the triangle over the quadrilateral surface, mm. */
const BASE_MM = 16;

/** As drawn in the case. */
export function drawnNetwork({ points, arms, panels = [] }: DrawnPlate): PlateNetwork {
  return {
    points: Object.entries(points).map(([id, at]) => ({ id, at })),
    arms: arms.map((chain, i) => ({ id: `arm ${i + 1}`, points: chain })),
    panels: panels.map((chain, i) => ({ id: `panel ${i + 1}`, points: chain })),
  };
}

/**
 * The plate of the anterior approaches: an arm along the terminal line that reaches all screws there, and, where screws go
 * through the quadrilateral surface, two crosspieces from it to each group of those, with the triangle between them. Screws
 * that a person wants are of one or the other by where they enter.
 * @returns nothing where the brim has too few screws, or a screw is somewhere else
 */
export function brimNetwork(bone: Bvh, brim: PelvicBrim, screws: readonly ScrewPlan[]): PlateNetwork | null {
  const line = brimLine(bone, brim);
  const stepMm = brim.lengthMm / (line.length - 1);
  const stations = screws.map((screw) => {
    const kind = screw.kind === 'wanted' ? zoneKind(brim, line, screw.entryMm) : screw.kind;
    return { screw, kind, at: nearest(line, screw.entryMm) };
  });
  const onBrim = stations.filter(({ kind }) => kind !== 'wall').map(({ at }) => at);
  if (onBrim.length < 2 || stations.some(({ kind }) => !kind)) return null;
  const beyond = Math.round(BEYOND_MM / stepMm);
  const first = Math.max(0, Math.min(...onBrim) - beyond);
  const last = Math.min(line.length - 1, Math.max(...onBrim) + beyond);
  const count = Math.max(2, Math.round(((last - first) * stepMm) / EVERY_MM));
  const at = (i: number) => Math.round(first + ((last - first) * i) / count);
  const main = Array.from({ length: count + 1 }, (_, i) => ({ id: `brim-${i + 1}`, at: line[at(i)] }));
  const walls = stations
    .filter(({ kind }) => kind === 'wall')
    .sort((a, b) => a.at - b.at)
    .map(({ screw, at: station }) => ({ id: `wall-${screw.id}`, at: screw.entryMm, station }));
  const arms = [{ id: 'terminal line', points: main.map((p) => p.id) }];
  const panels: { id: string; points: string[] }[] = [];
  if (walls.length > 0) {
    const half = BASE_MM / stepMm;
    const [a, b] = [walls[0].station - half, walls[walls.length - 1].station + half].map(
      (s) => main[Math.min(count, Math.max(0, Math.round(((s - first) * count) / (last - first))))].id,
    );
    arms.push({ id: 'crosspieces', points: [a, ...walls.map((w) => w.id), b] });
    const from = main.findIndex((p) => p.id === a);
    const to = main.findIndex((p) => p.id === b);
    const base = main.slice(from, to + 1).map((p) => p.id);
    if (base.length > 1)
      panels.push({ id: 'quadrilateral surface', points: [...base, ...walls.map((w) => w.id).reverse()] });
  }
  return { points: [...main, ...walls.map(({ id, at: p }) => ({ id, at: p }))], arms, panels };
}

function nearest(line: readonly Vec3[], p: Vec3): number {
  let best = 0;
  for (let i = 1; i < line.length; i++) if (distance(line[i], p) < distance(line[best], p)) best = i;
  return best;
}
