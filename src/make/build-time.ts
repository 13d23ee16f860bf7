import type { LayerTable } from './expose.ts';
import { type Process, settingOf } from './process.ts';

/** Where the time of a build goes, s. */
export interface BuildTime {
  readonly scanS: number;
  /** Beam on its way between vectors. */
  readonly jumpS: number;
  readonly recoatS: number;
  readonly setupS: number;
  readonly totalS: number;
}

/** Way to a new outline, mm: half of an implant. */
const TO_OUTLINE_MM = 20;

/**
 * Time of a build with a beam: every vector at its speed, a jump of one hatch distance between vectors, a recoat for every
 * layer. An estimate: delays of mirrors and software are not in it.
 * @throws param.missing for a process without a beam
 */
export function beamTime(process: Process, table: LayerTable): BuildTime {
  const of = (name: Parameters<typeof settingOf>[1]) => settingOf(process, name);
  let scanS = 0;
  let jumpMm = 0;
  for (let k = 0; k < table.topMm.length; k++) {
    scanS += table.contourMm[k] / of('contourSpeedMmS');
    scanS += (table.coreMm[k] + table.upSkinMm[k]) / of('speedMmS');
    scanS += table.downSkinMm[k] / (process.settings.downSkinSpeedMmS ?? process.settings.speedMmS)!.value;
    jumpMm += table.vectors[k] * of('hatchMm') + table.loops[k] * TO_OUTLINE_MM;
  }
  const jumpS = jumpMm / of('jumpSpeedMmS');
  const recoatS = table.topMm.length * of('recoatS');
  const setupS = of('setupS');
  return { scanS, jumpS, recoatS, setupS, totalS: scanS + jumpS + recoatS + setupS };
}

/** Time of a build by light through a mask: every layer whole. @throws param.missing for another process */
export function maskTime(process: Process, layers: number): BuildTime {
  const of = (name: Parameters<typeof settingOf>[1]) => settingOf(process, name);
  const bottom = Math.min(layers, of('bottomLayers'));
  const scanS = bottom * of('bottomExposureS') + (layers - bottom) * of('exposureS');
  const recoatS = layers * of('peelS');
  const setupS = of('setupS');
  return { scanS, jumpS: 0, recoatS, setupS, totalS: scanS + recoatS + setupS };
}
