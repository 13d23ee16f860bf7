import { OsteonError, type Vec3 } from '../base/index.ts';
import { screwType } from '../design/index.ts';

/**
 * What a person placed beside the bones in the planner: the `planned` section of an edits file. Decisions only, points in
 * LPS mm; what follows from them is computed.
 */
export interface Planned {
  readonly screws: readonly PlacedScrew[];
  readonly plates: readonly PlateLine[];
  readonly cuts: readonly CutPlane[];
  readonly measurements: readonly Measurement[];
}
export const NOTHING_PLANNED: Planned = { screws: [], plates: [], cuts: [], measurements: [] };

/** A screw of the library on its axis. */
export interface PlacedScrew {
  readonly id: string;
  /** Name in the library: `cortical-3.5`. */
  readonly screw: string;
  /** Where the axis enters bone. */
  readonly entryMm: Vec3;
  /** Unit, into bone. */
  readonly direction: Vec3;
  readonly lengthMm: number;
  /** The bone its tip holds. */
  readonly target: string;
}

/** The middle of a plate, drawn on a bone. */
export interface PlateLine {
  readonly id: string;
  readonly bone: string;
  readonly points: readonly Vec3[];
  readonly widthMm: number;
}

/** Where a bone is to be cut. */
export interface CutPlane {
  readonly id: string;
  readonly bone: string;
  readonly point: Vec3;
  /** Unit, towards what is taken away. */
  readonly normal: Vec3;
}

/** Two points: a distance. Three: the angle at the second. One with a radius: grey values in a ball. */
export interface Measurement {
  readonly id: string;
  readonly kind: 'distance' | 'angle' | 'hu';
  readonly points: readonly Vec3[];
  readonly radiusMm?: number;
}

const MOST = 500;
type Fields = Readonly<Record<string, unknown>>;

/** Checks the section to the last key. @throws segment.edit naming the entry; param.unknown for a screw */
export function parsePlanned(json: unknown): Planned {
  if (json === undefined || json === null) return NOTHING_PLANNED;
  const file = fieldsOf(json, 'planned', ['screws', 'plates', 'cuts', 'measurements']);
  const each = <T>(key: string, keys: readonly string[], read: (f: Fields, where: string) => T): T[] => {
    const list = file[key] ?? [];
    if (!Array.isArray(list) || list.length > MOST) throw refuse(key, `a list of at most ${MOST}`);
    const ids = new Set<unknown>();
    return list.map((item, i) => {
      const where = `${key} ${i + 1}`;
      const f = fieldsOf(item, where, keys);
      if (ids.has(f.id)) throw refuse(where, 'each id once');
      ids.add(f.id);
      return read(f, where);
    });
  };
  return {
    screws: each('screws', ['id', 'screw', 'entryMm', 'direction', 'lengthMm', 'target'], (f, where) => ({
      id: nameOf(f.id, 'id', where),
      screw: screwType(nameOf(f.screw, 'screw', where)).name,
      entryMm: pointOf(f.entryMm, where),
      direction: unitOf(f.direction, where),
      lengthMm: numberOf(f.lengthMm, 'lengthMm', 1, 300, where),
      target: nameOf(f.target, 'target', where),
    })),
    plates: each('plates', ['id', 'bone', 'points', 'widthMm'], (f, where) => ({
      id: nameOf(f.id, 'id', where),
      bone: nameOf(f.bone, 'bone', where),
      points: pointsOf(f.points, 2, 1000, where),
      widthMm: numberOf(f.widthMm, 'widthMm', 1, 100, where),
    })),
    cuts: each('cuts', ['id', 'bone', 'point', 'normal'], (f, where) => ({
      id: nameOf(f.id, 'id', where),
      bone: nameOf(f.bone, 'bone', where),
      point: pointOf(f.point, where),
      normal: unitOf(f.normal, where),
    })),
    measurements: each('measurements', ['id', 'kind', 'points', 'radiusMm'], measurementOf),
  };
}

const POINTS: Readonly<Record<Measurement['kind'], number>> = { distance: 2, angle: 3, hu: 1 };

function measurementOf(f: Fields, where: string): Measurement {
  const kind = f.kind as Measurement['kind'];
  if (!Object.hasOwn(POINTS, String(kind))) throw refuse(where, 'kind is distance, angle or hu');
  const n = POINTS[kind];
  return {
    id: nameOf(f.id, 'id', where),
    kind,
    points: pointsOf(f.points, n, n, where),
    ...(kind === 'hu' && { radiusMm: numberOf(f.radiusMm, 'radiusMm', 0.1, 50, where) }),
  };
}

const refuse = (where: string, why: string): OsteonError => new OsteonError('segment.edit', { where, why });

function fieldsOf(json: unknown, where: string, keys: readonly string[]): Fields {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw refuse(where, 'not an object');
  for (const key of Object.keys(json)) if (!keys.includes(key)) throw refuse(where, `unknown key ${key.slice(0, 60)}`);
  return json as Fields;
}

function nameOf(x: unknown, key: string, where: string): string {
  if (typeof x !== 'string' || !/^[\p{L}\p{N} ._-]{1,60}$/u.test(x)) throw refuse(where, `${key} is a short name`);
  return x;
}

function numberOf(x: unknown, key: string, min: number, max: number, where: string): number {
  if (typeof x !== 'number' || !(x >= min && x <= max)) throw refuse(where, `${key} lies between ${min} and ${max}`);
  return x;
}

function pointOf(x: unknown, where: string): Vec3 {
  if (!Array.isArray(x) || x.length !== 3 || !x.every((v) => typeof v === 'number' && Math.abs(v) < 1e5))
    throw refuse(where, 'a point is three numbers, LPS mm');
  return [x[0], x[1], x[2]];
}

function pointsOf(x: unknown, min: number, max: number, where: string): Vec3[] {
  if (!Array.isArray(x) || x.length < min || x.length > max)
    throw refuse(where, `points: ${min === max ? min : `${min} to ${max}`} of them`);
  return x.map((p) => pointOf(p, where));
}

function unitOf(x: unknown, where: string): Vec3 {
  const d = pointOf(x, where);
  if (Math.abs(Math.hypot(...d) - 1) > 1e-6) throw refuse(where, 'a direction has length 1');
  return d;
}
