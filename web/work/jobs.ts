import type { LpsTransform, Vec3 } from '../../src/base/index.ts';
import type { Grid, VoxelBox } from '../../src/volume/index.ts';

/** What the worker does for the page: names, questions and answers. Heavy values go over without a copy. */
export interface Surface {
  readonly positions: Float64Array;
  readonly triangles: Uint32Array;
}

/** How two surfaces stand to each other, at the samples of the moving one. */
export interface Relation {
  /** Least distance, negative where one is inside the other, mm; null beyond 30 mm. */
  readonly gapMm: number | null;
  readonly at: Vec3 | null;
  readonly depthMm: number;
  /** Joint space where the two face each other: median and least, mm. */
  readonly jointMm: number | null;
  readonly jointLeastMm: number | null;
  /** Share of the moving surface that faces the other one. */
  readonly facing: number;
}

export interface FieldValues {
  readonly values: Float32Array;
  readonly lo: number;
  readonly hi: number;
  readonly unit: string;
  readonly map: 'viridis' | 'diverging' | 'clearance';
  readonly summary: Readonly<Record<string, number>>;
}

export interface AxisFacts {
  readonly entryMm: Vec3;
  readonly lengthMm: number;
  readonly cortexMm: number;
  /** From the axis to the ball of the joint; null where none was named. */
  readonly jointMm: number | null;
  readonly end: string;
}

/** Every job: question, answer. */
export interface Jobs {
  scan: [{ grid: Grid; hu: Int16Array; labels: Uint8Array }, null];
  /** Voxels of a box, where page and worker cannot share memory. */
  labels: [{ box: VoxelBox; data: Uint8Array }, null];
  read: [{ bytes: Uint8Array; name: string }, Surface];
  body: [{ id: string; surface: Surface }, null];
  surface: [{ label: number; quick: boolean }, Surface | null];
  relation: [
    { moving: string; pose: LpsTransform; others: { id: string; pose: LpsTransform }[]; samples: number },
    Record<string, Relation>,
  ];
  align: [
    { moving: string; fixed: string; initial?: LpsTransform; mirror: boolean },
    { pose: LpsTransform; rmsMm: number; p95Mm: number; overlap: number },
  ];
  points: [{ from: Vec3[]; to: Vec3[]; mirror: boolean }, { pose: LpsTransform; rmsMm: number }];
  /** Several targets are fragments of one bone: the faces between them end no screw. */
  axis: [
    {
      targets: { id: string; pose: LpsTransform }[];
      entry: Vec3;
      direction: Vec3;
      radiusMm: number;
      joint?: { centreMm: Vec3; radiusMm: number };
    },
    AxisFacts | null,
  ];
  thickness: [{ id: string }, FieldValues];
  fit: [{ id: string; pose: LpsTransform; others: { id: string; pose: LpsTransform }[] }, FieldValues];
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
