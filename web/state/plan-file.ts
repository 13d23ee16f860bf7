import type { LpsTransform, Vec3 } from '../../src/base/index.ts';
import type { PlacedScrew } from '../../src/plan/index.ts';
import { api, need, objectBytes } from './api.ts';

/** What the planner takes from the plan of the last run, beside its surfaces. */
export interface PlanFile {
  /** Tibia and fibula once the joint has its height back: drawn where they are scanned. */
  readonly planned: ReadonlyMap<string, LpsTransform>;
  /** Fragments from the scan to the reduced bone: drawn reduced. */
  readonly reduced: ReadonlyMap<string, LpsTransform>;
  /** Screws as they were found or taken over. */
  readonly screws: readonly PlacedScrew[];
  /** The ball of the joint, reduced. */
  readonly joint: { readonly centreMm: Vec3; readonly radiusMm: number } | null;
}
export const NO_PLAN: PlanFile = { planned: new Map(), reduced: new Map(), screws: [], joint: null };

interface Written {
  readonly affectedSide?: string;
  readonly transforms?: {
    readonly restoredFromAffected?: readonly number[];
    readonly reducedFromImaged?: Readonly<Record<string, readonly number[]>>;
  };
  readonly screws?: readonly {
    readonly id: string;
    readonly screw: { readonly name: string };
    readonly entryMm: Vec3;
    readonly direction: Vec3;
    readonly lengthMm: number;
  }[];
  readonly acetabulum?: { readonly centreMm: Vec3; readonly radiusMm: number };
}

export async function loadPlan(caseId: string): Promise<PlanFile> {
  const list = await need(api.GET('/cases/{case}/artefacts', { params: { path: { case: caseId }, query: {} } }));
  const row = list.find((a) => a.path === 'out/plan.json');
  if (!row) return NO_PLAN;
  const text = new TextDecoder().decode(await objectBytes(caseId, row.sha256));
  const { affectedSide, transforms = {}, screws = [], acetabulum } = JSON.parse(text) as Written;
  const shanks = ['tibia', 'fibula'].map(
    (bone) => [`${affectedSide}-${bone}`, transforms.restoredFromAffected] as const,
  );
  return {
    planned: poses(shanks),
    reduced: poses(Object.entries(transforms.reducedFromImaged ?? {})),
    screws: screws.map(({ id, screw, entryMm, direction, lengthMm }) => {
      return { id, screw: screw.name, entryMm, direction, lengthMm: Math.round(10 * lengthMm) / 10, target: 'bone' };
    }),
    joint: acetabulum ? { centreMm: acetabulum.centreMm, radiusMm: acetabulum.radiusMm } : null,
  };
}

const poses = (list: readonly (readonly [string, readonly number[] | undefined])[]): Map<string, LpsTransform> =>
  new Map(
    list.flatMap(([name, n]): [string, LpsTransform][] =>
      n && n.length >= 12 ? [[name, { from: 'lps', to: 'lps', m: n.slice(0, 12) }]] : [],
    ),
  );
