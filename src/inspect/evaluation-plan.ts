import { type LpsTransform, OsteonError, type Side, type Vec3 } from '../base/index.ts';
import { determinant, norm, unit } from '../math/index.ts';

/** What an operation is held against: the part of a plan that evaluation needs. LPS mm, bones as scanned before. */
export interface SurgeryPlan {
  readonly caseId: string;
  readonly affectedSide: Side;
  /** Names of the bones that did not move and whose surfaces the scan after surgery is matched by. */
  readonly still: readonly string[];
  readonly fragments: readonly { readonly name: string; readonly reducedFromImaged: LpsTransform }[];
  /** Which fragment did not move. */
  readonly intact: string;
  /** The healthy hip bone, and where its mirror image lies on the reduced bone. Absent where the plan does not say. */
  readonly healthy?: { readonly name: string; readonly templateFromHealthy: LpsTransform };
  /** Path of the mesh of each bone in the plan's folder. */
  readonly files: Readonly<Record<string, string>>;
  /** Level at which each bone's surface was taken, HU. */
  readonly levelHu: Readonly<Record<string, number>>;
  /** Sphere of the joint. */
  readonly joint: { readonly centreMm: Vec3; readonly radiusMm: number };
  readonly screws: readonly PlannedScrewFacts[];
}

/** A planned screw on the reduced bone. */
export interface PlannedScrewFacts {
  readonly id: string;
  /** Where it enters bone. */
  readonly entryMm: Vec3;
  /** Unit, into bone. */
  readonly direction: Vec3;
  /** As stocked, from the top of the head to the tip. */
  readonly lengthMm: number;
  /** How much of that stays out of bone: head, plate and the gap below it. */
  readonly outsideMm: number;
  readonly diameterMm: number;
  readonly target: string;
}

/** Where the document does not say at what level a surface was taken: between cortex and soft tissue. */
const USUAL_LEVEL_HU = 500;

/** `plan.json` of a case of a broken acetabulum. @throws inspect.plan */
export function parseSurgeryPlan(document: unknown): SurgeryPlan {
  const plan = record(document, 'plan.json');
  if (plan.procedure !== 'acetabular-fracture')
    throw refused(`procedure ${String(plan.procedure)}`, 'Give the folder of a case of procedure acetabular-fracture');
  const affectedSide = plan.affectedSide === 'left' || plan.affectedSide === 'right' ? plan.affectedSide : undefined;
  if (!affectedSide) throw refused('affectedSide');
  const intact = text(plan.intact, 'intact');
  const transforms = record(plan.transforms, 'transforms');
  const poses = record(transforms.reducedFromImaged, 'transforms.reducedFromImaged');
  const fragments = Object.entries(poses).map(([name, m]) => ({ name, reducedFromImaged: motion(m, name) }));
  if (!fragments.some((f) => f.name === intact)) throw refused('the intact fragment has no pose');
  const bones = list(plan.bones, 'bones').map((b) => record(b, 'bones'));
  const files: Record<string, string> = {};
  const levelHu: Record<string, number> = {};
  for (const b of bones) {
    const name = text(b.name, 'bones.name');
    files[name] = text(b.file, `file of ${name}`);
    const level = typeof b.levelHu === 'object' && b.levelHu !== null ? (b.levelHu as { median?: unknown }).median : 0;
    levelHu[name] = typeof level === 'number' && level > 0 ? level : USUAL_LEVEL_HU;
  }
  for (const { name } of fragments) if (!files[name]) throw refused(`no bone named ${name}`);
  const healthy = `${affectedSide === 'left' ? 'right' : 'left'}-hip-bone`;
  const joint = record(plan.acetabulum, 'acetabulum');
  return {
    caseId: typeof plan.case === 'string' ? plan.case : '',
    affectedSide,
    still: [intact, healthy, 'sacrum'].filter((name) => files[name]),
    fragments,
    intact,
    ...(files[healthy] &&
      transforms.templateFromHealthy !== undefined && {
        healthy: { name: healthy, templateFromHealthy: motion(transforms.templateFromHealthy, healthy, -1) },
      }),
    files,
    levelHu,
    joint: { centreMm: point(joint.centreMm, 'acetabulum.centreMm'), radiusMm: number(joint.radiusMm, 'radiusMm') },
    screws: list(plan.screws ?? [], 'screws').map((s) => screwOf(record(s, 'screws'))),
  };
}

function screwOf(s: Readonly<Record<string, unknown>>): PlannedScrewFacts {
  const id = text(s.id, 'screws.id');
  const direction = point(s.direction, `direction of screw ${id}`);
  if (!(Math.abs(norm(direction) - 1) < 0.01)) throw refused(`direction of screw ${id}`);
  const kind = typeof s.screw === 'object' && s.screw !== null ? (s.screw as Readonly<Record<string, unknown>>) : s;
  const inBoneMm = number(s.lengthMm, `length of screw ${id}`);
  const lengthMm = number(s.stockMm ?? s.lengthMm, `length of screw ${id}`);
  return {
    id,
    entryMm: point(s.entryMm, `entry of screw ${id}`),
    direction: unit(direction),
    lengthMm,
    outsideMm: Math.max(0, lengthMm - inBoneMm),
    diameterMm: number(kind.diameterMm, `diameter of screw ${id}`),
    target: typeof s.target === 'string' ? s.target : '',
  };
}

const refused = (what: string, hint = 'Use the output folder of osteon run as it was written'): OsteonError =>
  new OsteonError('inspect.plan', { what }, hint);

function record(x: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof x !== 'object' || x === null || Array.isArray(x)) throw refused(what);
  return x as Readonly<Record<string, unknown>>;
}
function list(x: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(x)) throw refused(what);
  return x;
}
function text(x: unknown, what: string): string {
  if (typeof x !== 'string' || x === '') throw refused(what);
  return x;
}
function number(x: unknown, what: string): number {
  if (typeof x !== 'number' || !Number.isFinite(x) || x <= 0) throw refused(what);
  return x;
}
function point(x: unknown, what: string): Vec3 {
  const p = list(x, what);
  if (p.length !== 3 || !p.every((v) => typeof v === 'number' && Number.isFinite(v))) throw refused(what);
  return [p[0] as number, p[1] as number, p[2] as number];
}

/** A rigid motion, or a mirror image with `sign` −1, as 16 numbers, row by row. */
function motion(x: unknown, what: string, sign = 1): LpsTransform {
  const m = list(x, what) as number[];
  if (m.length !== 16 || !m.every((v) => Number.isFinite(v))) throw refused(`pose of ${what}`);
  const t: LpsTransform = { from: 'lps', to: 'lps', m: m.slice(0, 12) };
  if (!(Math.abs(determinant(t) - sign) < 1e-3)) throw refused(`pose of ${what} is no motion`);
  return t;
}
