import { areaMm2, bounds } from '../mesh/index.ts';
import type { Part } from './build.ts';
import { type Process, settingOf } from './process.ts';
import { type Stocked, stockOf, withStock } from './stock.ts';

/** A part cut from a blank. */
export interface Milling {
  readonly stock: Omit<Stocked, 'mesh'>;
  /** Sides of the blank along the axes of the part's frame, mm. */
  readonly blankMm: readonly [number, number, number];
  readonly removedMm3: number;
  readonly roughingS: number;
  readonly finishingS: number;
  readonly totalS: number;
  readonly massG: number;
}

/** Blank, chips and time of milling a part. @throws param.missing for another process, mesh.empty */
export function planMilling({ mesh, faces }: Part, process: Process): Milling {
  const of = (name: Parameters<typeof settingOf>[1]) => settingOf(process, name);
  const { mesh: grown, ...stock } = withStock(mesh, faces, stockOf(process));
  const { lo, hi } = bounds(grown);
  const side = (k: number) => hi[k] - lo[k] + 2 * of('blankMarginMm');
  const blankMm = [side(0), side(1), side(2)] as const;
  const removedMm3 = blankMm[0] * blankMm[1] * blankMm[2] - stock.asBuiltMm3;
  const roughingS = removedMm3 / of('removalMm3S');
  const finishingS = areaMm2(grown) / of('finishingMm2S');
  return {
    stock,
    blankMm,
    removedMm3,
    roughingS,
    finishingS,
    totalS: of('setupS') + roughingS + finishingS,
    massG: (stock.nominalMm3 * of('densityGPerCm3')) / 1000,
  };
}
