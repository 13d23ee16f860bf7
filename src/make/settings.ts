/** Every number a process may state. The limits are those of physics and of any machine: beyond them it is a slip of the pen. */
export interface SettingKind {
  readonly label: string;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
}

const kind = (label: string, unit: string, min: number, max: number): SettingKind => ({ label, unit, min, max });

export const SETTINGS = {
  layerMm: kind('layer thickness', 'mm', 0.01, 0.6),
  densityGPerCm3: kind('density of the solid material', 'g/cm³', 0.5, 20),
  buildXMm: kind('build volume, x', 'mm', 20, 2000),
  buildYMm: kind('build volume, y', 'mm', 20, 2000),
  buildZMm: kind('build volume, z', 'mm', 20, 2000),

  minWallMm: kind('thinnest wall', 'mm', 0.05, 10),
  minPinMm: kind('thinnest pin', 'mm', 0.05, 10),
  minGapMm: kind('narrowest gap that stays open', 'mm', 0.05, 10),
  minHoleMm: kind('narrowest hole that stays open', 'mm', 0.05, 10),
  minTextMm: kind('least height or depth of text', 'mm', 0.05, 5),
  overhangDeg: kind('faces steeper than this above the plate need no support', '°', 0, 90),
  leastOverhangDeg: kind('the flattest face that still builds, rough, without support', '°', 0, 90),
  bridgeMm: kind('patches narrower than this carry themselves at any angle', 'mm', 0, 20),
  slenderRatio: kind('height over width beyond which a column distorts', '', 2, 50),

  supportColumnMm: kind('width of a support column', 'mm', 0.2, 10),
  supportSpacingMm: kind('distance between support columns', 'mm', 0.3, 20),
  supportContactMm: kind('width where a support meets the part', 'mm', 0.1, 5),
  supportGapMm: kind('tear-off gap between support and part', 'mm', 0, 1),
  plateGapMm: kind('height of the part above the plate, cut through when it is taken off', 'mm', 0, 20),

  powerW: kind('beam power', 'W', 5, 6000),
  speedMmS: kind('scan speed', 'mm/s', 1, 30_000),
  hatchMm: kind('distance between hatch lines', 'mm', 0.02, 2),
  beamMm: kind('width of a melted track', 'mm', 0.02, 2),
  stripeMm: kind('width of a stripe of hatch; 0 for none', 'mm', 0, 100),
  stripeOverlapMm: kind('overlap of stripes', 'mm', 0, 1),
  rotationDeg: kind('turn of the hatch from layer to layer', '°', 0, 180),
  skinLayers: kind('layers that count as skin', '', 0, 50),
  contourPowerW: kind('beam power on contours', 'W', 5, 6000),
  contourSpeedMmS: kind('scan speed on contours', 'mm/s', 1, 30_000),
  downSkinPowerW: kind('beam power on down-facing skin', 'W', 5, 6000),
  downSkinSpeedMmS: kind('scan speed on down-facing skin', 'mm/s', 1, 30_000),
  jumpSpeedMmS: kind('speed of the beam between vectors', 'mm/s', 1, 100_000),
  energyLowJPerMm3: kind('least energy density for dense material', 'J/mm³', 0.01, 1000),
  energyHighJPerMm3: kind('greatest energy density before keyholes', 'J/mm³', 0.01, 1000),
  recoatS: kind('time to lay a layer', 's', 0, 300),
  setupS: kind('time before the first layer and after the last', 's', 0, 200_000),
  powderLowUm: kind('powder, tenth percentile', 'µm', 1, 300),
  powderHighUm: kind('powder, ninetieth percentile', 'µm', 1, 500),
  oxygenPpm: kind('oxygen in the chamber, at most', 'ppm', 0, 210_000),
  preheatC: kind('temperature of plate or powder bed', '°C', 15, 1300),

  hipC: kind('hot isostatic pressing, temperature', '°C', 500, 1300),
  hipBar: kind('hot isostatic pressing, pressure', 'bar', 100, 2100),
  hipMin: kind('hot isostatic pressing, time at temperature', 'min', 10, 1000),
  kerfMm: kind('kerf of the cut that frees the part from the plate', 'mm', 0, 5),
  stockArticularMm: kind('stock on faces that will be polished', 'mm', 0, 3),
  stockMachinedMm: kind('stock on faces that will be machined', 'mm', 0, 5),
  stockPorousMm: kind('stock on porous faces, taken by blasting', 'mm', 0, 1),
  stockGeneralMm: kind('stock on all other faces', 'mm', 0, 3),
  roughnessBuiltUm: kind('roughness Ra as built', 'µm', 0.1, 100),

  lampMwPerCm2: kind('irradiance', 'mW/cm²', 0.1, 100),
  exposureS: kind('exposure of a layer', 's', 0.2, 200),
  bottomExposureS: kind('exposure of the first layers', 's', 0.2, 500),
  bottomLayers: kind('first layers', '', 0, 50),
  peelS: kind('time to peel and recoat', 's', 0, 100),

  nozzleMm: kind('nozzle', 'mm', 0.1, 2),
  lineMm: kind('width of an extruded line', 'mm', 0.1, 3),
  filamentMm: kind('filament diameter', 'mm', 1, 4),
  nozzleC: kind('nozzle temperature', '°C', 150, 500),
  bedC: kind('bed temperature', '°C', 0, 200),
  perimeters: kind('perimeters', '', 1, 20),
  solidLayers: kind('solid layers at top and bottom', '', 0, 50),
  infillFraction: kind('infill', '', 0, 1),
  supportFraction: kind('density of support', '', 0.02, 1),
  skirtLoops: kind('skirt loops', '', 0, 10),
  printSpeedMmS: kind('speed of printing', 'mm/s', 1, 1000),
  firstLayerSpeedMmS: kind('speed of the first layer', 'mm/s', 1, 500),
  travelSpeedMmS: kind('speed of travel', 'mm/s', 1, 2000),
  retractMm: kind('retraction', 'mm', 0, 10),
  retractSpeedMmS: kind('speed of retraction', 'mm/s', 1, 200),

  toolMm: kind('smallest tool', 'mm', 0.2, 30),
  blankMarginMm: kind('blank larger than the part by', 'mm', 0, 50),
  removalMm3S: kind('rate of removal, roughing', 'mm³/s', 0.1, 1000),
  finishingMm2S: kind('rate of finishing', 'mm²/s', 0.01, 100),
} as const satisfies Readonly<Record<string, SettingKind>>;

export type SettingName = keyof typeof SETTINGS;
export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];
