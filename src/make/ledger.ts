import type { Process } from './process.ts';

/** One number of the cost ledger that a workplace sets for itself. */
export interface Rate {
  readonly label: string;
  readonly unit: string;
  readonly value: number;
  readonly source: string;
}

const ASSUMED = 'assumed; set your own';
const rate = (label: string, unit: string, value: number, source = ASSUMED): Rate => ({ label, unit, value, source });

export const RATES = {
  imagingUsd: rate('computed tomography', 'USD', 500),
  engineerUsdPerH: rate('engineer', 'USD/h', 90),
  segmentationH: rate('segmentation checked by an engineer', 'h', 2),
  designH: rate('design, review with the surgeon', 'h', 6),
  softwareUsd: rate('software', 'USD', 0, 'Osteon is open; others charge by the case'),
  machineUsdPerH: rate('machine', 'USD/h', 60),
  operatorH: rate('setting up and unpacking a build', 'h', 2),
  technicianUsdPerH: rate('technician', 'USD/h', 55),
  materialUsdPerKg: rate('powder, resin or filament', 'USD/kg', 300),
  materialLoss: rate('bought for each kilogram melted', 'kg/kg', 1.5),
  furnaceUsd: rate('share of a furnace or pressing cycle', 'USD', 400),
  postStepH: rate('each step after the build, by hand', 'h', 0.75),
  inspectionH: rate('inspection and documents', 'h', 4),
  testingUsd: rate('tensile and chemical tests of the lot', 'USD', 600),
  sterileUsd: rate('cleaning and packing', 'USD', 150),
} as const satisfies Readonly<Record<string, Rate>>;
export type RateName = keyof typeof RATES;

/** What the implants of the protocol were sold for; a price, where the ledger adds up costs. */
export const PUBLISHED_PRICE_USD = {
  low: 14_000,
  high: 20_000,
  source: 'custom implant protocol, discussion: implants cost 14 000 to 20 000 dollars',
} as const;

export interface LedgerRow {
  readonly what:
    | 'imaging'
    | 'segmentation'
    | 'software'
    | 'design'
    | 'material'
    | 'machine'
    | 'post-processing'
    | 'release';
  readonly detail: string;
  readonly hours: number;
  readonly costUsd: number;
}

/** One implant of the set and what became of it; filled in by hand after the operation. */
export interface Unit {
  readonly id: string;
  readonly size: string;
  readonly state: 'planned' | 'built' | 'released' | 'implanted' | 'returned' | 'destroyed';
  readonly date: string;
  readonly signature: string;
}

export interface Ledger {
  readonly rows: readonly LedgerRow[];
  readonly hours: number;
  readonly costUsd: number;
  readonly comparison: typeof PUBLISHED_PRICE_USD;
  readonly rates: Readonly<Record<RateName, Rate>>;
  readonly units: readonly Unit[];
}

export interface LedgerInput {
  /** Machine time and melted mass of one build, which may hold several parts. */
  readonly machineS: number;
  readonly meltedG: number;
  /** Sizes that are built: each is a unit of its own. */
  readonly sizes: readonly string[];
  /** Builds that the set needs. */
  readonly builds: number;
}

/**
 * Time and cost of a case, row by row. Every rate is an assumption with a name, so that a workplace can put in its own.
 */
export function costLedger(
  process: Process,
  input: LedgerInput,
  own: Readonly<Partial<Record<RateName, number>>> = {},
): Ledger {
  const rates = Object.fromEntries(
    Object.entries<Rate>(RATES).map(([name, r]) => {
      const value = own[name as RateName];
      return [name, value === undefined ? r : { ...r, value, source: 'set by the user' }];
    }),
  ) as Record<RateName, Rate>;
  const v = (name: RateName): number => rates[name].value;
  const machineH = (input.builds * input.machineS) / 3600;
  const kg = (input.builds * input.meltedG * v('materialLoss')) / 1000;
  const furnace = process.settings.hipC ? v('furnaceUsd') : 0;
  const postH = process.post.length * v('postStepH');
  const labourH = input.builds * v('operatorH');
  const rows: LedgerRow[] = [
    row('imaging', 'computed tomography of both sides', 0, v('imagingUsd')),
    row('segmentation', 'bones checked', v('segmentationH'), v('segmentationH') * v('engineerUsdPerH')),
    row('software', 'licences', 0, v('softwareUsd')),
    row('design', 'design and review', v('designH'), v('designH') * v('engineerUsdPerH')),
    row('material', `${kg.toFixed(2)} kg ${process.material}`, 0, kg * v('materialUsdPerKg')),
    row(
      'machine',
      `${input.builds} build${input.builds === 1 ? '' : 's'}`,
      machineH + labourH,
      machineH * v('machineUsdPerH') + labourH * v('technicianUsdPerH'),
    ),
    row('post-processing', `${process.post.length} steps`, postH, postH * v('technicianUsdPerH') + furnace),
    row(
      'release',
      'inspection, lot tests, cleaning and packing',
      v('inspectionH'),
      v('inspectionH') * v('engineerUsdPerH') + (process.release ? v('testingUsd') : 0) + v('sterileUsd'),
    ),
  ];
  return {
    rows,
    hours: rows.reduce((s, r) => s + r.hours, 0),
    costUsd: rows.reduce((s, r) => s + r.costUsd, 0),
    comparison: PUBLISHED_PRICE_USD,
    rates,
    units: input.sizes.map((size, i) => ({ id: `U${i + 1}`, size, state: 'planned', date: '', signature: '' })),
  };
}

const row = (what: LedgerRow['what'], detail: string, hours: number, costUsd: number): LedgerRow => ({
  what,
  detail,
  hours,
  costUsd: Math.round(100 * costUsd) / 100,
});
