import { create } from 'zustand';
import type { LpsTransform, Vec3 } from '../../src/base/index.ts';
import type { Measurement, PlacedScrew } from '../../src/plan/index.ts';
import type { BodyKind } from '../engine/body.ts';
import type { PaneName } from '../engine/engine.ts';
import type { PlaneName } from '../engine/planes.ts';
import type { Histogram } from '../engine/probe.ts';
import type { GreyWindow } from '../engine/window.ts';
import type { CaseRow, Comment, Finding, Job, Problem, Review, Revision, Session } from './api.ts';
import type { SaveState } from './case-file.ts';
import type { Command, Decisions } from './decisions.ts';
import type { BodyReading, HeldScrew } from './live.ts';

export const MODES = ['scan', 'look', 'correct', 'plan', 'judge', 'review'] as const;
export type Mode = (typeof MODES)[number];

export const TOOLS = [
  'look',
  'distance',
  'angle',
  'hu',
  'paint',
  'erase',
  'grow',
  'split',
  'scissors',
  'between',
  'move',
  'screw',
  'plate',
  'cut',
  'points',
  'pin',
] as const;
export type ToolName = (typeof TOOLS)[number];

/** One line of the list of things. */
export interface BodyRow {
  readonly id: string;
  readonly kind: BodyKind;
  readonly label: string;
  readonly colour: Vec3;
  readonly visible: boolean;
  readonly opacity: number;
  readonly stale: boolean;
  readonly busy: boolean;
}

export interface FieldShown {
  readonly body: string;
  readonly name: string;
  readonly unit: string;
  readonly lo: number;
  readonly hi: number;
  readonly map: 'viridis' | 'diverging' | 'clearance';
  readonly summary: Readonly<Record<string, number>>;
}

export interface Brush {
  readonly radiusMm: number;
  readonly masked: boolean;
  readonly overBones: boolean;
}

export interface Probe {
  readonly hu: number;
  readonly label: string | null;
}

/** What the panels show. The engine and the case hold the rest. */
export interface View {
  readonly session: Session | null;
  readonly route: { readonly page: 'cases' } | { readonly page: 'case'; readonly id: string };
  readonly mode: Mode;
  readonly tool: ToolName;
  readonly layout: 'four' | PaneName;
  readonly caseRow: CaseRow | null;
  readonly readOnly: boolean;
  readonly revision: number;
  readonly resultRevision: number | null;
  readonly stale: boolean;
  readonly contentSha256: string | null;
  readonly decisions: Decisions | null;
  readonly saving: SaveState;
  readonly undo: string | null;
  readonly redo: string | null;
  readonly lastCommand: Command | null;
  readonly bodies: readonly BodyRow[];
  /** Where fragments are drawn; null where none is put elsewhere. */
  readonly fragments: 'scanned' | 'reduced' | null;
  readonly selected: string | null;
  readonly cross: Vec3;
  readonly probe: Probe;
  readonly window: GreyWindow;
  readonly oblique: boolean;
  readonly histogram: Histogram | null;
  readonly range: readonly [number, number];
  readonly showRange: boolean;
  readonly brush: Brush;
  readonly shown: {
    readonly outlines: boolean;
    readonly labels: boolean;
    readonly crosshair: boolean;
    readonly volume: boolean;
    readonly slices: readonly PlaneName[];
  };
  /** What is read while a body, or a screw, is moved; the run has the last word. */
  readonly live: BodyReading | null;
  readonly held: HeldScrew | null;
  readonly field: FieldShown | null;
  readonly fieldProbe: number | null;
  readonly motion: LpsTransform | null;
  /** Of the case, or of the last run where the case leaves them to the program. */
  readonly screws: readonly PlacedScrew[];
  readonly screwId: string | null;
  readonly screwName: string;
  /** Measured for a look; kept in the case only when somebody says so. */
  readonly measured: readonly Measurement[];
  readonly hint: string | null;
  readonly findings: readonly Finding[];
  readonly scanState: 'none' | 'arriving' | 'ready' | 'refused';
  readonly series: readonly unknown[];
  readonly comments: readonly Comment[];
  readonly reviews: readonly Review[];
  readonly revisions: readonly Revision[];
  readonly job: Job | null;
  readonly loading: { readonly what: string; readonly fraction: number } | null;
  /** Long work beside the page. */
  readonly working: { readonly what: string; readonly fraction: number; readonly cancel: () => void } | null;
  readonly thinned: number;
  readonly problems: readonly (Problem & { readonly n: number })[];
}

export const useView = create<View>(() => ({
  session: null,
  route: { page: 'cases' },
  mode: 'look',
  tool: 'look',
  layout: 'four',
  caseRow: null,
  readOnly: false,
  revision: 0,
  resultRevision: null,
  stale: false,
  contentSha256: null,
  decisions: null,
  saving: { state: 'saved' },
  undo: null,
  redo: null,
  lastCommand: null,
  bodies: [],
  fragments: null,
  selected: null,
  cross: [0, 0, 0],
  probe: { hu: Number.NaN, label: null },
  window: { low: -500, high: 1500 },
  oblique: false,
  histogram: null,
  range: [226, 3071],
  showRange: false,
  brush: { radiusMm: 3, masked: false, overBones: false },
  shown: { outlines: true, labels: true, crosshair: true, volume: false, slices: [] },
  live: null,
  held: null,
  field: null,
  fieldProbe: null,
  motion: null,
  screws: [],
  screwId: null,
  screwName: 'cortical-3.5',
  measured: [],
  hint: null,
  findings: [],
  scanState: 'none',
  series: [],
  comments: [],
  reviews: [],
  revisions: [],
  job: null,
  loading: null,
  working: null,
  thinned: 1,
  problems: [],
}));

/** What is left when a case is closed. */
export const NOTHING_OPEN: Partial<View> = {
  bodies: [],
  decisions: null,
  selected: null,
  caseRow: null,
  field: null,
  live: null,
  held: null,
  measured: [],
  loading: null,
  working: null,
  histogram: null,
};

export const view = (): View => useView.getState();
export const show = (part: Partial<View>): void => useView.setState(part);

let count = 0;
/** Says what was refused, in the words of the command line. */
export function complain(problem: Problem): void {
  const last = view().problems.at(-1);
  if (last && last.code === problem.code && last.message === problem.message) return;
  count++;
  show({ problems: [...view().problems.slice(-3), { ...problem, n: count }] });
}
export const forgive = (n: number): void => show({ problems: view().problems.filter((p) => p.n !== n) });
