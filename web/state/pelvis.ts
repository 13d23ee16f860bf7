import { isMap, parseDocument } from 'yaml';
import { LPS_IDENTITY, type LpsTransform, type Vec3 } from '../../src/base/index.ts';
import { apply, compose, rotation, rotationAngleRad, sub, translation } from '../../src/math/index.ts';
import { boneNamesOf, NOTHING_PLANNED, type PlacedScrew, type Planned, type PlateLine } from '../../src/plan/index.ts';
import type { BoneNames } from '../../src/segment/index.ts';
import { tipOf } from './bodies.ts';

/** In an acetabular case moves, screws and the plate stand in the case file itself: this reads and writes them there. */
export const isPelvic = (document: string): boolean => /^procedure:\s*acetabular-fracture\s*$/m.test(document);

/** The bones that edits of a case may name. */
export const namesOf = (document: string): BoneNames =>
  boneNamesOf(isPelvic(document) ? 'acetabular-fracture' : 'total-talus-replacement');

export interface Correction {
  readonly shiftMm: Vec3;
  /** Rotation vector about the fragment's own centre, degree. */
  readonly turnDeg: Vec3;
}
const STILL: Correction = { shiftMm: [0, 0, 0], turnDeg: [0, 0, 0] };

type Plain = Record<string, unknown>;
const plain = (document: string): Plain => (parseDocument(document).toJS() ?? {}) as Plain;

export function readCorrection(document: string, bone: string): Correction {
  const found = (plain(document).corrections as Record<string, Partial<Correction>> | undefined)?.[bone];
  return { ...STILL, ...found };
}

export function withCorrection(document: string, bone: string, { shiftMm, turnDeg }: Correction): string {
  const yaml = parseDocument(document);
  const still = [...shiftMm, ...turnDeg].every((v) => v === 0);
  if (still) {
    yaml.deleteIn(['corrections', bone]);
    const all = yaml.get('corrections');
    if (isMap(all) && all.items.length === 0) yaml.delete('corrections');
  } else {
    const value = yaml.createNode({ shiftMm: [...shiftMm], turnDeg: [...turnDeg] }, { flow: true });
    if (!yaml.has('corrections')) yaml.set('corrections', yaml.createNode({}));
    yaml.setIn(['corrections', bone], value);
  }
  return String(yaml);
}

/** About the centre a fragment has before the correction. */
export function motionOfCorrection({ shiftMm, turnDeg }: Correction, centre: Vec3): LpsTransform {
  const deg = Math.hypot(...turnDeg);
  const turn = deg > 0 ? rotation(turnDeg, (deg * Math.PI) / 180, centre) : LPS_IDENTITY;
  return compose(translation(shiftMm), turn);
}

/** The correction that a motion is, rounded to a micrometre and a thousandth of a degree: a case file is read by people. */
export function correctionOfMotion(motion: LpsTransform, centre: Vec3): Correction {
  const { m } = motion;
  const angle = rotationAngleRad(motion);
  const axis: Vec3 = [m[9] - m[6], m[2] - m[8], m[4] - m[1]];
  const length = Math.hypot(...axis);
  const deg = length > 1e-12 ? (angle * 180) / Math.PI / length : 0;
  return {
    shiftMm: sub(apply(motion, centre), centre).map(thousandth) as unknown as Vec3,
    turnDeg: axis.map((a) => thousandth(a * deg)) as unknown as Vec3,
  };
}
const thousandth = (v: number): number => Math.round(v * 1000) / 1000 + 0;

interface Wanted {
  readonly id?: string;
  readonly screw?: string;
  readonly entry: Vec3;
  readonly radiusMm?: number;
  readonly direction?: Vec3;
  readonly coneDeg?: number;
  readonly lengthMm?: number;
}
function wantedOf(document: string): readonly Wanted[] {
  const { screws } = plain(document);
  return Array.isArray(screws) ? (screws as Wanted[]) : [];
}
interface Drawn {
  readonly points: Readonly<Record<string, Vec3>>;
  readonly arms: readonly (readonly string[])[];
}

/** A choice is left to the program: within a zone and a cone, or as long as the corridor goes. */
const isAimed = ({ radiusMm = 4, coneDeg = 20, direction, lengthMm }: Wanted): boolean =>
  radiusMm > 0 || coneDeg > 0 || !direction || lengthMm === undefined;
const nameOf = ({ id }: Wanted, i: number): string => id ?? `${i + 1}`;

/** Screws with an axis and arms of the plate, as the planner handles them. @param beside the rest, from the edits file */
export function plannedOf(document: string, beside: Planned = NOTHING_PLANNED): Planned {
  const { plate } = plain(document);
  const placed = wantedOf(document).flatMap((s, i): PlacedScrew[] => {
    if (!s.direction) return [];
    const n = Math.hypot(...s.direction);
    const direction = s.direction.map((v) => v / n) as unknown as Vec3;
    return [
      {
        id: nameOf(s, i),
        screw: s.screw ?? 'cortical-3.5',
        entryMm: s.entry,
        direction,
        lengthMm: s.lengthMm ?? 60,
        target: 'bone',
      },
    ];
  });
  const drawn = typeof plate === 'object' && plate !== null ? (plate as Drawn) : null;
  const plates = (drawn?.arms ?? []).map(
    (arm, i): PlateLine => ({
      id: `plate-${i + 1}`,
      bone: 'bone',
      points: arm.map((n) => drawn!.points[n]),
      widthMm: 10,
    }),
  );
  return { ...beside, screws: placed, plates };
}

/**
 * The screws of a case as they lie: those that the program may settle are where the last run put them.
 * @param settled the screws of the last run
 */
export function screwsOf(document: string, settled: readonly PlacedScrew[]): readonly PlacedScrew[] {
  if (hasAutomaticScrews(document)) return settled;
  const exact = plannedOf(document).screws;
  return wantedOf(document).flatMap((s, i) => {
    const id = nameOf(s, i);
    const made = isAimed(s) ? settled.find((t) => t.id === id) : undefined;
    return made ?? exact.find((t) => t.id === id) ?? [];
  });
}

/** What is taken over from the program may settle anew within this when bone or reduction change a little, mm and degree. */
const ABOUT = { radiusMm: 2, coneDeg: 5 };

/**
 * Screws and plate as the case file writes them: what a person placed is exactly so, what is as the last run had it stays
 * the program's to settle thereabouts.
 */
export function withPlanned(
  document: string,
  { screws, plates }: Planned,
  settled: readonly PlacedScrew[] = [],
): string {
  const yaml = parseDocument(document);
  const round = (p: Vec3) => p.map(thousandth);
  const before = wantedOf(document);
  if (screws.length > 0 || before.length > 0) {
    const written = (s: PlacedScrew) => {
      const old = before.find((w, i) => nameOf(w, i) === s.id);
      const kept = settled.some((t) => t.id === s.id && JSON.stringify(t) === JSON.stringify(s));
      if (kept && old && isAimed(old)) return { ...old, id: s.id };
      const axis = { id: s.id, screw: s.screw, entry: round(s.entryMm) };
      const direction = round(sub(tipOf(s), s.entryMm));
      if (kept && !old) return { ...axis, radiusMm: ABOUT.radiusMm, direction, coneDeg: ABOUT.coneDeg };
      return { ...axis, radiusMm: 0, direction, coneDeg: 0, lengthMm: s.lengthMm };
    };
    // One that no run has settled yet is not on the screen, and stays as it is written.
    const unseen = before.filter((w, i) => !w.direction && !settled.some((t) => t.id === nameOf(w, i)));
    const list = [...unseen, ...screws.map(written)];
    yaml.set('screws', list.length > 0 ? yaml.createNode(list, { flow: true }) : 'none');
  }
  const points: Record<string, number[]> = {};
  const arms = plates.map((plate, i) =>
    plate.points.map((p, k) => {
      const name = `p${i + 1}-${k + 1}`;
      points[name] = round(p);
      return name;
    }),
  );
  if (arms.length > 0) yaml.set('plate', yaml.createNode({ points, arms }, { flow: true }));
  else if (plannedOf(document).plates.length > 0) yaml.delete('plate');
  return String(yaml);
}

/** Screws are the program's to choose where the case says nothing of them. */
export function hasAutomaticScrews(document: string): boolean {
  const { screws = 'automatic' } = plain(document);
  return screws === 'automatic';
}

/** The two keys as they stand in the case file. */
export function plannedKeys(document: string): Readonly<Record<string, unknown>> {
  const { screws = null, plate = null } = plain(document);
  return { screws, plate };
}

/** Points that help to find bones. */
export const readPoints = (document: string): Readonly<Record<string, Vec3>> =>
  (plain(document).bones ?? {}) as Record<string, Vec3>;

export function withPoint(document: string, bone: string, p: Vec3 | null): string {
  const yaml = parseDocument(document);
  if (p) {
    if (!yaml.has('bones')) yaml.set('bones', yaml.createNode({}));
    yaml.setIn(['bones', bone], yaml.createNode([...p], { flow: true }));
  } else {
    yaml.deleteIn(['bones', bone]);
    const all = yaml.get('bones');
    if (isMap(all) && all.items.length === 0) yaml.delete('bones');
  }
  return String(yaml);
}
