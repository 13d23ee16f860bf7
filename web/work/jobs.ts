import type { LpsTransform, Vec3 } from '../../src/base/index.ts';
import type { ScrewReading } from '../../src/measure/index.ts';
import type { Grid, VoxelBox } from '../../src/volume/index.ts';
import type { FractureFacts, LiveAnswer, LiveQuestion, ScrewQuestion } from './live.ts';

/** What the worker does for the page: names, questions and answers. Heavy values go over without a copy. */
export interface Surface {
  readonly positions: Float64Array;
  readonly triangles: Uint32Array;
}

export interface FieldValues {
  readonly values: Float32Array;
  readonly lo: number;
  readonly hi: number;
  readonly unit: string;
  readonly map: 'viridis' | 'diverging' | 'clearance';
  readonly summary: Readonly<Record<string, number>>;
}

/** Every job: question, answer. */
export interface Jobs {
  scan: [{ grid: Grid; hu: Int16Array; labels: Uint8Array }, null];
  /** Voxels of a box, where page and worker cannot share memory. */
  labels: [{ box: VoxelBox; data: Uint8Array }, null];
  read: [{ bytes: Uint8Array; name: string }, Surface];
  body: [{ id: string; surface: Surface }, null];
  /** A surface laid somewhere else, or its mirror image: a body of its own. */
  laid: [{ id: string; from: string; pose: LpsTransform }, null];
  surface: [{ label: number; quick: boolean }, Surface | null];
  fracture: [FractureFacts | null, null];
  ready: [null, null];
  live: [LiveQuestion, LiveAnswer];
  screw: [ScrewQuestion, ScrewReading];
  align: [
    { moving: string; fixed: string; initial?: LpsTransform; mirror: boolean },
    { pose: LpsTransform; rmsMm: number; p95Mm: number; overlap: number },
  ];
  points: [{ from: Vec3[]; to: Vec3[]; mirror: boolean }, { pose: LpsTransform; rmsMm: number }];
  thickness: [{ id: string }, FieldValues];
  fit: [{ id: string; pose: LpsTransform; others: { id: string; pose: LpsTransform }[] }, FieldValues];
  /** The field file of a part, on the body that stands for it. */
  stress: [{ id: string; bytes: Uint8Array }, FieldValues];
  deviation: [{ id: string; pose: LpsTransform; other: string; otherPose: LpsTransform }, FieldValues];
}
export type JobName = keyof Jobs;
export type Question<J extends JobName> = Jobs[J][0];
export type Answer<J extends JobName> = Jobs[J][1];

export interface Ask {
  readonly id: number;
  readonly job: JobName;
  readonly question: unknown;
  /** Any value but 0 in its first element cancels. */
  readonly cancel?: Int32Array;
}
export type Told =
  | { readonly id: number; readonly progress: number }
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: { readonly code: string; readonly message: string; readonly hint: string } };
