import { type LpsTransform, OsteonError, type Vec3 } from '../../base/index.ts';
import { centroid, type Mesh, transformMesh, volumeMm3 } from '../../mesh/index.ts';

/** What a percentage means: of the volume (linear size grows by its cube root) or of every length. */
export type SizeMode = 'volume' | 'linear';

export interface Size {
  readonly percent: number;
  readonly mode: SizeMode;
  /** Factor on every length: cbrt(percent / 100) by volume, percent / 100 by length. */
  readonly linearFactor: number;
  /** The point that stays where it is: the centroid of the nominal implant, LPS mm. */
  readonly origin: Vec3;
  readonly lpsFromNominal: LpsTransform;
  readonly mesh: Mesh;
  readonly volumeMm3: number;
}

/** 0.98305 for 95, 1 for 100, 1.01640 for 105 percent by volume. @throws param.range */
export function linearFactor(percent: number, mode: SizeMode): number {
  if (!(percent > 0)) throw new OsteonError('param.range', { param: 'sizesVolumePercent', value: percent, min: 0 });
  return mode === 'volume' ? cubeRoot(percent / 100) : percent / 100;
}

/** Newton's steps from a start that is exact for 1, so that the last bits do not depend on the engine's `cbrt`. */
function cubeRoot(x: number): number {
  let r = Math.max(x, 1);
  for (let i = 0; i < 200; i++) {
    const next = (2 * r + x / (r * r)) / 3;
    if (next === r || Math.abs(next - r) < 1e-16 * r) return next;
    r = next;
  }
  return r;
}

/**
 * The nominal implant at another size, about its own centroid.
 * @requires a closed mesh
 * @accuracy volume exact to 1e-12 of the wanted one before the file format rounds it
 */
export function sized(nominal: Mesh, percent: number, mode: SizeMode = 'volume'): Size {
  const s = linearFactor(percent, mode);
  const origin = centroid(nominal);
  const lpsFromNominal: LpsTransform = {
    from: 'lps',
    to: 'lps',
    m: [s, 0, 0, origin[0] * (1 - s), 0, s, 0, origin[1] * (1 - s), 0, 0, s, origin[2] * (1 - s)],
  };
  const mesh = s === 1 ? nominal : transformMesh(lpsFromNominal, nominal);
  return { percent, mode, linearFactor: s, origin, lpsFromNominal, mesh, volumeMm3: volumeMm3(mesh) };
}
