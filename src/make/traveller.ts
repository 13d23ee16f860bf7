import type { Build } from './build.ts';
import type { Ledger } from './ledger.ts';
import { energyDensityJPerMm3, type Process } from './process.ts';
import { SETTING_NAMES, SETTINGS } from './settings.ts';

/** A field that a person fills in by hand, and where. */
export interface Blank {
  readonly id: string;
  readonly label: string;
  readonly value: string;
}

/** One station of a part on its way through the works. */
export interface Station {
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  readonly source: string;
  readonly blanks: readonly Blank[];
}

/**
 * The one document that goes with a build: every parameter, what has to be written down, in which order, by whom. Plain
 * data; the page that is printed is made from it.
 */
export interface Traveller {
  readonly schema: 1;
  readonly part: string;
  readonly process: { readonly id: string; readonly title: string; readonly material: string };
  readonly parameters: readonly {
    readonly name: string;
    readonly label: string;
    readonly unit: string;
    readonly value: number;
    readonly usual: readonly [number, number];
    readonly source: string;
  }[];
  readonly energyDensityJPerMm3: number | null;
  /** Facts of the build: label and value. */
  readonly build: readonly (readonly [string, string])[];
  readonly stations: readonly Station[];
  readonly units: Ledger['units'];
  readonly notes: readonly string[];
}

const BLANKS_OF_LOT = [
  ['order', 'order or case number'],
  ['machine', 'machine, serial number'],
  ['software', 'machine software and parameter set'],
  ['lot', 'material lot'],
  ['certificate', 'material certificate'],
  ['reuse', 'times the powder has been used'],
  ['plate', 'plate number'],
] as const;

const SIGN = [
  ['by', 'done by'],
  ['date', 'date'],
  ['signature', 'signature'],
] as const;

export function travellerOf(
  build: Pick<Build, 'name' | 'stock' | 'coupons'>,
  process: Process,
  numbers: { readonly layers: number; readonly timeS: number; readonly massG: number; readonly supportColumns: number },
  units: Ledger['units'],
  files: readonly string[],
): Traveller {
  return {
    schema: 1,
    part: build.name,
    process: { id: process.id, title: process.title, material: process.material },
    parameters: SETTING_NAMES.flatMap((name) => {
      const s = process.settings[name];
      const { label, unit } = SETTINGS[name];
      return s ? [{ name, label, unit, value: s.value, usual: s.usual, source: s.source }] : [];
    }),
    energyDensityJPerMm3: energyDensityJPerMm3(process) ?? null,
    build: [
      ['Files', files.join(', ')],
      ['Layers', String(numbers.layers)],
      ['Time on the machine, estimated', `${(numbers.timeS / 3600).toFixed(1)} h`],
      ['Material in the build', `${numbers.massG.toFixed(0)} g`],
      ['Support columns', String(numbers.supportColumns)],
      ['Tensile specimens', build.coupons.map((c) => c.id).join(', ') || 'none'],
      [
        'Stock',
        Object.entries(build.stock.stockMm)
          .map(([kind, mm]) => `${kind} ${mm} mm`)
          .join(', '),
      ],
      [
        'Volume, nominal and as built',
        `${build.stock.nominalMm3.toFixed(1)} and ${build.stock.asBuiltMm3.toFixed(1)} mm³`,
      ],
    ],
    stations: [
      station(
        'release',
        'Release for manufacture',
        'Design, files and plan of inspection agree and are approved.',
        'ISO 13485, 7.3.8',
        [],
      ),
      station('material', 'Lot', 'Nothing is built before this is filled in.', 'ISO 13485, 7.5.9', BLANKS_OF_LOT),
      station(
        'machine',
        'Build',
        'With the parameters of this document; deviations are written here.',
        'ISO/ASTM 52920',
        machineBlanks(process),
      ),
      ...process.post.map((p) =>
        station(
          p.id,
          p.title,
          p.detail,
          p.source,
          p.record.map((label, i) => [`r${i + 1}`, label] as const),
        ),
      ),
      station(
        'inspection',
        'Inspection',
        'By the plan of inspection; its table is part of this document.',
        'ISO 13485, 8.2.6',
        [
          ['report', 'report number'],
          ['verdict', 'accept or reject'],
        ],
      ),
      station(
        'final',
        'Final release',
        'All stations are signed; units are entered in the ledger.',
        'ISO 13485, 8.2.6',
        [],
      ),
    ],
    units,
    notes: [
      ...process.notes,
      'Cleaning and sterilisation by validated instructions only; the implant leaves the works clean and not sterile unless its label says otherwise.',
    ],
  };
}

function machineBlanks({ settings }: Process): readonly (readonly [string, string])[] {
  return [
    ['start', 'start, date and time'],
    ['end', 'end, date and time'],
    ...(settings.oxygenPpm ? ([['oxygen', 'oxygen while building, highest, ppm']] as const) : []),
    ...(settings.preheatC ? ([['preheat', 'temperature of plate or bed, °C']] as const) : []),
    ['events', 'stops, short feeds, anything unusual'],
  ];
}

const station = (
  id: string,
  title: string,
  detail: string,
  source: string,
  blanks: readonly (readonly [string, string])[],
): Station => ({
  id,
  title,
  detail,
  source,
  blanks: [...blanks, ...SIGN].map(([key, label]) => ({ id: `${id}.${key}`, label, value: '' })),
});
