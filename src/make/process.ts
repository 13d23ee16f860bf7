import { type Finding, OsteonError } from '../base/index.ts';
import { SETTING_NAMES, SETTINGS, type SettingName } from './settings.ts';

export type Technology =
  | 'laser-powder-bed'
  | 'electron-beam'
  | 'polymer-powder-bed'
  | 'resin'
  | 'extrusion'
  | 'milling';

/** One number of a process. Inside `usual` nothing is said; outside it is a warning; outside `allowed` it is refused. */
export interface Setting {
  readonly value: number;
  readonly usual: readonly [low: number, high: number];
  readonly allowed: readonly [low: number, high: number];
  readonly source: string;
}
export type Settings = Readonly<Partial<Record<SettingName, Setting>>>;

/** One thing done to the part after the build, in order. */
export interface PostStep {
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  /** What the person who does it writes down. */
  readonly record: readonly string[];
  readonly source: string;
}

/** Least values and limits a lot is released against. */
export interface Release {
  readonly standard: string;
  readonly yieldMPa: number;
  readonly tensileMPa: number;
  readonly elongationPercent: number;
  readonly reductionOfAreaPercent?: number;
  /** Elements in percent by mass; `xrf` where X-ray fluorescence can see them. */
  readonly composition: readonly {
    readonly element: string;
    readonly low: number;
    readonly high: number;
    readonly xrf: boolean;
  }[];
  readonly note: string;
}

/** How a part is made: everything the machine, the finishing and the checks need, as data with sources. */
export interface Process {
  readonly id: string;
  readonly title: string;
  readonly technology: Technology;
  readonly material: string;
  readonly use: string;
  readonly settings: Settings;
  readonly post: readonly PostStep[];
  readonly release?: Release;
  /** What a reader must know about the numbers above. */
  readonly notes: readonly string[];
}

/** @throws param.missing where the process has no such number */
export function settingOf({ id, settings }: Process, name: SettingName): number {
  const setting = settings[name];
  if (!setting) throw new OsteonError('param.missing', { process: id, setting: name });
  return setting.value;
}

/**
 * The process with numbers of one's own.
 * @throws param.unknown for a number the process does not have, param.range for one that cannot be meant
 */
export function withSettings(process: Process, given: Readonly<Record<string, number>>): Process {
  const settings: Partial<Record<SettingName, Setting>> = { ...process.settings };
  for (const [name, value] of Object.entries(given)) {
    const known = settings[name as SettingName];
    if (!known) {
      const names = SETTING_NAMES.filter((n) => settings[n]).join(', ');
      throw new OsteonError('param.unknown', { process: process.id, setting: name }, `It has: ${names}.`);
    }
    settings[name as SettingName] = { ...known, value, source: 'set by the user' };
  }
  const changed = { ...process, settings };
  requireAllowed(changed);
  return changed;
}

/** @throws param.range naming the first number outside what is allowed */
export function requireAllowed({ id, settings }: Process): void {
  for (const name of SETTING_NAMES) {
    const setting = settings[name];
    if (!setting) continue;
    const { min, max, unit } = SETTINGS[name];
    const low = Math.max(min, setting.allowed[0]);
    const high = Math.min(max, setting.allowed[1]);
    if (!(setting.value >= low && setting.value <= high))
      throw new OsteonError(
        'param.range',
        { process: id, setting: name, value: setting.value, min: low, max: high, unit },
        `Usual is ${setting.usual[0]} to ${setting.usual[1]}${unit && ` ${unit}`}.`,
      );
  }
}

/**
 * Energy put into each cubic millimetre of melted powder, P / (v · h · t), J/mm³; undefined for a process without a beam.
 * @source Thijs et al. 2010, Acta Materialia 58:3303, equation 1
 */
export function energyDensityJPerMm3({ settings: s }: Process): number | undefined {
  if (!s.powerW || !s.speedMmS || !s.hatchMm || !s.layerMm) return undefined;
  return s.powerW.value / (s.speedMmS.value * s.hatchMm.value * s.layerMm.value);
}

/** What a person should look at in the numbers of a process; what cannot be meant is thrown. @throws param.range */
export function checkProcess(process: Process): Finding[] {
  requireAllowed(process);
  return [...usualFindings(process), ...energyFindings(process), ...powderFindings(process), ...kerfFindings(process)];
}

function usualFindings({ settings }: Process): Finding[] {
  const out: Finding[] = [];
  for (const name of SETTING_NAMES) {
    const setting = settings[name];
    if (!setting) continue;
    const { value, usual } = setting;
    if (value >= usual[0] && value <= usual[1]) continue;
    const { label, unit } = SETTINGS[name];
    out.push({
      level: 'warning',
      code: 'make.setting',
      text: `${label} is outside its usual range`,
      facts: { setting: name, value, usualLow: usual[0], usualHigh: usual[1], unit },
      hint: 'Qualify the process with this value, or go back into the range.',
    });
  }
  return out;
}

function energyFindings(process: Process): Finding[] {
  const energy = energyDensityJPerMm3(process);
  const { energyLowJPerMm3: low, energyHighJPerMm3: high } = process.settings;
  if (energy === undefined || !low || !high || (energy >= low.value && energy <= high.value)) return [];
  return [
    {
      level: 'warning',
      code: 'make.energy',
      text: energy < low.value ? 'energy density is low: lack of fusion' : 'energy density is high: keyhole pores',
      facts: { energyJPerMm3: energy, lowJPerMm3: low.value, highJPerMm3: high.value },
      hint: 'Change power, speed, hatch or layer.',
    },
  ];
}

/** What the cut leaves standing of the supports above the plate, mm, so that it never meets the part. */
const ABOVE_KERF_MM = 1;

function kerfFindings({ settings: s }: Process): Finding[] {
  if (!s.kerfMm || !s.plateGapMm || s.plateGapMm.value >= s.kerfMm.value + ABOVE_KERF_MM) return [];
  return [
    {
      level: 'warning',
      code: 'make.kerf',
      text: 'the cut that frees the part from the plate would meet the part',
      facts: { plateGapMm: s.plateGapMm.value, kerfMm: s.kerfMm.value, aboveKerfMm: ABOVE_KERF_MM },
      hint: 'Raise the part with plateGapMm.',
    },
  ];
}

/** Powder lies about twice as thick as the layer that it melts to; grains wider than that are pushed out by the blade. */
const POWDER_LAYERS = 2.2;

function powderFindings({ settings: s }: Process): Finding[] {
  const out: Finding[] = [];
  if (s.powderHighUm && s.layerMm && s.powderHighUm.value > 1000 * POWDER_LAYERS * s.layerMm.value)
    out.push({
      level: 'warning',
      code: 'make.powder',
      text: 'the coarsest powder does not fit into the layer: it will not lie even',
      facts: { powderHighUm: s.powderHighUm.value, layerUm: 1000 * s.layerMm.value },
    });
  if (s.oxygenPpm && s.oxygenPpm.value < 10)
    out.push({
      level: 'note',
      code: 'make.oxygen',
      text: 'the oxygen limit is kept as the protocol prints it; machines of this kind hold 100 to 1000 ppm, so a unit may have been lost',
      facts: { oxygenPpm: s.oxygenPpm.value },
      hint: 'Write down what the machine measured.',
    });
  return out;
}
