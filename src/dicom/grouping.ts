import { dot } from '../math/index.ts';
import type { Instance, Mark, Plane } from './instance.ts';
import { measureStack, normalOf } from './stack.ts';

/** One plane with the file it came from. */
export interface PlaneOfFile {
  readonly instance: Instance;
  readonly plane: Plane;
}

export type Group = readonly PlaneOfFile[];

/** Tried in this order where planes of one series share a place or lie unevenly. */
const MARKS: readonly Mark[] = ['thickness', 'stack', 'acquisition', 'temporal', 'echo', 'imageType', 'time'];

/** Same series, size, pixel, direction, kernel, frame of reference and kind of image: may be one stack. */
function belongTogether(a: PlaneOfFile, b: PlaneOfFile): boolean {
  const [p, q] = [a.plane.placement, b.plane.placement];
  if (a.instance.seriesInstanceUid !== b.instance.seriesInstanceUid || !p !== !q) return false;
  const [f, g] = [a.plane.pixels, b.plane.pixels];
  if (f.columns !== g.columns || f.rows !== g.rows || f.samplesPerPixel !== g.samplesPerPixel) return false;
  if (a.instance.kernel !== b.instance.kernel || a.instance.sopClassUid !== b.instance.sopClassUid) return false;
  if (a.instance.frameOfReferenceUid !== b.instance.frameOfReferenceUid) return false;
  if (kindOf(a.plane) !== kindOf(b.plane)) return false;
  if (!p || !q) return true;
  if (Math.abs(p.pixelMm[0] - q.pixelMm[0]) > 1e-5 || Math.abs(p.pixelMm[1] - q.pixelMm[1]) > 1e-5) return false;
  // 1e-7 is 0.026°; directions are written with six digits.
  return dot(p.rowDirection, q.rowDirection) > 1 - 1e-7 && dot(p.columnDirection, q.columnDirection) > 1 - 1e-7;
}

/** The first three values of ImageType: origin, use, and axial or localizer. */
const kindOf = (p: Plane) => p.marks.imageType.split('\\').slice(0, 3).join('\\');

/**
 * Planes put into stacks. Independent of the order of the files.
 * @cost O(planes × stacks)
 */
export function groupPlanes(instances: readonly Instance[]): Group[] {
  const groups: PlaneOfFile[][] = [];
  const ofSeries = new Map<string, PlaneOfFile[][]>();
  for (const instance of instances)
    for (const plane of instance.planes) {
      const one = { instance, plane };
      const mine = ofSeries.get(instance.seriesInstanceUid) ?? [];
      ofSeries.set(instance.seriesInstanceUid, mine);
      const home = mine.find((g) => belongTogether(g[0], one));
      if (home) home.push(one);
      else {
        const fresh = [one];
        mine.push(fresh);
        groups.push(fresh);
      }
    }
  return groups.map(sortAlongNormal).flatMap(splitMixed);
}

/** Along the normal of the first plane; planes at one place by instance number, then by UID, frame and file name. */
function sortAlongNormal(group: Group): Group {
  const first = group[0].plane.placement;
  if (!first) return group;
  const n = normalOf(first);
  const height = new Map(group.map((g) => [g, dot(g.plane.placement!.positionMm, n)]));
  return [...group].sort((a, b) => height.get(a)! - height.get(b)! || tieOrder(a, b));
}

function tieOrder(a: PlaneOfFile, b: PlaneOfFile): number {
  const text = (x: string, y: string) => (x < y ? -1 : x > y ? 1 : 0);
  return (
    (a.instance.instanceNumber ?? 0) - (b.instance.instanceNumber ?? 0) ||
    text(a.instance.sopInstanceUid, b.instance.sopInstanceUid) ||
    a.plane.frame - b.plane.frame ||
    text(a.instance.name, b.instance.name)
  );
}

/**
 * One series UID may hold two reconstructions or phases. Where planes share a place or lie unevenly, and one attribute
 * divides them into stacks that are each clean, it does so; otherwise the group stays whole and its findings tell why.
 */
function splitMixed(group: Group): Group[] {
  if (!group[0].plane.placement || group.length < 6 || isClean(group)) return [group];
  for (const mark of MARKS) {
    const parts = new Map<string, PlaneOfFile[]>();
    for (const one of group) {
      const key = one.plane.marks[mark];
      const part = parts.get(key);
      if (part) part.push(one);
      else parts.set(key, [one]);
    }
    const list = [...parts.values()];
    if (list.length > 1 && list.length <= group.length / 3 && list.every(isClean)) return list;
  }
  return [group];
}

function isClean(group: Group): boolean {
  if (group.length < 3) return false;
  const { columns, rows } = group[0].plane.pixels;
  const g = measureStack(
    group.map((o) => o.plane.placement!),
    columns,
    rows,
  );
  return g.duplicates.length === 0 && g.missing.length === 0 && g.isEven;
}
