import type { PostStep, Process, Release, Setting, Settings } from './process.ts';

/** Value, usual range, allowed range, source. */
export const row = (
  value: number,
  usual: readonly [number, number],
  allowed: readonly [number, number],
  source: string,
): Setting => ({ value, usual, allowed, source });

const PROTOCOL = 'custom implant protocol, step';
const EOS = 'EOS Titanium Ti64, M290 30 µm data sheet 2022: 5 mm³/s (280 W, 1200 mm/s)';
const RULES = 'design rules for laser powder bed Ti: additive.tools, dmls3d.com, layerx3d.in (read 2026)';
const OURS = 'own choice, to be qualified on the machine';
const STOCK = 'own choice: what hand polishing and blasting take; measure it on coupons';

const METAL_RULES: Settings = {
  minWallMm: row(0.4, [0.3, 2], [0.1, 5], RULES),
  minPinMm: row(0.5, [0.4, 2], [0.1, 5], RULES),
  minGapMm: row(0.3, [0.2, 2], [0.1, 5], RULES),
  minHoleMm: row(0.5, [0.4, 3], [0.1, 8], RULES),
  minTextMm: row(0.4, [0.3, 2], [0.1, 3], RULES),
  overhangDeg: row(45, [40, 50], [30, 60], RULES),
  leastOverhangDeg: row(35, [30, 40], [20, 60], `${RULES}: 35 to 40 possible, rough`),
  bridgeMm: row(
    1,
    [0.5, 2],
    [0, 5],
    'design rules for laser powder bed: level faces up to about 1 mm carry themselves',
  ),
  slenderRatio: row(8, [5, 10], [3, 20], 'Additive Manufacturing 38:101765: ductility falls along 70 mm columns'),
  supportColumnMm: row(0.8, [0.4, 2], [0.2, 5], OURS),
  supportSpacingMm: row(1.6, [0.8, 4], [0.4, 10], OURS),
  supportContactMm: row(0.4, [0.2, 0.8], [0.1, 2], OURS),
  supportGapMm: row(0, [0, 0.1], [0, 0.3], 'metal supports carry heat and must be joined'),
  plateGapMm: row(3, [2, 6], [0, 15], `${PROTOCOL} 4.4.2: cut through the base of the build`),
};

const LASER_COMMON: Settings = {
  ...METAL_RULES,
  stripeMm: row(5, [3, 15], [0, 100], OURS),
  stripeOverlapMm: row(0.08, [0, 0.15], [0, 0.5], OURS),
  rotationDeg: row(67, [60, 90], [0, 180], 'Robinson 2018, Rapid Prototyping Journal: 67° repeats after 360 layers'),
  skinLayers: row(2, [1, 6], [0, 20], OURS),
  jumpSpeedMmS: row(7000, [2000, 10_000], [100, 50_000], OURS),
  recoatS: row(9, [5, 20], [1, 60], OURS),
  setupS: row(7200, [1800, 20_000], [0, 100_000], 'own choice: inerting, heating, cooling'),
  kerfMm: row(0.3, [0.2, 0.5], [0.05, 2], 'wire of 0.25 mm and its spark gap'),
  stockArticularMm: row(0.1, [0.05, 0.3], [0, 1], STOCK),
  stockMachinedMm: row(0.5, [0.3, 1], [0, 3], STOCK),
  stockPorousMm: row(0, [0, 0.05], [0, 0.2], STOCK),
  stockGeneralMm: row(0.02, [0, 0.1], [0, 0.5], STOCK),
  roughnessBuiltUm: row(12, [6, 20], [2, 60], 'dmls3d.com: 8 to 15 µm, down-facing 15 to 40 µm'),
  buildXMm: row(250, [100, 400], [20, 800], 'EOS M 290 class'),
  buildYMm: row(250, [100, 400], [20, 800], 'EOS M 290 class'),
  buildZMm: row(325, [100, 400], [20, 800], 'EOS M 290 class, less the plate'),
};

const step = (id: string, title: string, detail: string, record: readonly string[], source: string): PostStep => ({
  id,
  title,
  detail,
  record,
  source,
});

const DEPOWDER = step(
  'depowder',
  'Remove powder',
  'Brush, blow and vibrate until no more comes; weigh before and after.',
  ['mass before, g', 'mass after, g'],
  OURS,
);
const STRESS = step(
  'stress-relief',
  'Relieve stress on the plate',
  'Before anything is cut; by the oven programme that was qualified, in argon or vacuum.',
  ['oven', 'programme', 'chart number'],
  'ASTM F3301 (heat treatment after powder bed fusion)',
);
const HIP = step(
  'hip',
  'Hot isostatic pressing',
  'About 920 °C, 1000 bar, 120 min, in argon.',
  ['furnace', 'temperature, °C', 'pressure, bar', 'time, min', 'chart number'],
  `${PROTOCOL} 4.4.1`,
);
const EDM = step(
  'edm',
  'Cut from the plate',
  'Electrical discharge machining through the thin base of the build; settings that keep heat low.',
  ['machine', 'wire, mm', 'operator'],
  `${PROTOCOL} 4.4.2`,
);
const SUPPORTS = step(
  'supports',
  'Remove supports',
  'By hand tools. No support stands on an articular face.',
  ['operator'],
  `${PROTOCOL} 4.4.3`,
);
const BLAST = step(
  'blast',
  'Blast porous faces',
  'Powder and fixtures off, roughness within its limits; mask articular faces.',
  ['medium', 'pressure, bar', 'Ra, µm'],
  `${PROTOCOL} 4.4.4`,
);
const POLISH = step(
  'polish',
  'Polish articular faces',
  'By hand, down to the nominal surface; measure while polishing.',
  ['operator', 'Ra, µm'],
  `${PROTOCOL} 4.4.4`,
);
const ANODISE = step(
  'anodise',
  'Anodise',
  'SAE AMS 2488D Type II. It changes no dimension that is inspected.',
  ['bath lot', 'voltage, V'],
  `${PROTOCOL} 4.4.4.1`,
);
const CLEAN = step(
  'clean',
  'Clean, pack, mark for sterilisation',
  'By the validated cleaning instruction; residual powder under the microscope; sterilise before use (steam, 134 °C, ISO 17665, or as validated).',
  ['instruction', 'residue result', 'lot', 'steriliser'],
  'ISO 17664, ISO 17665, ASTM F3127',
);

const TI_ELI: Release = {
  standard: 'ASTM F3001 (Ti-6Al-4V ELI by powder bed fusion)',
  yieldMPa: 795,
  tensileMPa: 860,
  elongationPercent: 10,
  reductionOfAreaPercent: 25,
  composition: [
    { element: 'Al', low: 5.5, high: 6.5, xrf: true },
    { element: 'V', low: 3.5, high: 4.5, xrf: true },
    { element: 'Fe', low: 0, high: 0.25, xrf: true },
    { element: 'O', low: 0, high: 0.13, xrf: false },
    { element: 'N', low: 0, high: 0.05, xrf: false },
    { element: 'C', low: 0, high: 0.08, xrf: false },
    { element: 'H', low: 0, high: 0.012, xrf: false },
  ],
  note: 'Limits as quoted in public sources; confirm them in the edition that the lot is released to.',
};

const COCR: Release = {
  standard: 'ASTM F75 (Co-28Cr-6Mo); ASTM F3213 covers powder bed fusion',
  yieldMPa: 450,
  tensileMPa: 655,
  elongationPercent: 8,
  composition: [
    { element: 'Cr', low: 27, high: 30, xrf: true },
    { element: 'Mo', low: 5, high: 7, xrf: true },
    { element: 'Ni', low: 0, high: 0.5, xrf: true },
    { element: 'Fe', low: 0, high: 0.75, xrf: true },
    { element: 'C', low: 0, high: 0.35, xrf: false },
  ],
  note: 'Limits as quoted in public sources; confirm them in the edition that the lot is released to.',
};

const TI_LASER: Process = {
  id: 'ti64-eli-lpbf',
  title: 'Ti-6Al-4V ELI, laser powder bed fusion',
  technology: 'laser-powder-bed',
  material: 'Ti-6Al-4V ELI',
  use: 'implants',
  settings: {
    ...LASER_COMMON,
    layerMm: row(0.03, [0.03, 0.06], [0.02, 0.1], `${PROTOCOL} 4.3.2: 30 to 60 µm`),
    densityGPerCm3: row(4.43, [4.4, 4.45], [4.2, 4.6], 'ASTM F136 alloy'),
    powerW: row(280, [150, 300], [50, 1000], `${PROTOCOL} 4.3.2: 150 to 300 W; ${EOS}`),
    speedMmS: row(1200, [800, 1600], [100, 5000], EOS),
    hatchMm: row(0.12, [0.1, 0.12], [0.05, 0.2], `${PROTOCOL} 4.3.2: 100 to 120 µm`),
    beamMm: row(0.1, [0.08, 0.15], [0.04, 0.5], OURS),
    contourPowerW: row(150, [100, 250], [50, 500], OURS),
    contourSpeedMmS: row(1250, [500, 1600], [100, 5000], OURS),
    downSkinPowerW: row(200, [100, 280], [50, 1000], OURS),
    downSkinSpeedMmS: row(1400, [800, 2500], [100, 5000], OURS),
    energyLowJPerMm3: row(40, [35, 50], [10, 100], 'Megahed 2022, Metals 12:1332, and works it reviews'),
    energyHighJPerMm3: row(110, [80, 130], [40, 300], 'Megahed 2022, Metals 12:1332, and works it reviews'),
    powderLowUm: row(15, [10, 25], [5, 60], `${PROTOCOL} 4.3.1: 15 to 45 µm`),
    powderHighUm: row(45, [40, 53], [20, 110], `${PROTOCOL} 4.3.1: 15 to 45 µm`),
    oxygenPpm: row(1.2, [0, 1000], [0, 5000], `${PROTOCOL} 4.3.1: at most 1.2 ppm, as printed`),
    preheatC: row(35, [30, 200], [15, 600], 'EOS M 290 class'),
    hipC: row(920, [895, 955], [800, 1000], `${PROTOCOL} 4.4.1`),
    hipBar: row(1000, [980, 1050], [800, 2000], `${PROTOCOL} 4.4.1`),
    hipMin: row(120, [110, 240], [60, 480], `${PROTOCOL} 4.4.1`),
  },
  post: [DEPOWDER, STRESS, HIP, EDM, SUPPORTS, BLAST, POLISH, ANODISE, CLEAN],
  release: TI_ELI,
  notes: [
    'Oxygen in the chamber: the protocol prints 1.2 ppm or less. Machines of this kind hold 100 to 1000 ppm and sensors read no lower; the number is kept, and what the machine measured is to be written down.',
    'Parts that are not hot isostatically pressed can miss the elongation of the standard (7.3 ± 1.9 % as built, PMC7867014).',
  ],
};

const CO_LASER: Process = {
  id: 'cocr-lpbf',
  title: 'Co-28Cr-6Mo, laser powder bed fusion',
  technology: 'laser-powder-bed',
  material: 'Co-28Cr-6Mo',
  use: 'implants with bearing surfaces',
  settings: {
    ...LASER_COMMON,
    layerMm: row(0.03, [0.02, 0.05], [0.02, 0.1], 'Wang 2018, Materials 11:1546'),
    densityGPerCm3: row(8.3, [8.2, 8.4], [7.8, 9], 'ASTM F75 alloy'),
    powerW: row(195, [120, 300], [50, 1000], 'Wang 2018, Materials 11:1546'),
    speedMmS: row(800, [400, 1200], [100, 5000], 'Wang 2018, Materials 11:1546'),
    hatchMm: row(0.1, [0.06, 0.12], [0.04, 0.2], 'Wang 2018, Materials 11:1546'),
    beamMm: row(0.1, [0.08, 0.15], [0.04, 0.5], OURS),
    contourPowerW: row(110, [80, 200], [50, 500], OURS),
    contourSpeedMmS: row(800, [400, 1600], [100, 5000], OURS),
    downSkinPowerW: row(140, [80, 200], [50, 1000], OURS),
    downSkinSpeedMmS: row(1000, [500, 2000], [100, 5000], OURS),
    energyLowJPerMm3: row(50, [40, 70], [10, 200], 'Wang 2018, Materials 11:1546'),
    energyHighJPerMm3: row(150, [100, 200], [50, 400], 'Wang 2018, Materials 11:1546'),
    powderLowUm: row(15, [10, 25], [5, 60], 'as for titanium'),
    powderHighUm: row(45, [40, 53], [20, 110], 'as for titanium'),
    oxygenPpm: row(1000, [0, 1500], [0, 5000], 'usual for the alloy in nitrogen or argon'),
    preheatC: row(80, [30, 200], [15, 600], 'EOS M 290 class'),
    hipC: row(1200, [1150, 1220], [1000, 1250], 'usual for the cast alloy'),
    hipBar: row(1000, [980, 1050], [800, 2000], 'usual for the cast alloy'),
    hipMin: row(240, [120, 300], [60, 480], 'usual for the cast alloy'),
  },
  post: [
    DEPOWDER,
    STRESS,
    { ...HIP, detail: 'About 1200 °C, 1000 bar, 240 min, in argon.', source: 'usual for the cast alloy' },
    EDM,
    SUPPORTS,
    BLAST,
    POLISH,
    CLEAN,
  ],
  release: COCR,
  notes: ['The alloy holds nickel up to 0.5 %: ask about allergy.'],
};

const TI_BEAM: Process = {
  id: 'ti64-eli-ebm',
  title: 'Ti-6Al-4V ELI, electron beam powder bed fusion',
  technology: 'electron-beam',
  material: 'Ti-6Al-4V ELI',
  use: 'implants with porous faces',
  settings: {
    ...METAL_RULES,
    minWallMm: row(0.6, [0.5, 2], [0.2, 5], 'coarser powder and beam than the laser'),
    minPinMm: row(0.7, [0.6, 2], [0.2, 5], 'coarser powder and beam than the laser'),
    minGapMm: row(0.6, [0.5, 2], [0.2, 5], 'sintered powder must come out'),
    minHoleMm: row(1, [0.8, 3], [0.3, 8], 'sintered powder must come out'),
    overhangDeg: row(35, [25, 45], [15, 60], 'the sintered cake carries'),
    leastOverhangDeg: row(20, [15, 30], [5, 60], 'the sintered cake carries'),
    bridgeMm: row(2, [1, 5], [0, 20], 'the sintered cake carries'),
    layerMm: row(0.05, [0.05, 0.09], [0.04, 0.2], 'ASM AeroMat 2013, 34157: Ti-6Al-4V with 50 µm layers'),
    densityGPerCm3: row(4.43, [4.4, 4.45], [4.2, 4.6], 'ASTM F136 alloy'),
    powerW: row(900, [300, 1500], [100, 3000], 'Megahed 2022, Metals 12:1332'),
    speedMmS: row(4530, [1000, 8000], [100, 20_000], 'Megahed 2022, Metals 12:1332'),
    hatchMm: row(0.1, [0.1, 0.25], [0.05, 0.5], 'ASM AeroMat 2013, 34157: hatch distance halved'),
    beamMm: row(0.2, [0.15, 0.4], [0.1, 1], OURS),
    stripeMm: row(0, [0, 0], [0, 100], 'whole lines'),
    stripeOverlapMm: row(0, [0, 0], [0, 0.5], 'whole lines'),
    rotationDeg: row(90, [60, 90], [0, 180], OURS),
    skinLayers: row(2, [1, 6], [0, 20], OURS),
    contourPowerW: row(300, [100, 900], [50, 3000], 'Wang 2017, Materials 10:1121'),
    contourSpeedMmS: row(800, [200, 3000], [50, 10_000], 'Wang 2017, Materials 10:1121'),
    downSkinPowerW: row(700, [300, 1500], [100, 3000], OURS),
    downSkinSpeedMmS: row(4530, [1000, 8000], [100, 20_000], OURS),
    jumpSpeedMmS: row(100_000, [10_000, 100_000], [1000, 100_000], 'the beam has no inertia'),
    energyLowJPerMm3: row(25, [20, 50], [5, 100], 'Megahed 2022, Metals 12:1332'),
    energyHighJPerMm3: row(110, [60, 130], [30, 300], 'Megahed 2022, Metals 12:1332'),
    powderLowUm: row(45, [40, 60], [20, 80], 'usual for the electron beam'),
    powderHighUm: row(106, [90, 110], [60, 150], 'usual for the electron beam'),
    preheatC: row(700, [600, 760], [300, 1100], 'usual for the alloy'),
    recoatS: row(25, [15, 40], [5, 120], 'spreading and heating of the whole bed'),
    setupS: row(28_800, [10_000, 50_000], [0, 200_000], 'vacuum, heating, cooling'),
    hipC: row(920, [895, 955], [800, 1000], `${PROTOCOL} 4.4.1`),
    hipBar: row(1000, [980, 1050], [800, 2000], `${PROTOCOL} 4.4.1`),
    hipMin: row(120, [110, 240], [60, 480], `${PROTOCOL} 4.4.1`),
    kerfMm: row(0.3, [0.2, 0.5], [0.05, 2], 'wire of 0.25 mm and its spark gap'),
    stockArticularMm: row(0.3, [0.2, 0.6], [0, 1.5], 'rougher than the laser'),
    stockMachinedMm: row(1, [0.5, 2], [0, 3], 'rougher than the laser'),
    stockPorousMm: row(0, [0, 0.05], [0, 0.2], STOCK),
    stockGeneralMm: row(0.05, [0, 0.2], [0, 0.5], STOCK),
    roughnessBuiltUm: row(25, [15, 40], [5, 80], 'Wang 2017, Materials 10:1121'),
    buildXMm: row(200, [100, 400], [20, 800], 'Arcam Q10 class'),
    buildYMm: row(200, [100, 400], [20, 800], 'Arcam Q10 class'),
    buildZMm: row(180, [100, 400], [20, 800], 'Arcam Q10 class'),
  },
  post: [
    { ...DEPOWDER, detail: 'Blast with the same powder until the sintered cake is gone; weigh before and after.' },
    HIP,
    EDM,
    SUPPORTS,
    BLAST,
    POLISH,
    ANODISE,
    CLEAN,
  ],
  release: TI_ELI,
  notes: ['Built in vacuum: no oxygen limit of a chamber gas applies.'],
};

export const METAL_PROCESSES: readonly Process[] = [TI_LASER, CO_LASER, TI_BEAM];
