import type { Outlines } from './outlines.ts';

/**
 * Set operations and offsets of outlines, handed in by the caller so that the kernel imports no engine (`platform/node`
 * has one). Where outlines overlap or cross, a place counts as solid if they wind around it more often counter-clockwise
 * than clockwise. Every operation gives outlines that neither cross nor overlap; inputs are not changed.
 */
export interface RegionEngine {
  union(parts: readonly Outlines[]): Outlines;
  difference(body: Outlines, tool: Outlines): Outlines;
  intersection(a: Outlines, b: Outlines): Outlines;
  /**
   * The region grown by each of the distances, or shrunk by negative ones; each is made from the one before. Corners stay
   * sharp up to twice the step, or are rounded.
   */
  offsets(region: Outlines, byMm: readonly number[], corners: Corners): readonly Outlines[];
  /** Connected pieces, each one outer outline with its holes. */
  pieces(region: Outlines): readonly Outlines[];
}
export type Corners = 'sharp' | 'round';
