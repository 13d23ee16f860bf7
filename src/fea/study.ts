import type { Vec3 } from '../base/index.ts';
import type { BoneLaw } from './bone.ts';
import type { Region } from './regions.ts';

/** What is asked of a part. Numbers in mm, N, MPa; directions in the frame of the part (LPS). */
export interface Study {
  readonly material: StudyMaterial;
  /** Bodies of other materials inside, with shared nodes: surfaces by name. Where two overlap, the first has it. */
  readonly inclusions?: readonly Inclusion[];
  /** Stiffness of the solid from the grey values of a CT instead of its material; inclusions keep theirs. */
  readonly bone?: BoneLaw;
  readonly regions: Readonly<Record<string, Region>>;
  readonly supports: readonly Support[];
  readonly loadCases: readonly LoadCase[];
}

export interface Inclusion {
  readonly surface: string;
  readonly material: StudyMaterial;
}

/** What the computation needs of a material. */
export interface StudyMaterial {
  readonly name: string;
  readonly youngMPa: number;
  readonly poisson: number;
  readonly yieldMPa: number | null;
  readonly fatigueMPa: number | null;
  /** Values whose source was not read, in words. */
  readonly unread: readonly string[];
}

/**
 * How a force or a bedding is spread over its region. `even`: the same everywhere. `gap`: as through a layer of cartilage,
 * most where the two surfaces meet, falling to nothing at the widest gap; for regions that face a surface.
 */
export type Spread = 'even' | 'gap';

/**
 * `fixed`: does not move. `sliding`: moves along the surface only, bound to it, rigidly or by springs of `nPerMm3`.
 * `bedding`: stands on springs, `nPerMm3` in every direction; cartilage, cement or bone in one number.
 */
export type Support =
  | { readonly region: string; readonly kind: 'fixed' }
  | { readonly region: string; readonly kind: 'sliding'; readonly nPerMm3?: number }
  | { readonly region: string; readonly kind: 'bedding'; readonly nPerMm3: number; readonly spread?: Spread };

export interface LoadCase {
  readonly name: string;
  /** Where load and place come from. */
  readonly source: string;
  readonly loads: readonly Load[];
}
/**
 * `forceN`: this force in all, over the region; `through` a point that its line of action passes, the moment that gives is
 * spread as a stiff body would that is joined to the region. `momentNmm`: a couple, spread alike. `pressureMPa`: against the
 * surface.
 */
export type Load =
  | { readonly region: string; readonly forceN: Vec3; readonly spread?: Spread; readonly through?: Vec3 }
  | { readonly region: string; readonly momentNmm: Vec3 }
  | { readonly region: string; readonly pressureMPa: number };
