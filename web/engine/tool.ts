import type { Vec3 } from '../../src/base/index.ts';
import type { BodyHit } from './body.ts';
import type { PaneView } from './planes.ts';
import type { SlicePane } from './slice-pane.ts';

/** What a hand does on a slice. */
export interface SliceEvent {
  readonly pane: SlicePane;
  readonly lps: Vec3;
  readonly x: number;
  readonly y: number;
  readonly shift: boolean;
  readonly alt: boolean;
}

/** What a hand does in the scene. */
export interface SceneEvent {
  readonly hit: BodyHit | null;
  readonly x: number;
  readonly y: number;
  readonly shift: boolean;
}

/** What the left button, one finger or the pen means. Everything else is the same for all tools. */
export interface Tool {
  readonly name: string;
  readonly cursor: string;
  /** Returns false where the cross-hair should follow instead. */
  down?(e: SliceEvent): boolean | undefined;
  move?(e: SliceEvent): void;
  up?(e: SliceEvent): void;
  hover?(e: SliceEvent): void;
  /** A click in the scene. */
  pick?(e: SceneEvent): void;
  /** Ends what is half done. Says whether there was anything. */
  cancel?(): boolean;
  draw?(ctx: CanvasRenderingContext2D, view: PaneView, pane: SlicePane): void;
  drawScene?(ctx: CanvasRenderingContext2D, pixelOf: (p: Vec3) => readonly [number, number, boolean]): void;
}

/** Drawn on every slice and on the scene, whatever tool is in hand. */
export interface Layer {
  draw?(ctx: CanvasRenderingContext2D, view: PaneView, pane: SlicePane): void;
  drawScene?(ctx: CanvasRenderingContext2D, pixelOf: (p: Vec3) => readonly [number, number, boolean]): void;
}
