import {
  type Build,
  type BuildLayers,
  DOG_BONE,
  energyDensityJPerMm3,
  type Milling,
  type Orientation,
  type Printability,
  type Process,
  SETTING_NAMES,
  SETTINGS,
} from '../../make/index.ts';
import type { MadeGcode } from '../steps/make.ts';

/** Everything that is known about a build, as plain values; `build.json` and the report are written from it. */
export interface BuildFacts {
  readonly build: Build;
  readonly check: Printability;
  readonly layers?: BuildLayers;
  readonly gcode?: Omit<MadeGcode, 'bytes' | 'svg'>;
}

/** Mass and time of a build, whichever way its layers are made. */
export function totalsOf({ layers, gcode }: BuildFacts): {
  readonly layers: number;
  readonly timeS: number;
  readonly massG: number;
} {
  if (layers) {
    const { part, supports, coupons } = layers.massG;
    return { layers: layers.supportMm.length, timeS: layers.time.totalS, massG: part + supports + coupons };
  }
  return { layers: gcode?.layers ?? 0, timeS: gcode?.gcode.timeS ?? 0, massG: gcode?.gcode.massG ?? 0 };
}

export const processDocument = (process: Process): object => ({
  id: process.id,
  title: process.title,
  technology: process.technology,
  material: process.material,
  energyDensityJPerMm3: energyDensityJPerMm3(process) ?? null,
  settings: SETTING_NAMES.flatMap((name) => {
    const setting = process.settings[name];
    const { label, unit } = SETTINGS[name];
    return setting ? [{ name, label, unit, ...setting }] : [];
  }),
  post: process.post,
  release: process.release ?? null,
  notes: process.notes,
});

const orientationDocument = ({ plateFromLps, ...rest }: Orientation): object => ({
  ...rest,
  plateFromLps: [...plateFromLps.m, 0, 0, 0, 1],
});

/** The whole of `build.json`. */
export function buildDocument(facts: BuildFacts): object {
  const { build, check, layers, gcode } = facts;
  const { supports } = build;
  return {
    part: build.name,
    frame: 'plate: z up from the plate, mm; plateFromLps is row-major 4×4',
    process: processDocument(build.process),
    plateFromLps: [...build.plateFromLps.m, 0, 0, 0, 1],
    stock: build.stock,
    orientations: build.orientations.map(orientationDocument),
    supports: supports && {
      columns: supports.columns,
      onPart: supports.onPart,
      volumeMm3: supports.volumeMm3,
      contactMm2: supports.contactMm2,
      onArticularFacesMm2: 0,
      withoutSupportMm2: supports.barredMm2,
    },
    printability: check,
    coupons: build.coupons.length > 0 ? { geometry: DOG_BONE, places: build.coupons } : null,
    ...totalsOf(facts),
    ...(layers && {
      layerMm: layers.layerMm,
      partMm3: layers.partMm3,
      sliceError: layers.sliceError,
      meltedG: layers.massG,
      time: layers.time,
    }),
    ...(gcode && { gcode: gcode.gcode }),
  };
}

export const millingDocument = (process: Process, milling: Milling): object => ({
  process: processDocument(process),
  ...milling,
});

/** One row a layer: what a person opens in a spreadsheet. */
export function layerCsv({ part, supportMm, couponMm, layerMm }: BuildLayers): Uint8Array {
  const rows = ['layer,top_mm,area_mm2,outlines,contour_mm,core_mm,down_skin_mm,up_skin_mm,support_mm,coupon_mm'];
  for (let k = 0; k < supportMm.length; k++) {
    const own =
      k < part.topMm.length
        ? [part.areaMm2[k], part.loops[k], part.contourMm[k], part.coreMm[k], part.downSkinMm[k], part.upSkinMm[k]]
        : [0, 0, 0, 0, 0, 0];
    const cells = [...own, supportMm[k], couponMm[k]].map((x) => String(Math.round(1e4 * x) / 1e4));
    rows.push(`${k + 1},${((k + 1) * layerMm).toFixed(3)},${cells.join(',')}`);
  }
  return new TextEncoder().encode(`${rows.join('\n')}\n`);
}
