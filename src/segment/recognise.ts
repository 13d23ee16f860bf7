import type { Side } from '../base/index.ts';
import type { BoneName } from './anatomy.ts';
import { type Merge, mergeRegions, Neighbours } from './merging.ts';
import { liesAmongBones, type NamedFoot, nameFeet } from './naming.ts';
import type { Face } from './regions.ts';
import type { Pieces } from './separate.ts';
import { type Moments, type Shape, shapesOf } from './shapes.ts';

/** Pieces put together to bones, and their names. */
export interface Recognised {
  /** Group of each piece: the smallest piece in it. */
  readonly groups: Int32Array;
  readonly feet: readonly NamedFoot[];
  /** Pieces of bone that have no name. */
  readonly others: readonly Shape[];
}

/**
 * Little of a face within a bone is joint gap, most of one between bones, but no one part tells them apart in every scan:
 * too low and bones stay in pieces, too high and two become one. So names are looked for at each of these, and the best
 * explanation counts.
 */
const LIMITS = [0.15, 0.2, 0.25, 0.3];
/** The lowest limit keeps most apart; a higher one must explain this much more. */
const BETTER = 8;
/** Two pieces of different names stay apart whatever is between them; others may join up to this. */
const LAST_LIMIT = 0.25;
/** All is less than this: no limit but that two names stay apart. */
const PIECE_LIMIT = 2;

/** @cost milliseconds for the merging, 0.1 to 0.5 s for each naming */
export function recognise({ faces, count, moments }: Pick<Pieces, 'faces' | 'count' | 'moments'>): Recognised {
  let best: { groups: Int32Array; feet: readonly NamedFoot[]; gain: number } | undefined;
  for (const gapLimit of LIMITS) {
    const groups = grouped(mergeRegions(new Neighbours(copyOf(faces), count), count, { gapLimit }), count);
    const feet = nameFeet(shapesOf(moments, groups));
    const gain = feet.reduce((s, f) => s + f.gain, 0);
    if (gain > (best ? best.gain + BETTER : -1)) best = { groups, feet, gain };
  }
  const { groups, feet } = best!;
  const joined = joinNamed(faces, count, moments, groups, feet);
  // With whole bones the names are surer, and what was missed may be found.
  const again = nameFeet(shapesOf(moments, joined));
  const isBetter = again.reduce((s, f) => s + f.gain, 0) > best!.gain;
  const last = isBetter ? again : feet.map((f) => withRegions(f, joined));
  const named = new Set(last.flatMap((f) => [...f.regions.values()]));
  const others = shapesOf(moments, joined).filter((s) => !named.has(s.region));
  return { groups: joined, feet: last, others };
}

/** Names as numbers of groups that have changed since. */
function withRegions(foot: NamedFoot, groups: Int32Array): NamedFoot {
  return { ...foot, regions: new Map([...foot.regions].map(([bone, r]) => [bone, groups[r]])) };
}

function grouped(merges: readonly Merge[], count: number): Int32Array {
  const into = Int32Array.from({ length: count + 1 }, (_, i) => i);
  for (const { a, b } of merges) into[b] = a;
  // A survivor is the smaller number, so its own target is final by the time it is asked.
  for (let i = 1; i <= count; i++) into[i] = into[into[i]];
  return into;
}

/** Faces between groups are those between their pieces, added up. */
function facesBetween(faces: readonly Face[], groups: Int32Array): Face[] {
  const out = new Map<number, Face>();
  for (const f of faces) {
    const [a, b] = groups[f.a] < groups[f.b] ? [groups[f.a], groups[f.b]] : [groups[f.b], groups[f.a]];
    if (a === b) continue;
    const key = a * groups.length + b;
    const sum = out.get(key);
    if (!sum) out.set(key, { a, b, areaMm2: f.areaMm2, gapMm2: f.gapMm2 });
    else {
      sum.areaMm2 += f.areaMm2;
      sum.gapMm2 += f.gapMm2;
    }
  }
  return [...out.values()];
}

const copyOf = (faces: readonly Face[]): Face[] => faces.map((f) => ({ ...f }));

function joinNamed(
  faces: readonly Face[],
  count: number,
  moments: Moments,
  start: Int32Array,
  feet: readonly NamedFoot[],
): Int32Array {
  const nameOf = new Map<number, `${Side}-${BoneName}`>();
  for (const { side, regions } of feet) for (const [bone, r] of regions) nameOf.set(r, `${side}-${bone}`);
  const step = (groups: Int32Array, gapLimit: number, mayMerge: (a: number, b: number) => boolean) => {
    const merges = mergeRegions(new Neighbours(facesBetween(faces, groups), count), count, {
      gapLimit,
      mayMerge,
      onMerge: ({ a, b }) => {
        const name = nameOf.get(a) ?? nameOf.get(b);
        if (name) nameOf.set(a, name);
        nameOf.delete(b);
      },
    });
    const into = grouped(merges, count);
    return groups.map((g) => into[g]);
  };
  const whole = step(start, LAST_LIMIT, (a, b) => !nameOf.has(a) || !nameOf.has(b) || nameOf.get(a) === nameOf.get(b));
  // What is left without a name and lies among the bones of a foot is a piece of one of them: of the one it is least
  // walled from. Only the toes have bones of their own.
  const shapes = new Map(shapesOf(moments, whole).map((s) => [s.region, s]));
  const isPiece = (g: number) => !nameOf.has(g) && feet.some((f) => liesAmongBones(f, shapes.get(g)));
  return step(whole, PIECE_LIMIT, (a, b) => (nameOf.has(a) && isPiece(b)) || (nameOf.has(b) && isPiece(a)));
}
