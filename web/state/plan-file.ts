import type { LpsTransform, Vec3 } from '../../src/base/index.ts';
import { compose, invert } from '../../src/math/index.ts';
import type { PlacedScrew } from '../../src/plan/index.ts';
import type { FractureFacts } from '../work/live.ts';
import { api, need, objectBytes } from './api.ts';

/** What the planner takes from the plan of the last run, beside its surfaces. */
export interface PlanFile {
  /** Tibia and fibula once the joint has its height back: drawn where they are scanned. */
  readonly planned: ReadonlyMap<string, LpsTransform>;
  /** Fragments from the scan to the reduced bone: drawn reduced. */
  readonly reduced: ReadonlyMap<string, LpsTransform>;
  /** Screws as they were found or taken over. */
  readonly screws: readonly PlacedScrew[];
  /** The broken socket with its joint, reduced. */
  readonly fracture: FractureFacts | null;
}
export const NO_PLAN: PlanFile = { planned: new Map(), reduced: new Map(), screws: [], fracture: null };

interface Written {
  readonly affectedSide?: string;
  readonly transforms?: {
    readonly restoredFromAffected?: readonly number[];
    readonly templateFromHealthy?: readonly number[];
    readonly reducedFromImaged?: Readonly<Record<string, readonly number[]>>;
    readonly foundFromImaged?: Readonly<Record<string, readonly number[]>>;
  };
  readonly screws?: readonly {
    readonly id: string;
    readonly screw: { readonly name: string };
    readonly entryMm: Vec3;
    readonly direction: Vec3;
    readonly lengthMm: number;
  }[];
  readonly acetabulum?: { readonly centreMm: Vec3; readonly radiusMm: number; readonly headRadiusMm?: number };
}

export async function loadPlan(caseId: string): Promise<PlanFile> {
  const list = await need(api.GET('/cases/{case}/artefacts', { params: { path: { case: caseId }, query: {} } }));
  const row = list.find((a) => a.path === 'out/plan.json');
  if (!row) return NO_PLAN;
  const text = new TextDecoder().decode(await objectBytes(caseId, row.sha256));
  const written = JSON.parse(text) as Written;
  const { affectedSide, transforms = {}, screws = [] } = written;
  const shanks = ['tibia', 'fibula'].map(
    (bone) => [`${affectedSide}-${bone}`, transforms.restoredFromAffected] as const,
  );
  return {
    planned: poses(shanks),
    reduced: poses(Object.entries(transforms.reducedFromImaged ?? {})),
    screws: screws.map(({ id, screw, entryMm, direction, lengthMm }) => {
      return { id, screw: screw.name, entryMm, direction, lengthMm: Math.round(10 * lengthMm) / 10, target: 'bone' };
    }),
    fracture: fractureOf(written),
  };
}

/** What live gap and step-off rest on, where all its surfaces are here. */
export function brokenSocket({ fracture }: PlanFile, bodies: ReadonlyMap<string, unknown>): FractureFacts | null {
  const whole = fracture && [fracture.healthy, ...fracture.pieces.map((p) => p.id)];
  return whole?.every((id) => bodies.has(id)) ? fracture : null;
}

function fractureOf({ affectedSide, transforms = {}, acetabulum }: Written): FractureFacts | null {
  const { templateFromHealthy, reducedFromImaged, foundFromImaged = reducedFromImaged } = transforms;
  if (!templateFromHealthy || !reducedFromImaged || !foundFromImaged || !acetabulum) return null;
  const { centreMm, radiusMm, headRadiusMm } = acetabulum;
  const pose = (m: readonly number[]): LpsTransform => ({ from: 'lps', to: 'lps', m: m.slice(0, 12) });
  return {
    pieces: Object.entries(reducedFromImaged).map(([id, m]) => ({
      id,
      foundFromDrawn: compose(pose(foundFromImaged[id] ?? m), invert(pose(m))),
    })),
    healthy: `${affectedSide === 'left' ? 'right' : 'left'}-hip-bone`,
    templateFromHealthy: pose(templateFromHealthy),
    joint: { centreMm, radiusMm },
    head: headRadiusMm === undefined ? null : { centreMm, radiusMm: headRadiusMm },
  };
}

const poses = (list: readonly (readonly [string, readonly number[] | undefined])[]): Map<string, LpsTransform> =>
  new Map(
    list.flatMap(([name, n]): [string, LpsTransform][] =>
      n && n.length >= 12 ? [[name, { from: 'lps', to: 'lps', m: n.slice(0, 12) }]] : [],
    ),
  );
