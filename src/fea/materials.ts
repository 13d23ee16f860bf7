/** A number of a material, and how far it can be trusted. */
export interface MaterialValue {
  readonly value: number;
  readonly source: string;
  /** Whether the source itself was read; a value taken from memory or from a quotation is for comparison only. */
  readonly read: boolean;
}

export interface Material {
  readonly name: string;
  readonly youngMPa: MaterialValue;
  readonly poisson: MaterialValue;
  readonly densityGPerCm3: MaterialValue;
  /** 0.2 % proof stress; null where it cannot be stated. */
  readonly yieldMPa: MaterialValue | null;
  readonly ultimateMPa: MaterialValue | null;
  /** Greatest stress of a cycle that is borne ten million times, smooth surface. */
  readonly fatigueMPa: MaterialValue | null;
  /** What a reader must know before relying on it. */
  readonly note: string;
}

const read = (value: number, source: string): MaterialValue => ({ value, source, read: true });
const quoted = (value: number, source: string): MaterialValue => ({ value, source, read: false });

const MATWEB_ELI = 'ASM data sheet MTP643, Ti-6Al-4V ELI annealed';
const TTR_TABLE = 'Chen 2022, J Orthop Translat 38:32, table 1';
const HANDBOOK = 'Bone repair biomaterials 2009, table 5.2';
const TISSUES = 'Regen Biomater 2015, PMC4669019, table 1';
const SURFACE_NOTE =
  'Fatigue is that of a machined surface; rough surfaces as printed bear about a third of it (Metals 2026, 16:459).';

/** Materials by name. Strengths are least values of the standard where there is one, so that estimates are safe. */
export const MATERIALS_DATA = {
  'Ti-6Al-4V ELI': {
    name: 'Ti-6Al-4V ELI, powder bed fusion',
    youngMPa: read(113_800, MATWEB_ELI),
    poisson: read(0.342, MATWEB_ELI),
    densityGPerCm3: read(4.43, MATWEB_ELI),
    yieldMPa: read(780, 'additive.tools, after hot isostatic pressing: 780 to 930 MPa, least value'),
    ultimateMPa: read(860, 'additive.tools, after hot isostatic pressing: 860 to 1010 MPa, least value'),
    fatigueMPa: read(300, `${MATWEB_ELI}, 10⁷ cycles`),
    note: `ASTM F3001-14(2021) asks for 795 and 860 MPa (its scope was read, its table was not). ${SURFACE_NOTE}`,
  },
  'Ti-6Al-4V ELI wrought': {
    name: 'Ti-6Al-4V ELI, wrought',
    youngMPa: read(113_800, MATWEB_ELI),
    poisson: read(0.342, MATWEB_ELI),
    densityGPerCm3: read(4.43, MATWEB_ELI),
    yieldMPa: read(795, 'ASTM F136, least value, as quoted in PMC7867014, table 4'),
    ultimateMPa: read(860, 'ASTM F136, least value, as quoted in PMC7867014, table 4'),
    fatigueMPa: read(300, `${MATWEB_ELI}, 10⁷ cycles`),
    note: '',
  },
  'Co-28Cr-6Mo': {
    name: 'Co-28Cr-6Mo, cast',
    youngMPa: read(210_000, TTR_TABLE),
    poisson: read(0.29, TTR_TABLE),
    densityGPerCm3: quoted(8.3, 'ASTM F75, usual value'),
    yieldMPa: read(450, `${TISSUES}: 450 to 960 MPa, least value`),
    ultimateMPa: quoted(655, 'ASTM F75, least value; the standard was not read'),
    fatigueMPa: null,
    note: 'Sintered parts (ASTM F3213) are stronger than cast ones. No fatigue limit was read.',
  },
  '316L': {
    name: 'Stainless steel 316L, annealed',
    youngMPa: read(193_000, 'ASM data sheet MQ316R'),
    poisson: read(0.28, 'makeitfrom.com, annealed 316L'),
    densityGPerCm3: read(8, 'ASM data sheet MQ316R'),
    yieldMPa: read(172, 'ASTM F139-86, least value, as quoted in Biomaterials, table 1.2'),
    ultimateMPa: read(485, 'ASTM F139-86, least value, as quoted in Biomaterials, table 1.2'),
    fatigueMPa: read(170, 'makeitfrom.com, annealed 316L'),
    note: 'ISO 5832-1 was not read. Cold-worked implants yield at 690 MPa or more.',
  },
  PEEK: {
    name: 'PEEK, unfilled',
    youngMPa: quoted(3_700, 'usual data sheet value; not read'),
    poisson: quoted(0.36, 'usual data sheet value; not read'),
    densityGPerCm3: quoted(1.3, 'usual data sheet value; not read'),
    yieldMPa: quoted(90, 'ASTM F2026, least value; its scope was read, its table was not'),
    ultimateMPa: null,
    fatigueMPa: null,
    note: 'Brittle at notches (PMC2760343). Printed PEEK is weaker between layers.',
  },
  'cortical bone': {
    name: 'Cortical bone',
    youngMPa: read(17_000, `${TTR_TABLE} (all bone)`),
    poisson: read(0.3, `${TTR_TABLE} (all bone)`),
    densityGPerCm3: read(1.99, `${TTR_TABLE} (all bone)`),
    yieldMPa: read(120, 'encyclopedia.pub 53001, usual value in tension; 30 to 120 MPa are reported'),
    ultimateMPa: read(150, 'encyclopedia.pub 53001, usual value'),
    fatigueMPa: null,
    note: 'One modulus in all directions; bone is stiffer along its shaft.',
  },
  'cancellous bone': {
    name: 'Cancellous bone',
    youngMPa: read(350, `${HANDBOOK}: 200 to 500 MPa`),
    poisson: quoted(0.3, 'usual in models; not read'),
    densityGPerCm3: read(1.2, `${TISSUES}: 1.0 to 1.4`),
    yieldMPa: read(1.5, `${TISSUES}: strength in compression 1.5 to 9.3 MPa`),
    ultimateMPa: null,
    fatigueMPa: null,
    note: 'Differs a hundredfold with density: take it from the grey values where there is a CT.',
  },
} as const satisfies Readonly<Record<string, Material>>;

export type MaterialName = keyof typeof MATERIALS_DATA;
export const MATERIAL_NAMES = Object.keys(MATERIALS_DATA) as readonly MaterialName[];

/** The values a study uses whose source was not read. */
export function unreadValues(m: Material): string[] {
  const entries: [string, MaterialValue | null][] = [
    ['Young’s modulus', m.youngMPa],
    ['Poisson’s ratio', m.poisson],
    ['yield strength', m.yieldMPa],
    ['fatigue limit', m.fatigueMPa],
  ];
  return entries.flatMap(([name, v]) => (v && !v.read ? [`${name} (${v.source})`] : []));
}
